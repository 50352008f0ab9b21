// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/html_report.h"
#include "analyzer/report/asked.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "analyzer/report/escape.h"
#include "analyzer/report/html_finding.h"
#include "analyzer/report/html_style.h"
#include "analyzer/report/html_text.h"
#include "analyzer/report/markup.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/sensitivity.h"
#include "analyzer/report/sweep_svg.h"
#include "analyzer/report/text_coverage.h"

namespace tocsin {
namespace {

constexpr size_t kNameColumns = 400;
constexpr size_t kListNameColumns = 60;

std::string heading(size_t trace, std::string_view part, std::string_view text) {
    return fmt::format("<h3 id=\"trace-{}-{}\">{}</h3>\n", trace, part, text);
}

// The verdict, how many findings there are of each severity, and where to read on.
std::string summary_of(const AnalysisResult& result, size_t trace, const ReportOptions& options,
                       const std::vector<FindingGroup>& groups) {
    std::string out = fmt::format(
        "<section aria-labelledby=\"trace-{0}\">\n<h2 id=\"trace-{0}\">Trace {1}</h2>\n"
        "<p class=\"verdict\">{2}</p>\n<ul class=\"counts\">\n",
        trace, prose(elide(quote(result.trace.name), kNameColumns)), prose(verdict_text(result)));
    for (const Severity severity : kAllSeverities) {
        const uint64_t count = result.by_severity[static_cast<size_t>(severity)];
        out += fmt::format("<li{}>{}</li>\n", count == 0 ? " class=\"none\"" : "",
                           severity_badge(severity, fmt::format(" {}", count)));
    }
    HtmlFields fields;
    put_choices(fields, result, options, groups);
    out += "</ul>\n" + fields.text();
    out += fmt::format("<nav aria-label=\"Parts of the report on trace {}\"><ul>\n", trace);
    for (const auto& [part, name] :
         {std::pair("findings", "Findings"), std::pair("window", "Window"),
          std::pair("coverage", "Coverage and losses"), std::pair("origin", "Provenance")})
        out += fmt::format("<li><a href=\"#trace-{}-{}\">{}</a></li>\n", trace, part, name);
    return out + "</ul></nav>\n";
}

std::string list_row(const FindingGroup& group, size_t number, std::string_view id) {
    const Finding& finding = *group.front();
    return fmt::format(
        "<tr><td class=\"number\">{}</td><td>{}</td><td>{}</td>"
        "<td class=\"what\"><a href=\"#{}\">{}</a>{}</td><td class=\"number\">{}</td>"
        "<td class=\"number\">{}</td></tr>\n",
        number, severity_badge(finding.judgement.severity), name_of(finding.candidate.rule), id,
        markup(title_text(finding, kListNameColumns)),
        finding.judgement.set_aside_by.empty() ? "" : " <span class=\"soft\">(set aside)</span>",
        finding.judgement.confidence, count_of(group));
}

constexpr std::string_view kListHead =
    "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"List of findings, scrolls "
    "sideways\"><table class=\"list\"><caption>Equal findings are listed "
    "once</caption>\n<thead><tr>"
    "<th scope=\"col\">#</th><th scope=\"col\">Severity</th><th scope=\"col\">Class</th>"
    "<th scope=\"col\">What happened</th><th scope=\"col\">Confidence</th>"
    "<th scope=\"col\">Times</th></tr></thead>\n<tbody>\n";
// How many of each severity and class there are beyond those shown, and who has them.
std::string left_out_of(const std::vector<FindingGroup>& groups, size_t shown) {
    std::map<std::pair<int, Rule>, uint64_t> counts;  // most severe first
    for (size_t i = shown; i < groups.size(); ++i) {
        const Finding& finding = *groups[i].front();
        ++counts[{-static_cast<int>(finding.judgement.severity), finding.candidate.rule}];
    }
    if (counts.empty()) return {};
    std::string text;
    for (const auto& [kind, count] : counts)
        text += fmt::format("{}{} {} {}", text.empty() ? "" : ", ", count,
                            name_of(static_cast<Severity>(-kind.first)), name_of(kind.second));
    return fmt::format(
        "<p>These are {} of {} different findings, the most severe first. Left out here: {}. "
        "<code>--format text</code> and <code>--format json</code> give all of them.</p>\n",
        shown, groups.size(), text);
}

constexpr std::string_view kListEnd = "</tbody></table></div>\n";

std::string sensitivity_table(const SensitivityTable& table) {
    std::string out = fmt::format(
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Findings by "
        "window, scrolls sideways\"><table class=\"sweep\"><caption>{}</caption>\n"
        "<thead><tr><th scope=\"col\">Window</th>",
        markup(moves_text(table)));
    for (const Rule rule : table.columns)
        out += fmt::format("<th scope=\"col\" class=\"number\">{}</th>", name_of(rule));
    out += "</tr></thead>\n<tbody>\n";
    for (const auto& row : table.rows) {
        const std::string_view mark = word_of(row.window.mark);
        out += fmt::format("<tr{}><th scope=\"row\">{}{}</th>",
                           row.window.mark == RowMark::kChosen ? " class=\"chosen\"" : "",
                           limit_text(row.window.limit),
                           mark.empty() ? "" : fmt::format(" ({})", mark));
        for (const uint64_t count : row.counts)
            out += fmt::format("<td class=\"number\">{}</td>", count);
        out += "</tr>\n";
    }
    return out + "</tbody></table></div>\n";
}

std::string window_of(const AnalysisResult& result, size_t trace) {
    std::string out = heading(trace, "window", "Findings by window") +
                      fmt::format("<p>Window: {}.</p>\n", prose(window_text(result)));
    const auto tables = sensitivities_of(result);
    if (std::none_of(tables.begin(), tables.end(),
                     [](const auto& table) { return table.depends_on_window; }))
        return out + "<p>No count depends on the window.</p>\n";
    SweepSvg drawing;
    drawing.add(result, axes_of(result.options.window));
    out += fmt::format(
        "<figure><div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Findings by "
        "window, drawing, scrolls sideways\">\n{}</div></figure>\n",
        drawing.part_of_page(fmt::format("trace-{}-sweep", trace)));
    for (const SensitivityTable& table : tables) out += sensitivity_table(table);
    return out;
}

// What the findings rest on, and what they do not cover.
std::string basis_of(const AnalysisResult& result, size_t trace) {
    HtmlFields coverage, origin;
    put_coverage(coverage, result);
    put_trace(origin, result);
    origin.put("analyzer", "tocsin " TOCSIN_VERSION);
    return heading(trace, "coverage", "Coverage and losses") + coverage.text() +
           heading(trace, "origin", "Provenance") + origin.text();
}

}  // namespace

Result<> HtmlReport::begin(Output& output) {
    return output.write(
        fmt::format("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                    "<meta name=\"referrer\" content=\"no-referrer\">\n"
                    "<title>Tocsin: races found</title>\n<style>{}</style>\n</head>\n<body>\n"
                    "<header><h1>Tocsin: races between check and use</h1></header>\n<main>\n",
                    html_security_policy(), html_style()));
}

Result<> HtmlReport::write(const AnalysisResult& result, Output& output) {
    const size_t trace = ++traces_;
    const auto groups = groups_of(result, options_);
    const size_t shown = std::min(groups.size(), kMostCards);
    std::vector<std::string> ids;
    for (size_t i = 0; i < shown; ++i) ids.push_back(new_id(groups[i]));
    std::string text =
        summary_of(result, trace, options_, groups) + heading(trace, "findings", "Findings");
    text += groups.empty() ? "<p>None.</p>\n" : kListHead;
    for (size_t i = 0; i < shown; ++i) {
        text += list_row(groups[i], i + 1, ids[i]);
        if (auto written = output.write(text); !written) return written;
        text.clear();
    }
    if (!groups.empty()) text += std::string(kListEnd) + left_out_of(groups, shown);
    for (size_t i = 0; i < shown; ++i) {
        text += card_of(result.trace, groups[i], i + 1, ids[i]);
        if (auto written = output.write(text); !written) return written;
        text.clear();
    }
    return output.write(text + window_of(result, trace) + basis_of(result, trace) + "</section>\n");
}

Result<> HtmlReport::end(Output& output) {
    return output.write("</main>\n<footer><p>Written by tocsin " TOCSIN_VERSION
                        ". The same traces, options and version give the same bytes.</p></footer>\n"
                        "</body>\n</html>\n");
}

std::string HtmlReport::new_id(const FindingGroup& group) {
    const std::string& fingerprint = group.front()->fingerprint;
    const uint64_t count = ++ids_[fingerprint];
    return count == 1 ? fmt::format("finding-{}", fingerprint)
                      : fmt::format("finding-{}-{}", fingerprint, count);
}

}  // namespace tocsin
