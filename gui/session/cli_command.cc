// SPDX-License-Identifier: Apache-2.0
#include "gui/session/cli_command.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/query/filter.h"
#include "analyzer/report/escape.h"

namespace tocsin::gui {
namespace {

bool is_safe(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("@%_+=:,./-").find(c) != std::string_view::npos;
}

std::string in_single_quotes(std::string_view text) {
    std::string quoted = "'";
    for (const char c : text)
        if (c == '\'')
            quoted += "'\\''";
        else
            quoted += c;
    return quoted + "'";
}

// printf's output in quotes; a substitution drops the newlines that it ends in.
std::string as_printf(std::string_view bytes) {
    std::string format;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte >= 0x7f || c == '\\' || c == '\'' || c == '%')
            format += fmt::format("\\{:03o}", byte);
        else
            format += c;
    }
    return "\"$(printf '" + format + "')\"";
}

// Where a file's name comes: one that begins with a minus is no option, and "-" not standard
// input.
std::string as_operand(const std::string& path) {
    return !path.empty() && path.front() == '-' ? "./" + path : path;
}

void add_option(std::vector<std::string>& words, const char* name, const std::string& value) {
    if (value.empty()) return;
    words.emplace_back(name);
    words.push_back(value);
}

void add_filter(std::vector<std::string>& words, ViewState& state, RowKind rows) {
    const std::string text = state.filter().text().toStdString();
    if (!text.empty() && Filter::parse(text, rows)) add_option(words, "--where", text);
}

void add_rules(std::vector<std::string>& words, const AnalysisOptions& options) {
    if (options.rules == all_rules()) return;
    std::string names;
    for (size_t i = 0; i < kRules; ++i)
        if (options.rules[i])
            names += (names.empty() ? "" : ",") + std::string(name_of(static_cast<Rule>(i)));
    add_option(words, "--rule", names);
}

std::vector<std::string> part_words(const char* command, ViewState& state, RowKind rows) {
    std::vector<std::string> words = {"tocsin", command};
    add_filter(words, state, rows);
    const uint64_t first = state.session().first().ns, last = state.session().last().ns;
    const TimeRange view = state.viewport();
    if (view.from > first) add_option(words, "--from", fmt::format("{}ns", view.from - first));
    if (view.to < last)
        add_option(words, "--to", fmt::format("{}ns", view.to - std::min(first, view.to)));
    words.push_back(as_operand(state.session().path()));
    return words;
}

}  // namespace

std::string shell_word(std::string_view bytes) {
    std::string word(bytes.substr(0, bytes.find('\0')));
    if (!word.empty() && std::all_of(word.begin(), word.end(), is_safe)) return word;
    if (readable(word) == word) return in_single_quotes(word);
    const size_t end = word.find_last_not_of('\n') + 1;
    std::string quoted = end == 0 ? "" : as_printf(std::string_view(word).substr(0, end));
    if (end < word.size()) quoted += in_single_quotes(std::string_view(word).substr(end));
    return quoted;
}

std::string shell_line(const std::vector<std::string>& words) {
    std::string line;
    for (const std::string& word : words) line += (line.empty() ? "" : " ") + shell_word(word);
    return line;
}

std::string window_option(const AnalysisOptions& options) {
    std::string text = options.window == CorrelationWindow() ? "" : option_of(options.window);
    const auto add = [&](size_t rule, const char* name,
                         const std::optional<std::chrono::nanoseconds>& limit) {
        if (!limit) return;
        std::string value = limit_text(*limit);
        value.erase(std::remove(value.begin(), value.end(), ' '), value.end());
        text += fmt::format("{}{}:{}={}", text.empty() ? "" : ",", name_of(static_cast<Rule>(rule)),
                            name, value);
    };
    for (size_t rule = 0; rule < kRules; ++rule) {
        add(rule, "check-use", options.own_limits[rule].check_use);
        add(rule, "mutation-use", options.own_limits[rule].mutation_use);
    }
    return text;
}

std::vector<std::string> analyze_words(ViewState& state) {
    const AnalysisOptions options = state.options();
    std::vector<std::string> words = {"tocsin", "analyze"};
    add_rules(words, options);
    add_option(words, "--window", window_option(options));
    add_filter(words, state, RowKind::kFinding);
    words.push_back(as_operand(state.session().path()));
    return words;
}

std::vector<std::string> explain_words(ViewState& state) {
    const Finding* finding = state.selected_finding();
    if (finding == nullptr) return {};
    std::vector<std::string> words = {"tocsin", "explain"};
    add_option(words, "--window", window_option(state.options()));
    words.push_back(finding->fingerprint);
    words.push_back(as_operand(state.session().path()));
    return words;
}

std::vector<std::string> dump_words(ViewState& state) {
    return part_words("dump", state, RowKind::kRecord);
}

std::vector<std::string> replay_words(ViewState& state) {
    return part_words("replay", state, RowKind::kCall);
}

}  // namespace tocsin::gui
