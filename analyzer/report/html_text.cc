// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/html_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "analyzer/report/escape.h"
#include "analyzer/report/markup.h"

namespace tocsin {
namespace {

std::vector<std::string_view> pieces_of(std::string_view text) {
    std::vector<std::string_view> pieces;
    for (; !text.empty(); text.remove_prefix(pieces.back().size()))
        pieces.push_back(text.substr(0, piece_length(text)));
    return pieces;
}

// Where the quoted text that begins with the quote at 0 ends, its quote included; npos: nowhere.
size_t end_of_quoted(std::string_view text) {
    for (size_t at = 1; at < text.size(); at += piece_length(text.substr(at)))
        if (text[at] == '"') return at + 1;
    return std::string_view::npos;
}

bool is_of_word(std::string_view piece) {
    const char c = piece[0];
    return piece.size() > 1 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z');
}

std::string marked(std::string_view text, size_t from, size_t to) {
    if (from == to) return markup(text);
    return fmt::format("{}<mark>{}</mark>{}", markup(text.substr(0, from)),
                       markup(text.substr(from, to - from)), markup(text.substr(to)));
}

size_t bytes_of(const std::vector<std::string_view>& pieces, size_t count) {
    size_t bytes = 0;
    for (size_t i = 0; i < count; ++i) bytes += pieces[i].size();
    return bytes;
}

// "-rw-r--r--", which a browser would break at its hyphens.
bool is_mode(std::string_view word) {
    constexpr size_t kLetters = 10;
    return word.size() == kLetters && word.find_first_not_of("-?pcdblsrwxStT") == word.npos &&
           word.find('-') != word.npos;
}

bool is_unit(std::string_view word) {
    const size_t letters = std::min(word.find_first_of(",.;:)"), word.size());
    const std::string_view unit = word.substr(0, letters);
    return unit == "ns" || unit == "µs" || unit == "ms" || unit == "s";
}

// Escaped, with numbers beside their units, and modes whole.
std::string words(std::string_view text) {
    std::string out;
    bool is_behind_number = false;
    while (!text.empty()) {
        const size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        const std::string_view mode = word.substr(0, std::min(word.find(','), word.size()));
        if (is_behind_number && is_unit(word)) {
            out.pop_back();
            out += "&nbsp;";
        }
        out += is_mode(mode) ? fmt::format("<span class=\"kept\">{}</span>{}", markup(mode),
                                           markup(word.substr(mode.size())))
                             : markup(word);
        is_behind_number = !word.empty() && word.back() >= '0' && word.back() <= '9';
        text.remove_prefix(end);
        if (text.empty()) break;
        out += ' ';
        text.remove_prefix(1);
    }
    return out;
}

}  // namespace

std::string prose(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const size_t begin = std::min(text.find('"'), text.size());
        out += words(text.substr(0, begin));
        text.remove_prefix(begin);
        const size_t end = text.empty() ? std::string_view::npos : end_of_quoted(text);
        if (end == std::string_view::npos) return out + words(text);
        out += fmt::format("<code>{}</code>", markup(text.substr(0, end)));
        text.remove_prefix(end);
    }
    return out;
}

std::pair<std::string, std::string> with_difference_marked(std::string_view one,
                                                           std::string_view other) {
    if (one == other) return {markup(one), markup(other)};
    const auto a = pieces_of(one), b = pieces_of(other);
    const size_t shorter = std::min(a.size(), b.size());
    size_t front = 0, back = 0;
    while (front < shorter && a[front] == b[front]) ++front;
    while (back < shorter - front && a[a.size() - 1 - back] == b[b.size() - 1 - back]) ++back;
    // Words and numbers as a whole.
    while (front > 0 && is_of_word(a[front - 1])) --front;
    while (back > 0 && is_of_word(a[a.size() - back])) --back;
    const auto mark = [&](std::string_view text, const std::vector<std::string_view>& pieces) {
        const size_t to = std::max(pieces.size() - back, std::min(front + 1, pieces.size()));
        return marked(text, bytes_of(pieces, front), bytes_of(pieces, to));
    };
    return {mark(one, a), mark(other, b)};
}

void HtmlFields::put(std::string_view label, std::string_view text) {
    const bool goes_on = !fields_.empty() && (label.empty() || label == fields_.back().label);
    if (!goes_on) fields_.push_back({std::string(label), {}});
    fields_.back().texts.push_back(prose(text));
}

std::string HtmlFields::text() const {
    if (fields_.empty()) return {};
    const std::string_view begin = steps_ == Steps::kYes ? "<dl class=\"step\">\n" : "<dl>\n";
    std::string out;
    for (const Field& field : fields_) {
        const size_t blanks = std::min(field.label.find_first_not_of(' '), field.label.size());
        if (out.empty())
            out = begin;
        else if (blanks == 0 && steps_ == Steps::kYes)
            (out += "</dl>\n") += begin;
        out += fmt::format("<div{}><dt>{}</dt>", blanks != 0 ? " class=\"part\"" : "",
                           markup(std::string_view(field.label).substr(blanks)));
        for (const std::string& text : field.texts) out += "<dd>" + text + "</dd>";
        out += "</div>\n";
    }
    return out + "</dl>\n";
}

}  // namespace tocsin
