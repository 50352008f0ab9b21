// SPDX-License-Identifier: Apache-2.0
#include "analyzer/judge/name_pattern.h"

#include <algorithm>
#include <cstddef>

namespace tocsin {
namespace {

constexpr size_t kDrawn = 6;      // characters that mkstemp(3) draws
constexpr size_t kHexDigits = 8;  // fewer may be a word
constexpr size_t kHump = 3;       // letters from one large one to the next in a word
// From one kind of character to another, within what was drawn and stands behind other letters.
constexpr size_t kManyChanges = 4;

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_alphanumeric(char c) {
    return is_lower(c) || is_upper(c) || is_digit(c);
}
bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f');
}

size_t changes_of_kind(std::string_view text) {
    const auto kind = [](char c) { return is_lower(c) ? 0 : is_upper(c) ? 1 : 2; };
    size_t changes = 0;
    for (size_t i = 1; i < text.size(); ++i) changes += kind(text[i]) != kind(text[i - 1]);
    return changes;
}

// A word as people write it: small, large, or with large letters where its parts begin; and a
// number behind.
bool is_word(std::string_view text) {
    while (!text.empty() && is_digit(text.back())) text.remove_suffix(1);
    if (std::all_of(text.begin(), text.end(), is_upper)) return true;
    size_t since_large = kHump;
    for (const char c : text) {
        if (is_digit(c) || (is_upper(c) && since_large < kHump)) return false;
        since_large = is_upper(c) ? 1 : since_large + 1;
    }
    return since_large >= kHump;
}

// Whether the last characters of a run of letters and digits were drawn.
bool ends_drawn(std::string_view run, bool is_behind_separator) {
    if (run.size() < kDrawn) return false;
    const std::string_view drawn = run.substr(run.size() - kDrawn);
    if (is_word(drawn)) return false;
    return (run.size() == kDrawn && is_behind_separator) || changes_of_kind(drawn) >= kManyChanges;
}

bool is_hexadecimal(std::string_view run) {
    return run.size() >= kHexDigits && std::all_of(run.begin(), run.end(), is_hex) &&
           std::any_of(run.begin(), run.end(), is_digit) &&
           !std::all_of(run.begin(), run.end(), is_digit);
}

void add_run(std::string& pattern, std::string_view run, bool ends_a_stem) {
    if (is_hexadecimal(run)) {
        pattern += '*';
        return;
    }
    const bool is_behind_separator =
        !pattern.empty() && std::string_view(".-_").find(pattern.back()) != std::string_view::npos;
    const bool is_drawn = ends_a_stem && ends_drawn(run, is_behind_separator);
    if (is_drawn) run.remove_suffix(kDrawn);
    for (const char c : run)
        if (!is_digit(c))
            pattern += c;
        else if (!pattern.ends_with('#'))
            pattern += '#';
    if (is_drawn) pattern += '*';
}

}  // namespace

std::string name_pattern(std::string_view text) {
    std::string pattern;
    while (!text.empty()) {
        const auto* end = std::find_if_not(text.begin(), text.end(), is_alphanumeric);
        const std::string_view run = text.substr(0, static_cast<size_t>(end - text.begin()));
        text.remove_prefix(run.size());
        const bool ends_a_stem = text.empty() || (text.front() != '-' && text.front() != '_');
        add_run(pattern, run, ends_a_stem);
        if (text.empty()) break;
        pattern += text.front();
        text.remove_prefix(1);
    }
    return pattern;
}

}  // namespace tocsin
