// SPDX-License-Identifier: Apache-2.0
#include "analyzer/query/tokens.h"

#include <algorithm>
#include <array>

namespace tocsin {
namespace {

// The longer ones first.
constexpr std::array<std::string_view, 13> kSigns = {"&&", "||", "==", "!=", "<=", ">=", "<",
                                                     ">",  "!",  "(",  ")",  "{",  "}"};

bool is_in_word(char character) {
    constexpr std::string_view kOthers = "_.:/+-";
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') ||
           kOthers.find(character) != std::string_view::npos;
}

int hex_digit(char character) {
    if (character >= '0' && character <= '9') return character - '0';
    if (character >= 'a' && character <= 'f') return character - 'a' + 10;
    if (character >= 'A' && character <= 'F') return character - 'A' + 10;
    return -1;
}

// A character as a message may show it.
std::string shown(char character) {
    if (character >= ' ' && character <= '~') return {character};
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(character);
    return std::string("\\x") + kDigits[byte >> 4U] + kDigits[byte & 15U];
}

class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}

    Result<std::vector<Token>> run() {
        std::vector<Token> tokens;
        while (true) {
            at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
            Token token{Token::Kind::kEnd, {}, place_of(at_), at_};
            if (at_ == text_.size()) {
                tokens.push_back(std::move(token));
                return tokens;
            }
            if (auto read = next(token); !read) return read.error();
            tokens.push_back(std::move(token));
        }
    }

  private:
    // Of what stands there. Lines are counted on from the last place that was asked for, and anew
    // where that lies behind.
    TextPlace place_of(size_t at) {
        if (at < counted_) {
            line_ = 1;
            counted_ = line_begin_ = 0;
        }
        for (; counted_ < at; ++counted_) {
            if (text_[counted_] != '\n') continue;
            ++line_;
            line_begin_ = counted_ + 1;
        }
        return {line_, at - line_begin_ + 1};
    }

    Result<> next(Token& token) {
        if (text_[at_] == '"') {
            token.kind = Token::Kind::kString;
            return string(token);
        }
        if (is_in_word(text_[at_])) {
            const size_t begin = at_;
            while (at_ < text_.size() && is_in_word(text_[at_])) ++at_;
            token.kind = Token::Kind::kWord;
            token.text = text_.substr(begin, at_ - begin);
            return {};
        }
        token.kind = Token::Kind::kSign;
        if (text_[at_] == ',') {
            token.text = text_[at_++];
            return {};
        }
        const auto sign = std::find_if(kSigns.begin(), kSigns.end(), [&](std::string_view one) {
            return text_.substr(at_, one.size()) == one;
        });
        if (sign == kSigns.end()) return unexpected();
        token.text = *sign;
        at_ += sign->size();
        return {};
    }

    Error unexpected() {
        const char character = text_[at_];
        std::string what = "'" + shown(character) + "' means nothing here";
        if (character == '=') what += "; write == to compare";
        if (character == '&' || character == '|')
            what += std::string("; write ") + character + character;
        if (character == '\'') what += "; write strings in \"\"";
        if (character == '*' || character == '?') what += "; write patterns in \"\"";
        return wrong_at(place_of(at_), what);
    }

    Result<> string(Token& token) {
        const size_t begin = at_++;
        while (at_ < text_.size() && text_[at_] != '"') {
            if (text_[at_] != '\\') {
                token.text += text_[at_++];
                continue;
            }
            if (auto read = escape(token.text); !read) return read;
        }
        if (at_ == text_.size())
            return wrong_at(place_of(begin),
                            "the string that begins here has no end; write \" behind it");
        ++at_;
        return {};
    }

    Result<> escape(std::string& out) {
        const size_t begin = at_++;
        const char kind = at_ < text_.size() ? text_[at_++] : '\0';
        switch (kind) {
            case '"':
            case '\\':
                out += kind;
                return {};
            case 'n':
                out += '\n';
                return {};
            case 't':
                out += '\t';
                return {};
            case 'x': {
                const int high = at_ < text_.size() ? hex_digit(text_[at_]) : -1;
                const int low = at_ + 1 < text_.size() ? hex_digit(text_[at_ + 1]) : -1;
                if (high < 0 || low < 0) break;
                out += static_cast<char>(high * 16 + low);
                at_ += 2;
                return {};
            }
            default:
                break;
        }
        return wrong_at(
            place_of(begin),
            "the escape is none of \\\" \\\\ \\n \\t \\xHH; write \\\\ for a backslash");
    }

    std::string_view text_;
    size_t at_ = 0;
    size_t line_ = 1, line_begin_ = 0, counted_ = 0;
};

}  // namespace

std::string quoted(const Token& token) {
    constexpr size_t kMost = 60;
    std::string text = "\"";
    for (const char character : token.text.substr(0, kMost)) text += shown(character);
    return text + (token.text.size() > kMost ? "…\"" : "\"");
}

std::string text_of(const TextPlace& place) {
    const std::string column = "column " + std::to_string(place.column);
    return place.line == 1 ? column : "line " + std::to_string(place.line) + ", " + column;
}

Error wrong_at(const TextPlace& place, const std::string& what) {
    return Error{text_of(place) + ": " + what};
}

Result<std::vector<Token>> tokens_of(std::string_view text) {
    return Scanner(text).run();
}

}  // namespace tocsin
