// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/text_finding.h"

#include <fmt/format.h>

#include "analyzer/judge/references.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/finding_text.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/process_race_text.h"
#include "analyzer/report/race_text.h"
#include "analyzer/report/text_scale.h"
#include "analyzer/report/views_text.h"

namespace tocsin {
namespace {

constexpr size_t kViewColumn = 35;
constexpr size_t kTitleNameColumns = 100;

std::string_view mark_of(Truth truth) {
    switch (truth) {
        case Truth::kYes:
            return "✓";
        case Truth::kNo:
            return "✗";
        case Truth::kUnknown:
            break;
    }
    return "?";
}

std::string_view colour_of(Severity severity) {
    switch (severity) {
        case Severity::kCritical:
            return "1;31";
        case Severity::kHigh:
            return "31";
        case Severity::kMedium:
            return "33";
        case Severity::kLow:
            return "36";
        case Severity::kInfo:
            break;
    }
    return "2";
}

void put_view(TextPage& page, std::string_view name, std::string_view gap, std::string_view text) {
    // The µ is two bytes and one column.
    const size_t columns = width_of(gap);
    std::string label = fmt::format("{:<17}", name);
    label += std::string(columns < 12 ? 12 - columns : 0, ' ') + std::string(gap);
    page.field(label, text, kFindingIndent, kViewColumn);
}

// E, S, K and X of the operand, each with its time since the entry.
void add_views(TextPage& page, Fields& fields, const Candidate& candidate) {
    const Operation& operation = *candidate.operation;
    const OperandInfo& operand = candidate.subject().info;
    page.blank_line();
    fields.put("argument",
               fmt::format("{}, {}; µs since the entry", operand.argument, name_of(operand.kind)));
    for (const ViewRow& row : views_of(candidate))
        put_view(page, row.differs ? std::string(row.name) + "  ≠" : std::string(row.name),
                 row.time ? gap_text(operation.began, *row.time) : "", row.text);
    if (const auto difference = difference_text(candidate)) fields.put("differ", *difference);
    fields.put("result", operation.result ? result_text(*operation.result) : "not recorded");
}

void add_story(TextPage& page, Fields& fields, const Candidate& candidate) {
    page.blank_line();
    if (candidate.race != nullptr) {
        put_race_name(fields, candidate);
        page.blank_line();
    }
    put_scale(page, story_of(candidate));
    page.blank_line();
    if (candidate.race != nullptr)
        put_race_story(fields, candidate);
    else
        put_process_race_story(fields, candidate);
}

void add_reasoning(TextPage& page, const Candidate& candidate) {
    page.blank_line();
    std::string_view label = "deceived";
    for (const Deception& deception : candidate.deceptions) {
        page.field(fmt::format("{:<11}{}", label, mark_of(deception.deceived)),
                   fmt::format("{}: {}", name_of(deception.monitor), deception.why), kFindingIndent,
                   kFindingColumn + 2);
        label = "";
    }
    label = "why";
    for (const Predicate& predicate : candidate.predicates) {
        page.field(fmt::format("{:<11}{}", label, mark_of(predicate.truth)), predicate.statement,
                   kFindingIndent, kFindingColumn + 2);
        label = "";
    }
}

void put_references(Fields& fields, const References& references) {
    std::string_view label = "known as";
    for (const auto* catalogue : {&references.cwe, &references.capec, &references.attack})
        for (const std::string_view id : *catalogue) {
            fields.put(label, fmt::format("{} {}", id, title_of_reference(id)));
            label = "";
        }
}

void put_judgement(Fields& fields, const Judgement& judgement) {
    std::string text = fmt::format("{} of 100", judgement.severity_score);
    for (size_t i = 0; i < judgement.severity_reasons.size(); ++i)
        text += (i == 0 ? ": " : "; ") + judgement.severity_reasons[i];
    fields.put("severity", text);
    text = fmt::format("{} of 100", judgement.confidence);
    for (size_t i = 0; i < judgement.confidence_steps.size(); ++i)
        text += fmt::format("{}{:+} {}", i == 0 ? ": " : "; ", judgement.confidence_steps[i].points,
                            judgement.confidence_steps[i].why);
    fields.put("confidence", text);
    put_references(fields, judgement.references);
    if (!judgement.set_aside_by.empty())
        fields.put("set aside", "by rule " + set_aside_text(judgement));
}

}  // namespace

void add_finding(TextPage& page, const TraceFacts& trace, const Finding& finding, size_t number,
                 Colour colour) {
    const Candidate& candidate = finding.candidate;
    page.heading(fmt::format("#{} {} {}: {}", number, capitals_of(finding.judgement.severity),
                             name_of(candidate.rule), meaning_of(candidate.rule)),
                 fmt::format("confidence {}", finding.judgement.confidence),
                 colour == Colour::kYes ? colour_of(finding.judgement.severity) : "");
    page.paragraph(title_text(finding, kTitleNameColumns), kFindingIndent);
    page.blank_line();
    TextFields fields(page, kFindingIndent, kFindingColumn);
    put_who(fields, *candidate.operation);
    put_when(fields, trace, *candidate.operation);
    if (candidate.check() == nullptr) {
        add_views(page, fields, candidate);
    } else {
        add_story(page, fields, candidate);
    }
    add_reasoning(page, candidate);
    put_supervisor(fields, candidate.supervisor);
    put_writer(fields, candidate.writer);
    put_judgement(fields, finding.judgement);
    fields.put("or else", candidate.counter_hypothesis);
    put_events(fields, candidate);
    fields.put("id", finding.fingerprint);
}

}  // namespace tocsin
