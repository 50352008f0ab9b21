// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/text_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/sensitivity.h"
#include "analyzer/report/text_coverage.h"
#include "analyzer/report/text_finding.h"
#include "analyzer/report/text_page.h"

namespace tocsin {
namespace {

// Findings that are the same race, by where they stand in the result, in time order.
using Group = std::vector<const Finding*>;

// Most severe first, then by time. The set-aside ones, if shown, after all others.
std::vector<Group> groups_of(const AnalysisResult& result, SetAside set_aside) {
    std::vector<Group> groups;
    std::unordered_map<std::string, size_t> group_of;
    for (const Finding& finding : result.findings) {
        const auto& rule = finding.judgement.set_aside_by;
        if (!rule.empty() && set_aside == SetAside::kCounted) continue;
        // One race may be set aside in one place and, with an amplifier, not in another.
        const std::string key = finding.fingerprint +
                                std::string(name_of(finding.judgement.severity)) +
                                std::string(rule);
        const auto [at, is_new] = group_of.try_emplace(key, groups.size());
        if (is_new) groups.emplace_back();
        groups[at->second].push_back(&finding);
    }
    const auto rank = [](const Group& group) {
        const Judgement& judgement = group.front()->judgement;
        return std::pair(!judgement.set_aside_by.empty(), -static_cast<int>(judgement.severity));
    };
    std::stable_sort(groups.begin(), groups.end(),
                     [&](const Group& a, const Group& b) { return rank(a) < rank(b); });
    return groups;
}

void add_repetitions(TextPage& page, const TraceFacts& trace, const Group& group) {
    uint64_t count = 0;
    for (const Finding* finding : group) count += 1 + finding->more;
    if (count == 1) return;
    if (group.size() == 1) {
        page.blank_line();
        page.paragraph(fmt::format("and {} more like it, {} in all.", count - 1, count), 4);
        return;
    }
    std::vector<TaskId> processes;
    for (const Finding* finding : group) processes.push_back(finding->candidate.operation->task.id);
    std::sort(processes.begin(), processes.end());
    processes.erase(std::unique(processes.begin(), processes.end()), processes.end());
    page.blank_line();
    page.paragraph(
        fmt::format("and {} more like it, {} in all, from {} to {} into the trace, by {}.",
                    count - 1, count,
                    into_trace_text(trace, group.front()->candidate.operation->began),
                    into_trace_text(trace, group.back()->candidate.operation->began),
                    count_text(processes.size(), "thread", "threads")),
        4);
}

std::string set_aside_text(const AnalysisResult& result) {
    std::string text;
    for (const auto& [rule, count] : result.set_aside)
        text += fmt::format("{}{} by {}", text.empty() ? "" : ", ", count, rule);
    return text;
}

void add_summary(TextPage& page, const AnalysisResult& result, const ReportOptions& options) {
    const bool colour = options.colour == Colour::kYes;
    page.heading(elide("Tocsin " TOCSIN_VERSION ", trace " + quote(result.trace.name), kPageWidth),
                 "", colour ? "1" : "");
    page.blank_line();
    page.paragraph(verdict_text(result), 0);
    page.blank_line();
    std::string counts;
    for (const Severity severity : kAllSeverities)
        counts += fmt::format("{} {}   ", name_of(severity),
                              result.by_severity[static_cast<size_t>(severity)]);
    page.field("severity", counts, 2, kFieldColumn);
    if (!result.set_aside.empty())
        page.field("set aside",
                   set_aside_text(result) +
                       (options.set_aside == SetAside::kShown ? "" : "; --all shows them"),
                   2, kFieldColumn);
    if (result.options.window != CorrelationWindow())
        page.field("window", window_text(result), 2, kFieldColumn);
    if (std::find(result.options.rules.begin(), result.options.rules.end(), false) !=
        result.options.rules.end()) {
        std::string rules;
        for (size_t i = 0; i < kRules; ++i)
            if (result.options.rules[i])
                rules +=
                    fmt::format("{}{}", rules.empty() ? "" : ", ", name_of(static_cast<Rule>(i)));
        page.field("rules", "only " + rules + ", as asked by --rule", 2, kFieldColumn);
    }
}

// Only where the window makes a difference.
void add_sensitivities(TextPage& page, const AnalysisResult& result, Colour colour) {
    const auto tables = sensitivities_of(result);
    if (std::none_of(tables.begin(), tables.end(),
                     [](const auto& t) { return t.depends_on_window; }))
        return;
    page.blank_line();
    page.heading("Window", "", colour == Colour::kYes ? "1" : "");
    for (const SensitivityTable& table : tables) {
        if (&table != &tables.front()) page.blank_line();
        add_sensitivity(page, table);
    }
}

}  // namespace

Result<> TextReport::begin(Output&) {
    return {};
}

Result<> TextReport::write(const AnalysisResult& result, Output& output) {
    TextPage page;
    if (!is_first_) {
        page.blank_line();
        page.paragraph(std::string(kPageWidth, '='), 0);
        page.blank_line();
    }
    is_first_ = false;
    add_summary(page, result, options_);
    page.blank_line();
    add_trace(page, result, options_.colour);
    page.blank_line();
    add_coverage(page, result, options_.colour);
    add_sensitivities(page, result, options_.colour);
    if (auto written = output.write(page.text()); !written) return written;
    size_t number = 0;
    for (const Group& group : groups_of(result, options_.set_aside)) {
        TextPage finding;
        finding.blank_line();
        add_finding(finding, result.trace, *group.front(), ++number, options_.colour);
        add_repetitions(finding, result.trace, group);
        if (auto written = output.write(finding.text()); !written) return written;
    }
    return {};
}

Result<> TextReport::end(Output&) {
    return {};
}

}  // namespace tocsin
