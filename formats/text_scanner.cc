// SPDX-License-Identifier: Apache-2.0
#include "formats/text_scanner.h"

#include <algorithm>
#include <charconv>

#include "formats/text_form_rules.h"

namespace tocsin::text_form {
namespace {

constexpr uint64_t kNsPerSecond = 1'000'000'000;
constexpr size_t kFractionDigits = 9;
constexpr size_t kShownOfLine = 40;

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool ends_word(char c) {
    return is_blank(c) || std::string_view("=#\"()[]~").find(c) != std::string_view::npos;
}

int hex_digit(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

TextScanner::TextScanner(std::string_view line) : rest_(line) {
    skip_blanks();
}

void TextScanner::skip_blanks() {
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
    const bool is_comment = rest_.starts_with('#') && (rest_.size() == 1 || is_blank(rest_[1]));
    if (is_comment) rest_ = {};
}

bool TextScanner::skip(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    skip_blanks();
    return true;
}

bool TextScanner::skip_word(std::string_view wanted) {
    if (peek_word() != wanted) return false;
    word();
    return true;
}

bool TextScanner::expect(char c) {
    return skip(c) || fail(std::string("'") + c + '\'');
}

std::string_view TextScanner::peek_word() const {
    const auto end = std::find_if(rest_.begin(), rest_.end(), ends_word);
    return rest_.substr(0, static_cast<size_t>(end - rest_.begin()));
}

std::string_view TextScanner::word() {
    const std::string_view read = peek_word();
    rest_.remove_prefix(read.size());
    skip_blanks();
    return read;
}

std::string TextScanner::found() const {
    if (rest_.empty()) return "the end of the line";
    std::string shown = "'";
    for (const char c : rest_.substr(0, std::max(peek_word().size(), size_t{1}))) {
        if (shown.size() > kShownOfLine) {
            shown += "...";
            break;
        }
        shown += c >= 0x20 && c < 0x7f ? c : '?';
    }
    return shown + '\'';
}

bool TextScanner::fail_found(const std::string& what, const std::string& expected) {
    if (failure_.empty()) failure_ = "found " + what + " where " + expected + " was expected";
    return false;
}

bool TextScanner::magnitude(uint64_t& out, int base) {
    if (base == 10 && (rest_.starts_with("0x") || rest_.starts_with("0X"))) {
        rest_.remove_prefix(2);
        base = 16;
    }
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), out, base);
    if (error != std::errc()) return false;
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    return true;
}

bool TextScanner::unsigned_number(uint64_t& out, uint64_t most, int base) {
    const std::string at = found();
    if (!magnitude(out, base) || out > most)
        return fail_found(at, std::string(base == 8 ? "an octal" : "a") + " number up to " +
                                  std::to_string(most));
    skip_blanks();
    return true;
}

bool TextScanner::signed_number(int64_t& out, int64_t least, int64_t most) {
    const std::string at = found();
    const bool is_negative = rest_.starts_with('-');
    if (is_negative) rest_.remove_prefix(1);
    uint64_t value = 0;
    const bool is_number = magnitude(value, 10);
    const uint64_t limit =
        is_negative ? 0 - static_cast<uint64_t>(least) : static_cast<uint64_t>(most);
    if (!is_number || value > limit)
        return fail_found(at,
                          "a number from " + std::to_string(least) + " to " + std::to_string(most));
    out = static_cast<int64_t>(is_negative ? 0 - value : value);
    skip_blanks();
    return true;
}

bool TextScanner::register_number(uint64_t& out) {
    if (!rest_.starts_with('-')) return unsigned_number(out, std::numeric_limits<uint64_t>::max());
    int64_t value = 0;
    if (!number(value)) return false;
    out = static_cast<uint64_t>(value);
    return true;
}

bool TextScanner::seconds_magnitude(uint64_t& ns) {
    uint64_t whole = 0;
    if (!magnitude(whole, 10)) return false;
    uint64_t fraction = 0;
    if (rest_.starts_with('.')) {
        rest_.remove_prefix(1);
        size_t digits = 0;
        for (; !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1), ++digits)
            if (digits < kFractionDigits)
                fraction = fraction * 10 + static_cast<uint64_t>(rest_.front() - '0');
        if (digits == 0 || digits > kFractionDigits) return false;
        for (; digits < kFractionDigits; ++digits) fraction *= 10;
    }
    return !__builtin_mul_overflow(whole, kNsPerSecond, &ns) &&
           !__builtin_add_overflow(ns, fraction, &ns);
}

bool TextScanner::seconds(uint64_t& ns) {
    const std::string at = found();
    if (!seconds_magnitude(ns))
        return fail_found(at, "a time in seconds, with at most nine digits after the point");
    skip_blanks();
    return true;
}

bool TextScanner::seconds(int64_t& ns) {
    const std::string at = found();
    const bool is_negative = rest_.starts_with('-');
    if (is_negative) rest_.remove_prefix(1);
    uint64_t value = 0;
    constexpr auto kMost = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
    if (!seconds_magnitude(value) || value > kMost + (is_negative ? 1 : 0))
        return fail_found(at, "a time in seconds, with at most nine digits after the point");
    ns = static_cast<int64_t>(is_negative ? 0 - value : value);
    skip_blanks();
    return true;
}

bool TextScanner::escape(std::string& out) {
    const std::string at =
        rest_.size() < 2 ? "a lone '\\'" : "'" + std::string(rest_.substr(0, 2)) + '\'';
    const char kind = rest_.size() < 2 ? '\0' : rest_[1];
    size_t length = 2;
    switch (kind) {
        case '"':
        case '\\':
            out += kind;
            break;
        case 'n':
            out += '\n';
            break;
        case 't':
            out += '\t';
            break;
        case 'r':
            out += '\r';
            break;
        case 'x': {
            const int high = rest_.size() < 4 ? -1 : hex_digit(rest_[2]);
            const int low = rest_.size() < 4 ? -1 : hex_digit(rest_[3]);
            if (high < 0 || low < 0) return fail_found(at, "'\\x' and two hexadecimal digits");
            out += static_cast<char>(high * 16 + low);
            length = 4;
            break;
        }
        default:
            return fail_found(at, "one of \\\" \\\\ \\n \\t \\r \\xNN");
    }
    rest_.remove_prefix(length);
    return true;
}

bool TextScanner::quoted(std::string& out) {
    if (!rest_.starts_with('"')) return fail("a \"string\"");
    rest_.remove_prefix(1);
    while (!rest_.starts_with('"')) {
        if (rest_.empty()) return fail("the string's closing '\"'");
        if (out.size() >= kMaxQuotedBytes)
            return fail_found("more",
                              "a string of at most " + std::to_string(kMaxQuotedBytes) + " bytes");
        const auto byte = static_cast<uint8_t>(rest_.front());
        if (byte == '\\') {
            if (!escape(out)) return false;
            continue;
        }
        if (byte < 0x20 || byte == 0x7f)
            return fail_found("control character " + std::to_string(byte), "\\xNN in its place");
        out += rest_.front();
        rest_.remove_prefix(1);
    }
    rest_.remove_prefix(1);
    skip_blanks();
    return true;
}

bool TextScanner::quoted_list(std::string& out) {
    if (!expect('[')) return false;
    while (!skip(']')) {
        if (!quoted(out)) return false;
        if (skip('~')) return expect(']');
        if (out.size() >= kMaxQuotedBytes)
            return fail_found("more",
                              "a list of at most " + std::to_string(kMaxQuotedBytes) + " bytes");
        out += '\0';
    }
    return true;
}

bool TextScanner::fields(std::initializer_list<Field> known, std::initializer_list<Flag> flags,
                         char end) {
    uint64_t seen = 0;
    const auto names = [&] {
        std::string list;
        for (const Field& field : known) list += std::string(field.key) + "= ";
        for (const Flag& flag : flags) list += std::string(flag.key) + ' ';
        list.pop_back();
        return "one of " + list + ", each once,";
    };
    while (!at_end() && next() != end) {
        const std::string at = found();
        const std::string_view key = word();
        const auto field = std::find_if(known.begin(), known.end(),
                                        [&](const Field& each) { return each.key == key; });
        const auto flag = std::find_if(flags.begin(), flags.end(),
                                       [&](const Flag& each) { return each.key == key; });
        if (field == known.end() && flag == flags.end()) return fail_found(at, names());
        const size_t index = field != known.end()
                                 ? static_cast<size_t>(field - known.begin())
                                 : known.size() + static_cast<size_t>(flag - flags.begin());
        const uint64_t bit = uint64_t{1} << index;
        if ((seen & bit) != 0) return fail_found(at + " again", names());
        seen |= bit;
        if (field == known.end())
            *flag->set = true;
        else if (!expect('=') || !field->read())
            return false;
    }
    return true;
}

}  // namespace tocsin::text_form
