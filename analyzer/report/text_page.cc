// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/text_page.h"

#include <algorithm>

#include "analyzer/report/escape.h"

namespace tocsin {
namespace {

// Splits the longest start of `word` that fits off, at least one character of it.
std::string_view take_fitting(std::string_view& word, size_t width) {
    std::string_view best = word.substr(0, piece_length(word));
    size_t used = width_of(best);
    while (best.size() < word.size()) {
        const std::string_view next =
            word.substr(best.size(), piece_length(word.substr(best.size())));
        const size_t more = width_of(next);
        if (used + more > width) break;
        used += more;
        best = word.substr(0, best.size() + next.size());
    }
    word.remove_prefix(best.size());
    return best;
}

}  // namespace

std::vector<std::string> wrap(std::string_view text, size_t width) {
    std::vector<std::string> lines(1);
    size_t used = 0;
    while (!text.empty()) {
        const size_t end = std::min(text.find(' '), text.size());
        std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        size_t wanted = width_of(word);
        if (!lines.back().empty()) {
            if (used + 1 + wanted <= width) {
                lines.back() += ' ';
                ++used;
            } else {
                lines.emplace_back();
                used = 0;
            }
        }
        while (!word.empty() && used + wanted > width) {
            const std::string_view fitting = take_fitting(word, width - used);
            lines.back() += fitting;
            lines.emplace_back();
            wanted -= std::min(wanted, width_of(fitting));
            used = 0;
        }
        lines.back() += word;
        used += wanted;
    }
    if (lines.size() > 1 && lines.back().empty()) lines.pop_back();
    return lines;
}

void TextPage::paragraph(std::string_view text, size_t indent) {
    for (const std::string& line : wrap(text, kPageWidth - indent))
        text_ += std::string(indent, ' ') + line + '\n';
}

void TextPage::field(std::string_view label, std::string_view text, size_t indent,
                     size_t text_column) {
    std::string start = std::string(indent, ' ') + std::string(label);
    const size_t used = indent + width_of(label);
    start += std::string(used < text_column ? text_column - used : 1, ' ');
    const size_t room = kPageWidth - std::max(text_column, used + 1);
    for (const std::string& line : wrap(text, room)) {
        text_ += start + line;
        while (text_.ends_with(' ')) text_.pop_back();
        text_ += '\n';
        start = std::string(std::max(text_column, used + 1), ' ');
    }
}

void TextPage::heading(std::string_view left, std::string_view right, std::string_view colour) {
    const size_t used = width_of(left) + width_of(right);
    std::string line(left);
    if (!right.empty() && used + 2 <= kPageWidth) {
        line += std::string(kPageWidth - used, ' ') + std::string(right);
    } else if (!right.empty()) {
        line += '\n' + std::string(right);
    }
    if (colour.empty())
        text_ += line + '\n';
    else
        text_ += "\x1b[" + std::string(colour) + 'm' + line + "\x1b[0m\n";
}

}  // namespace tocsin
