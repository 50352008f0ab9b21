// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/text_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/report/escape.h"
#include "analyzer/report/finding_groups.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/sensitivity.h"
#include "analyzer/report/text_coverage.h"
#include "analyzer/report/text_finding.h"
#include "analyzer/report/text_page.h"

namespace tocsin {
namespace {

void add_heading(TextPage& page, std::string_view text, Colour colour) {
    page.heading(text, "", colour == Colour::kYes ? "1" : "");
}

void add_repetitions(TextPage& page, const TraceFacts& trace, const FindingGroup& group) {
    const std::string text = repetitions_text(trace, group);
    if (text.empty()) return;
    page.blank_line();
    page.paragraph(text, kFindingIndent);
}

void add_summary(TextPage& page, const AnalysisResult& result, const ReportOptions& options,
                 const std::vector<FindingGroup>& groups) {
    add_heading(page,
                elide("Tocsin " TOCSIN_VERSION ", trace " + quote(result.trace.name), kPageWidth),
                options.colour);
    page.blank_line();
    page.paragraph(verdict_text(result), 0);
    page.blank_line();
    std::string counts;
    for (const Severity severity : kAllSeverities)
        counts += fmt::format("{} {}   ", name_of(severity),
                              result.by_severity[static_cast<size_t>(severity)]);
    page.field("severity", counts, 2, kFieldColumn);
    TextFields fields(page, 2, kFieldColumn);
    put_choices(fields, result, options, groups);
}

// Only where the window makes a difference.
void add_sensitivities(TextPage& page, const AnalysisResult& result, Colour colour) {
    const auto tables = sensitivities_of(result);
    if (std::none_of(tables.begin(), tables.end(),
                     [](const auto& t) { return t.depends_on_window; }))
        return;
    page.blank_line();
    add_heading(page, "Window", colour);
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
    const auto groups = groups_of(result, options_);
    add_summary(page, result, options_, groups);
    TextFields fields(page, 2, kFieldColumn);
    page.blank_line();
    add_heading(page, "Trace", options_.colour);
    put_trace(fields, result);
    page.blank_line();
    add_heading(page, "Coverage", options_.colour);
    put_coverage(fields, result);
    add_sensitivities(page, result, options_.colour);
    if (auto written = output.write(page.text()); !written) return written;
    size_t number = 0;
    for (const FindingGroup& group : groups) {
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
