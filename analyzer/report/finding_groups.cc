// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/finding_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "analyzer/report/asked.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"

namespace tocsin {
namespace {

constexpr size_t kFilterWidth = 300;

}  // namespace

std::vector<FindingGroup> groups_of(const AnalysisResult& result, const ReportOptions& options) {
    std::vector<FindingGroup> groups;
    std::unordered_map<std::string, size_t> group_of;
    for (const Finding& finding : result.findings) {
        const auto& rule = finding.judgement.set_aside_by;
        if (!rule.empty() && options.set_aside == SetAside::kCounted) continue;
        if (!options.filter.shows(finding, result.trace)) continue;
        // One race may be set aside in one place and, with an amplifier, not in another.
        const std::string key = finding.fingerprint +
                                std::string(name_of(finding.judgement.severity)) +
                                std::string(rule);
        const auto [at, is_new] = group_of.try_emplace(key, groups.size());
        if (is_new) groups.emplace_back();
        groups[at->second].push_back(&finding);
    }
    const auto rank = [](const FindingGroup& group) {
        const Judgement& judgement = group.front()->judgement;
        return std::pair(!judgement.set_aside_by.empty(), -static_cast<int>(judgement.severity));
    };
    std::stable_sort(
        groups.begin(), groups.end(),
        [&](const FindingGroup& a, const FindingGroup& b) { return rank(a) < rank(b); });
    return groups;
}

uint64_t count_of(const FindingGroup& group) {
    uint64_t count = 0;
    for (const Finding* finding : group) count += 1 + finding->more;
    return count;
}

std::string repetitions_text(const TraceFacts& trace, const FindingGroup& group) {
    const uint64_t count = count_of(group);
    if (count == 1) return {};
    if (group.size() == 1) return fmt::format("and {} more like it, {} in all.", count - 1, count);
    std::vector<TaskId> processes;
    for (const Finding* finding : group)
        processes.push_back(finding->candidate.operation->task->id);
    std::sort(processes.begin(), processes.end());
    processes.erase(std::unique(processes.begin(), processes.end()), processes.end());
    return fmt::format("and {} more like it, {} in all, from {} to {} into the trace, by {}.",
                       count - 1, count,
                       into_trace_text(trace, group.front()->candidate.operation->began),
                       into_trace_text(trace, group.back()->candidate.operation->began),
                       count_text(processes.size(), "thread", "threads"));
}

void put_choices(Fields& fields, const AnalysisResult& result, const ReportOptions& options,
                 const std::vector<FindingGroup>& groups) {
    std::string text;
    for (const auto& [rule, count] : result.set_aside)
        text += fmt::format("{}{} by {}", text.empty() ? "" : ", ", count, rule);
    if (!text.empty())
        fields.put("set aside",
                   text + (options.set_aside == SetAside::kShown ? "" : "; --all shows them"));
    if (result.not_kept != 0)
        fields.put("not kept", fmt::format("{}, the least grave: more than {} are counted only",
                                           count_text(result.not_kept, "finding", "findings"),
                                           result.options.most_findings));
    put_asked(fields, result);
    if (options.filter.text.empty()) return;
    uint64_t shown = 0;
    for (const FindingGroup& group : groups) shown += count_of(group);
    fields.put("shown", fmt::format("{} where {}", shown,
                                    elide(readable(options.filter.text), kFilterWidth)));
}

}  // namespace tocsin
