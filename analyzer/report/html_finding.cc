// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/html_finding.h"

#include <fmt/format.h>

#include "analyzer/judge/references.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/finding_text.h"
#include "analyzer/report/html_comparison.h"
#include "analyzer/report/html_text.h"
#include "analyzer/report/html_timeline.h"
#include "analyzer/report/markup.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/process_race_text.h"
#include "analyzer/report/race_text.h"

namespace tocsin {
namespace {

constexpr size_t kTitleNameColumns = 160;

// Of a severity, in a square of 16.
std::string_view shape_of(Severity severity) {
    switch (severity) {
        case Severity::kCritical:
            return "M5 0h6l5 5v6l-5 5h-6l-5 -5v-6z";
        case Severity::kHigh:
            return "M8 1l8 14h-16z";
        case Severity::kMedium:
            return "M8 0l8 8l-8 8l-8 -8z";
        case Severity::kLow:
            return "M8 1a7 7 0 0 1 0 14a7 7 0 0 1 0 -14zM8 4a4 4 0 0 0 0 8a4 4 0 0 0 0 -8z";
        case Severity::kInfo:
            break;
    }
    return "M2 6h12v4h-12z";
}

std::string section(std::string_view heading, std::string_view content) {
    if (content.empty()) return {};
    return fmt::format("<section><h5>{}</h5>\n{}</section>\n", heading, content);
}

std::string person(std::string_view heading, std::string_view content) {
    return fmt::format("<div><h5>{}</h5>\n{}</div>\n", heading, content);
}

std::string process_of(const Operation& operation) {
    HtmlFields fields;
    put_who(fields, operation);
    return fields.text();
}

// The change that tells the most; nullptr: none is recorded that explains anything.
std::string mutator_of(const Candidate& candidate) {
    if (const Operation* change = candidate.change()) return process_of(*change);
    if (candidate.process_race != nullptr && candidate.process_race->is_another_process())
        return "<p>No one has to: the process ended, and its id was given anew.</p>\n";
    return candidate.rule == Rule::kF4 ? "<p>Nobody changed it. Who could have is said below.</p>\n"
                                       : "<p>No recorded change explains it.</p>\n";
}

std::string people_of(const Finding& finding) {
    const Candidate& candidate = finding.candidate;
    std::string out;
    if (candidate.check() != nullptr) {
        out = person(candidate.race != nullptr ? "Victim: uses the name" : "Victim: uses the pid",
                     process_of(*candidate.operation)) +
              person(candidate.race != nullptr ? "Mutator: changes what it leads to"
                                               : "Mutator: changes whom it stands for",
                     mutator_of(candidate));
        return "<section class=\"pair\">\n" + out + "</section>\n";
    }
    out = person("Caller: makes the call", process_of(*candidate.operation));
    HtmlFields others;
    put_supervisor(others, candidate.supervisor);
    put_writer(others, candidate.writer);
    if (!candidate.writer) others.put("writer", "not recorded");
    out += person("Others on its memory", others.text());
    return "<section class=\"pair\">\n" + out + "</section>\n";
}

std::string story_text_of(const Candidate& candidate) {
    if (candidate.check() == nullptr) return {};
    HtmlFields name, steps(HtmlFields::Steps::kYes);
    if (candidate.race != nullptr) {
        put_race_name(name, candidate);
        put_race_story(steps, candidate, candidate.change());
    } else {
        put_process_race_story(steps, candidate);
    }
    return section("Step by step", name.text() + steps.text());
}

std::string figure_of(const Candidate& candidate, std::string_view id) {
    const std::string drawing = timeline_of(candidate, fmt::format("{}-time", id));
    if (drawing.empty()) return {};
    const std::string_view caption =
        candidate.check() != nullptr
            ? "To scale. Bar: when the call can have taken effect. Mark: when the kernel "
              "decided, or a change could first be seen. Gaps from decision to decision."
            : "To scale. Bar: the call. Mark: when the view was taken.";
    return fmt::format(
        "<figure><div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Timeline, "
        "scrolls "
        "sideways\">\n{}</div>\n<figcaption>{}</figcaption></figure>\n",
        drawing, caption);
}

std::string_view sign_of(Truth truth) {
    switch (truth) {
        case Truth::kYes:
            return "<span class=\"sign\" aria-hidden=\"true\">✓</span>";
        case Truth::kNo:
            return "<span class=\"sign\" aria-hidden=\"true\">✗</span>";
        case Truth::kUnknown:
            break;
    }
    return "<span class=\"sign\" aria-hidden=\"true\">?</span>";
}

std::string reason(Truth truth, std::string_view yes, std::string_view no, std::string_view text) {
    return fmt::format("<li>{}<span><span class=\"unseen\">{}: </span>{}</span></li>\n",
                       sign_of(truth),
                       truth == Truth::kYes  ? yes
                       : truth == Truth::kNo ? no
                                             : "not known",
                       prose(text));
}

std::string list_of(std::string_view items) {
    if (items.empty()) return {};
    return fmt::format("<ul class=\"reasons\">\n{}</ul>\n", items);
}

std::string reasoning_of(const Candidate& candidate) {
    std::string deceived, why;
    for (const Deception& deception : candidate.deceptions)
        deceived += reason(deception.deceived, "deceived", "not deceived",
                           fmt::format("{}: {}", name_of(deception.monitor), deception.why));
    for (const Predicate& predicate : candidate.predicates)
        why += reason(predicate.truth, "holds", "does not hold", predicate.statement);
    return section("Why", list_of(why)) + section("Monitors deceived", list_of(deceived));
}

std::string judgement_of(const Judgement& judgement) {
    std::string severity, confidence;
    for (const std::string& why : judgement.severity_reasons)
        severity += fmt::format(
            "<li><span class=\"sign\" aria-hidden=\"true\">•</span><span>{}</span></li>\n",
            prose(why));
    for (const ConfidenceStep& step : judgement.confidence_steps)
        confidence += fmt::format("<li><span class=\"sign\">{:+}</span><span>{}</span></li>\n",
                                  step.points, prose(step.why));
    return section(fmt::format("Severity {} of 100", judgement.severity_score), list_of(severity)) +
           section(fmt::format("Confidence {} of 100", judgement.confidence), list_of(confidence));
}

// Where the catalogue has it.
std::string address_of(std::string_view id) {
    const std::string_view number = id.substr(id.find('-') + 1);
    if (id.starts_with("CWE-"))
        return fmt::format("https://cwe.mitre.org/data/definitions/{}.html", number);
    if (id.starts_with("CAPEC-"))
        return fmt::format("https://capec.mitre.org/data/definitions/{}.html", number);
    return fmt::format("https://attack.mitre.org/techniques/{}/", id);
}

std::string references_of(const References& references) {
    std::string items;
    for (const auto* catalogue : {&references.cwe, &references.capec, &references.attack})
        for (const std::string_view id : *catalogue)
            items +=
                fmt::format("<li><a rel=\"noreferrer\" href=\"{}\">{} {}</a></li>\n",
                            markup(address_of(id)), markup(id), markup(title_of_reference(id)));
    if (items.empty()) return {};
    return section("Known as", "<ul class=\"known\">\n" + items + "</ul>\n");
}

std::string place_of(const TraceFacts& trace, const Finding& finding) {
    HtmlFields fields;
    put_when(fields, trace, *finding.candidate.operation);
    put_events(fields, finding.candidate);
    fields.put("id", finding.fingerprint);
    if (!finding.judgement.set_aside_by.empty())
        fields.put("set aside", "by rule " + set_aside_text(finding.judgement));
    return section("In the trace, as <code>tocsin dump</code> has it", fields.text());
}

}  // namespace

std::string severity_badge(Severity severity, std::string_view after) {
    return fmt::format(
        "<span class=\"severity {}\"><svg aria-hidden=\"true\" width=\"16\" height=\"16\" "
        "viewBox=\"0 0 16 16\"><path "
        "d=\"{}\"/></svg>{}{}</span>",
        name_of(severity), shape_of(severity), capitals_of(severity), after);
}

std::string card_of(const TraceFacts& trace, const FindingGroup& group, size_t number,
                    std::string_view id) {
    const Finding& finding = *group.front();
    const Candidate& candidate = finding.candidate;
    const Judgement& judgement = finding.judgement;
    std::string out = fmt::format(
        "<article class=\"card\" id=\"{0}\" aria-labelledby=\"{0}-name\">\n<header>{1}\n"
        "<h4 id=\"{0}-name\"><a href=\"#{0}\">#{2}</a> {3}: {4}</h4>\n"
        "<span class=\"soft\">confidence {5} of 100{6}</span></header>\n<p "
        "class=\"title\">{7}</p>\n",
        id, severity_badge(judgement.severity), number, name_of(candidate.rule),
        meaning_of(candidate.rule), judgement.confidence,
        judgement.set_aside_by.empty() ? "" : ", set aside",
        prose(title_text(finding, kTitleNameColumns)));
    out += figure_of(candidate, id);
    out += comparison_of(candidate);
    out += people_of(finding);
    out += story_text_of(candidate);
    out += "<div class=\"judged\">\n" + reasoning_of(candidate) + judgement_of(judgement);
    if (!candidate.counter_hypothesis.empty())
        out += section("Or else", "<p>" + prose(candidate.counter_hypothesis) + "</p>\n");
    out += references_of(judgement.references) + "</div>\n" + place_of(trace, finding);
    if (const std::string more = repetitions_text(trace, group); !more.empty())
        out += "<p class=\"soft\">" + prose(more) + "</p>\n";
    return out + "</article>\n";
}

}  // namespace tocsin
