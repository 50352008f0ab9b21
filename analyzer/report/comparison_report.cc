// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/comparison_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "analyzer/report/asked.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/text_finding.h"
#include "analyzer/report/text_page.h"

namespace tocsin {
namespace {

constexpr size_t kIndent = 2, kColumn = 12, kFindingColumn = 13;
constexpr size_t kNameColumns = 60;

void add_side(TextPage& page, std::string_view side, const AnalysisResult& result) {
    const TraceFacts& trace = result.trace;
    std::string text = fmt::format("{}: {}, Linux {}", quote(trace.name),
                                   elide(escape(trace.header.host), kNameColumns),
                                   elide(escape(trace.header.kernel_release), kNameColumns));
    if (trace.clock && trace.first) text += ", from " + utc_text(*trace.clock, *trace.first);
    text += fmt::format(", {}; {}", count_text(result.coverage.events, "event", "events"),
                        name_of(trace.end));
    page.field(side, text, kIndent, kColumn);
    TextFields fields(page, kIndent, kColumn);
    put_asked(fields, result);
}

std::string count_of(const ComparedFinding& compared) {
    const uint64_t before = compared.before.count, after = compared.after.count;
    if (after == 0) return count_text(before, "case", "cases");
    std::string text = count_text(after, "case", "cases");
    if (before != 0 && before != after) text += fmt::format(", {} before", before);
    return text;
}

void add_findings(TextPage& page, std::string_view title,
                  const std::vector<ComparedFinding>& findings, Colour colour) {
    if (findings.empty()) return;
    page.blank_line();
    page.heading(fmt::format("{}, {}", title, findings.size()), "",
                 colour == Colour::kYes ? "1" : "");
    for (const ComparedFinding& compared : findings) {
        const Finding& finding = compared.finding();
        const Judgement& judgement = finding.judgement;
        std::string text =
            fmt::format("{} {}, {}: {}", name_of(finding.candidate.rule), finding.fingerprint,
                        count_of(compared), title_text(finding, kNameColumns));
        if (compared.before.gravest != nullptr && compared.after.gravest != nullptr &&
            compared.before.gravest->judgement.severity != judgement.severity)
            text += fmt::format(" It was {} before.",
                                name_of(compared.before.gravest->judgement.severity));
        if (!judgement.set_aside_by.empty())
            text += fmt::format(" Set aside by rule {}.", set_aside_text(judgement));
        page.field(name_of(judgement.severity), text, kIndent, kFindingColumn);
    }
}

Json json_of_findings(const std::vector<ComparedFinding>& findings, const AnalysisResult& before,
                      const AnalysisResult& after) {
    Json list = Json::array();
    for (const ComparedFinding& compared : findings) {
        const bool is_after = compared.after.gravest != nullptr;
        Json one = {{"cases_before", compared.before.count}, {"cases_after", compared.after.count}};
        if (is_after && compared.before.gravest != nullptr)
            one["severity_before"] = name_of(compared.before.gravest->judgement.severity);
        one["finding"] = json_finding(is_after ? after.trace : before.trace, compared.finding());
        list.push_back(std::move(one));
    }
    return list;
}

}  // namespace

namespace {

std::set<std::string> hooks_at_work(const TraceHeader& header) {
    std::set<std::string> names;
    for (const HookStatus& hook : header.hooks)
        if (hook.refusal.empty()) names.insert(hook.name);
    return names;
}

// Names the hooks that `side` has alone.
void add_hook_caution(std::vector<std::string>& cautions, std::string_view side,
                      const std::set<std::string>& hooks, const std::set<std::string>& others) {
    constexpr size_t kMostNames = 3;
    std::vector<std::string> alone;
    std::set_difference(hooks.begin(), hooks.end(), others.begin(), others.end(),
                        std::back_inserter(alone));
    if (alone.empty()) return;
    std::string names;
    for (size_t i = 0; i < std::min(alone.size(), kMostNames); ++i)
        names += (i == 0 ? "" : ", ") + elide(escape(alone[i]), kNameColumns);
    if (alone.size() > kMostNames) names += fmt::format(" and {} more", alone.size() - kMostNames);
    cautions.push_back(fmt::format(
        "Only {}, {} at work ({}): what that trace has alone may be for that.", side,
        alone.size() == 1 ? "a hook was" : fmt::format("{} hooks were", alone.size()), names));
}

}  // namespace

std::vector<std::string> cautions_of(const AnalysisResult& before, const AnalysisResult& after) {
    std::vector<std::string> cautions;
    const TraceHeader &one = before.trace.header, &other = after.trace.header;
    if (one.host != other.host || one.machine != other.machine)
        cautions.emplace_back("The traces are of different machines.");
    else if (one.kernel_release != other.kernel_release)
        cautions.emplace_back("The machine ran different kernels.");
    add_hook_caution(cautions, "before", hooks_at_work(one), hooks_at_work(other));
    add_hook_caution(cautions, "after", hooks_at_work(other), hooks_at_work(one));
    if (before.is_lossy() || before.is_damaged())
        cautions.emplace_back("Records are missing before: what is new may have been there.");
    if (after.is_lossy() || after.is_damaged())
        cautions.emplace_back("Records are missing after: what is gone may still be there.");
    for (const auto& [side, result] : {std::pair("before", &before), std::pair("after", &after)})
        if (result->not_kept != 0)
            cautions.push_back(
                fmt::format("Of {} findings {} the least grave are counted and not compared.",
                            result->not_kept + result->findings.size(), side));
    return cautions;
}

std::string text_of_comparison(const AnalysisResult& before, const AnalysisResult& after,
                               const Comparison& comparison, Colour colour) {
    TextPage page;
    page.heading("Tocsin " TOCSIN_VERSION ", findings of two results compared", "",
                 colour == Colour::kYes ? "1" : "");
    page.blank_line();
    page.paragraph(fmt::format("{} new, {} gone, {} in both.", comparison.added.size(),
                               comparison.gone.size(), comparison.same.size()),
                   0);
    page.blank_line();
    add_side(page, "before", before);
    add_side(page, "after", after);
    for (const std::string& caution : cautions_of(before, after))
        page.field("but", caution, kIndent, kColumn);
    add_findings(page, "New", comparison.added, colour);
    add_findings(page, "Gone", comparison.gone, colour);
    add_findings(page, "In both", comparison.same, colour);
    return page.text();
}

Json json_of_comparison(const AnalysisResult& before, const AnalysisResult& after,
                        const Comparison& comparison) {
    return {{"before", json_trace(before.trace)},
            {"after", json_trace(after.trace)},
            {"asked", {{"before", json_asked(before)}, {"after", json_asked(after)}}},
            {"cautions", cautions_of(before, after)},
            {"new", json_of_findings(comparison.added, before, after)},
            {"gone", json_of_findings(comparison.gone, before, after)},
            {"same", json_of_findings(comparison.same, before, after)}};
}

}  // namespace tocsin
