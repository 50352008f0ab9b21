// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/text_finding.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/judge/references.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/finding_text.h"
#include "analyzer/report/operand_text.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/text_process_race.h"
#include "analyzer/report/text_race.h"

namespace tocsin {
namespace {

constexpr size_t kViewColumn = 35;
constexpr size_t kTitleNameColumns = 100;
constexpr size_t kViewNameColumns = 6 * (kPageWidth - kViewColumn);

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

void add_who(TextPage& page, const Operation& operation) {
    const TaskState& task = operation.task;
    const Credentials& ids = task.credentials;
    std::string text = process_shown(task.id, operation.caller.executable());
    if (task.id.tid != task.id.tgid) text += fmt::format(", thread {}", task.id.tid);
    text += fmt::format(", comm {}", quote(task.comm));
    put_in_finding(page, "who", text);
    text = ids.uid == ids.euid ? fmt::format("uid {}", ids.uid)
                               : fmt::format("uid {} with the rights of uid {}", ids.uid, ids.euid);
    text += ids.gid == ids.egid ? fmt::format(", gid {}", ids.gid)
                                : fmt::format(", gid {} as {}", ids.gid, ids.egid);
    if (operation.task_after && operation.task_after->credentials.euid != ids.euid)
        text += fmt::format("; uid {} after the call", operation.task_after->credentials.euid);
    if (operation.caller.partial) text += "; the process's beginning is not in the trace";
    put_in_finding(page, "", text);
    put_lineage(page, operation.caller.image);
}

void add_when(TextPage& page, const TraceFacts& trace, const Operation& operation) {
    std::string text = into_trace_text(trace, operation.began) + " into the trace";
    if (trace.clock) text += ", " + utc_text(*trace.clock, operation.began);
    put_in_finding(page, "when", text);
}

void put_view(TextPage& page, std::string_view name, std::string_view gap, std::string_view text) {
    // The µ is two bytes and one column.
    const size_t columns = width_of(gap);
    std::string label = fmt::format("{:<17}", name);
    label += std::string(columns < 12 ? 12 - columns : 0, ' ') + std::string(gap);
    page.field(label, text, kFindingIndent, kViewColumn);
}

std::string exit_absence(const Operation& operation) {
    if (operation.is_orphan) return "none: no call is recorded";
    if (operation.unfinished) return "not recorded: the record of the return is missing";
    if (operation.syscall->group == SyscallGroup::kExec && operation.decided)
        return "none: the exec replaced the memory";
    return "not recorded";
}

// What differs, where it would be lost in the middle of long views or is one string of many.
void add_difference(TextPage& page, const Candidate& candidate) {
    if (!candidate.difference) return;
    const Excerpts excerpts = excerpts_of(candidate, kViewNameColumns);
    if (excerpts.is_all) return;
    put_in_finding(page, "differ",
                   fmt::format("{}: {} ≠ {}", excerpts.place, excerpts.claim, excerpts.truth));
}

// E, S, K and X of the operand, each with its time since the entry.
void add_views(TextPage& page, const Candidate& candidate) {
    const Operation& operation = *candidate.operation;
    const Operand& operand = candidate.subject();
    const OperandKind kind = operand.info.kind;
    page.blank_line();
    put_in_finding(page, "argument",
                   fmt::format("{}, {}; µs since the entry", operand.info.argument, name_of(kind)));
    if (candidate.supervisor)
        put_view(page, "  supervisor", gap_text(operation.began, candidate.supervisor->time),
                 view_shown(kind, candidate.supervisor->bytes));
    put_view(page, "E entry claim", gap_text(operation.began, operation.began),
             operand.entry ? view_shown(kind, *operand.entry) : "not recorded");
    const auto gap = [&](const std::optional<BootTime>& time) {
        return time ? gap_text(operation.began, *time) : std::string();
    };
    const std::string decided = gap(operation.decided);
    const bool differs = candidate.rule == Rule::kA1 || candidate.rule == Rule::kA4;
    put_view(page, differs ? "S kernel copy  ≠" : "S kernel copy", gap(operation.copied),
             operand.kernel ? view_shown(kind, *operand.kernel) : "not recorded");
    if (operand.from_descriptor)
        put_view(page, "", "", "(composed by the kernel from the call's descriptor)");
    if (const FileObject* object = operation.object())
        put_view(page, "K kernel object", decided, object_shown(*object));
    for (const FollowedLink& followed : operation.links)
        put_view(page, "  through link", "", link_shown(followed));
    if (operation.peer)
        put_view(page, "  peer", "", view_shown(OperandKind::kPeer, *operation.peer));
    if (const auto& checked = operation.object(ObjectRole::kChecked);
        operation.interpreter && checked)
        put_view(page, "  named file", decided, object_shown(*checked));
    if (operation.interpreter)
        put_view(page, "  interpreter", decided,
                 view_shown(OperandKind::kPath, *operation.interpreter));
    put_view(page, "X exit claim", gap(operation.ended),
             operand.exit ? view_shown(kind, *operand.exit) : exit_absence(operation));
    add_difference(page, candidate);
    put_in_finding(page, "result",
                   operation.result ? result_text(*operation.result) : "not recorded");
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

void add_writer(TextPage& page, const std::optional<MemoryWriter>& writer) {
    if (!writer) return;
    put_in_finding(page, "writer",
                   fmt::format("{}, comm {}, uid {}: by {}, in trace {}",
                               process_shown(writer->task.id, writer->caller.executable()),
                               quote(writer->task.comm), writer->task.credentials.uid, writer->how,
                               event_text(writer->event)));
    put_lineage(page, writer->caller.image, "  ");
}

void add_supervisor(TextPage& page, const std::optional<SupervisorClaim>& supervisor) {
    if (!supervisor) return;
    put_in_finding(page, "supervised",
                   fmt::format("{}, comm {}, uid {}: by {}, in trace {}",
                               process_shown(supervisor->task.id, supervisor->caller.executable()),
                               quote(supervisor->task.comm), supervisor->task.credentials.uid,
                               supervisor->how, event_text(supervisor->event)));
}

void add_references(TextPage& page, const References& references) {
    std::string_view label = "known as";
    for (const auto* catalogue : {&references.cwe, &references.capec, &references.attack})
        for (const std::string_view id : *catalogue) {
            put_in_finding(page, label, fmt::format("{} {}", id, title_of_reference(id)));
            label = "";
        }
}

void add_judgement(TextPage& page, const Judgement& judgement) {
    std::string text = fmt::format("{} of 100", judgement.severity_score);
    for (size_t i = 0; i < judgement.severity_reasons.size(); ++i)
        text += (i == 0 ? ": " : "; ") + judgement.severity_reasons[i];
    put_in_finding(page, "severity", text);
    text = fmt::format("{} of 100", judgement.confidence);
    for (size_t i = 0; i < judgement.confidence_steps.size(); ++i)
        text += fmt::format("{}{:+} {}", i == 0 ? ": " : "; ", judgement.confidence_steps[i].points,
                            judgement.confidence_steps[i].why);
    put_in_finding(page, "confidence", text);
    add_references(page, judgement.references);
    if (!judgement.set_aside_by.empty())
        put_in_finding(page, "set aside", fmt::format("by rule {}", judgement.set_aside_by));
}

}  // namespace

void add_finding(TextPage& page, const TraceFacts& trace, const Finding& finding, size_t number,
                 Colour colour) {
    const Candidate& candidate = finding.candidate;
    std::string severity(name_of(finding.judgement.severity));
    std::transform(severity.begin(), severity.end(), severity.begin(),
                   [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    page.heading(fmt::format("#{} {} {}: {}", number, severity, name_of(candidate.rule),
                             meaning_of(candidate.rule)),
                 fmt::format("confidence {}", finding.judgement.confidence),
                 colour == Colour::kYes ? colour_of(finding.judgement.severity) : "");
    page.paragraph(title_text(finding, kTitleNameColumns), kFindingIndent);
    page.blank_line();
    add_who(page, *candidate.operation);
    add_when(page, trace, *candidate.operation);
    if (candidate.race != nullptr)
        add_race(page, candidate);
    else if (candidate.process_race != nullptr)
        add_process_race(page, candidate);
    else
        add_views(page, candidate);
    add_reasoning(page, candidate);
    add_supervisor(page, candidate.supervisor);
    add_writer(page, candidate.writer);
    add_judgement(page, finding.judgement);
    put_in_finding(page, "or else", candidate.counter_hypothesis);
    if (candidate.race != nullptr)
        add_race_events(page, candidate);
    else if (candidate.process_race != nullptr)
        add_process_race_events(page, candidate);
    else
        put_in_finding(page, "in trace", events_shown(*candidate.operation));
    put_in_finding(page, "id", finding.fingerprint);
}

}  // namespace tocsin
