// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/text_explanation.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/judge/set_aside.h"
#include "analyzer/report/asked.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/replay_text.h"
#include "analyzer/report/text_coverage.h"
#include "analyzer/report/text_finding.h"
#include "analyzer/report/text_page.h"

namespace tocsin {
namespace {

constexpr size_t kIndent = 2, kTextColumn = 4;

std::string story(const TraceReader& trace, const Candidate& candidate, Colour colour) {
    ReplayTextOptions options;
    options.colour = colour;
    options.records = records_of(candidate);
    EventOrder order(trace);
    const BootTime start = order.first_time().value_or(BootTime{});
    const auto since_start = [&](BootTime time) { return time < start ? 0 : time.ns - start.ns; };
    options.from_ns = options.to_ns;
    options.to_ns = 0;
    for (const StoryPart& part : parts_of(candidate)) {
        const Operation& call = *part.operation;
        options.from_ns = std::min(options.from_ns, since_start(call.began));
        options.to_ns = std::max(options.to_ns, since_start(call.last_time()));
        const auto& first =
            call.entry_event || call.hook_events.empty() ? call.entry_event : call.hook_events[0];
        if (first) options.headings.emplace(*first, part.what);
    }
    ReplayText lines(order, std::move(options));
    std::string text;
    while (const auto step = lines.next()) text += step->text;
    return text;
}

void add_rules(TextPage& page, const Finding& finding) {
    page.line("Set aside if");
    for (size_t i = 0; i < set_aside_rules().size(); ++i) {
        const SetAsideRule& rule = set_aside_rules()[i];
        if (!rule.concerns(finding.candidate)) continue;
        const bool counts = rule.name == finding.judgement.set_aside_by;
        page.field(finding.judgement.set_aside_rules[i] ? "✓" : "✗",
                   fmt::format("{} ({})", rule.when,
                               counts ? set_aside_text(finding.judgement) : std::string(rule.name)),
                   kIndent, kTextColumn);
    }
}

void add_not_recorded(TextPage& page, const AnalysisResult& result, const Finding& finding) {
    const auto clauses = not_recorded_of(result, finding);
    page.line("Not recorded, and so not known");
    for (const std::string& clause : clauses) page.field("?", clause, kIndent, kTextColumn);
    if (clauses.empty()) page.paragraph("nothing that the finding rests on", kIndent);
}

}  // namespace

std::string text_of_explanation(const TraceReader& trace, const AnalysisResult& result,
                                const Finding& finding, uint64_t alike, Colour colour) {
    TextPage card, rest;
    card.heading(elide("Tocsin " TOCSIN_VERSION ", trace " + quote(result.trace.name), kPageWidth),
                 "", colour == Colour::kYes ? "1" : "");
    TextFields fields(card, kIndent, kFieldColumn);
    put_asked(fields, result);
    card.blank_line();
    add_finding(card, result.trace, finding, 1, colour);
    if (alike > 1) {
        card.blank_line();
        card.paragraph(fmt::format("The trace has {} of it; this is the first of the gravest.",
                                   count_text(alike, "case", "cases")),
                       kIndent);
    }
    card.blank_line();
    card.line("Story, in seconds since the trace began");
    rest.blank_line();
    add_rules(rest, finding);
    rest.blank_line();
    add_not_recorded(rest, result, finding);
    return card.text() + story(trace, finding.candidate, colour) + rest.text();
}

}  // namespace tocsin
