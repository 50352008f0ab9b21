// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/finding_marks.h"

#include <algorithm>

#include "analyzer/report/escape.h"
#include "analyzer/report/explanation.h"
#include "gui/timeline/time_scale.h"

namespace tocsin::gui {
namespace {

constexpr size_t kCommColumns = 32;

FindingMark mark_of(const EventStore& events, const Operation& call, MarkKind kind) {
    FindingMark mark;
    mark.kind = kind;
    mark.began_ns = call.began.ns;
    mark.ended_ns = call.last_time().ns;
    mark.from_ns = call.began.ns;
    mark.to_ns = mark.at_ns = decision_of(call).ns;
    if (kind == MarkKind::kChange) {
        mark.from_ns = mark.at_ns = effect_of(call).ns;
        mark.to_ns = std::max(mark.at_ns, call.ended.value_or(BootTime{mark.at_ns}).ns);
    }
    mark.pid = call.task->id.tgid;
    mark.comm = call.task->comm;
    if (call.syscall != nullptr) mark.call = call.syscall->name;
    const auto look_up = [&](const std::optional<EventRef>& record, BootTime near) {
        return record ? events.find(*record, near.ns) : kNoEvent;
    };
    mark.event = look_up(call.entry_event, call.began);
    if (mark.event == kNoEvent) mark.event = look_up(call.exit_event, call.last_time());
    for (const EventRef& hook : call.hook_events) {
        const EventIndex event = events.find(hook, decision_of(call).ns);
        if (event == kNoEvent) continue;
        if (mark.event == kNoEvent) mark.event = event;
        if (mark.file == kNoRow) mark.file = events.file(event);
    }
    if (mark.event != kNoEvent) mark.thread = events.thread(mark.event);
    return mark;
}

// What another process, which wrote or read the call's memory, did by an event of its own near that
// time; nullopt: the event is not there.
template <typename Party>
std::optional<FindingMark> mark_of(const EventStore& events, const Party& party, MarkKind kind,
                                   BootTime near) {
    FindingMark mark;
    mark.event = events.find(party.event, near.ns);
    if (mark.event == kNoEvent) return std::nullopt;
    mark.kind = kind;
    mark.thread = events.thread(mark.event);
    mark.file = events.file(mark.event);
    mark.began_ns = mark.from_ns = events.begin_ns(mark.event);
    mark.at_ns = mark.to_ns = mark.ended_ns = events.time_ns(mark.event);
    mark.pid = party.task->id.tgid;
    mark.comm = party.task->comm;
    mark.call = party.how;
    return mark;
}

// What a supervisor read while it held the call back.
std::optional<FindingMark> mark_of(const EventStore& events, const SupervisorClaim& supervisor) {
    auto mark = mark_of(events, supervisor, MarkKind::kCheck, supervisor.time);
    if (!mark) return mark;
    mark->began_ns = std::min(mark->began_ns, supervisor.time.ns);
    mark->at_ns = mark->from_ns = mark->to_ns = mark->ended_ns = supervisor.time.ns;
    return mark;
}

// Within one call: what was claimed at its entry, or to its supervisor before, and what the kernel
// then took.
void add_argument_race(const EventStore& events, const Candidate& candidate, FindingMarks& marks) {
    const Operation& call = *candidate.operation;
    FindingMark claim = mark_of(events, call, MarkKind::kCheck);
    FindingMark taken = claim;
    claim.at_ns = claim.from_ns = claim.to_ns = call.began.ns;
    taken.kind = MarkKind::kUse;
    taken.at_ns = call.copied.value_or(call.decided.value_or(call.last_time())).ns;
    taken.from_ns = call.began.ns;
    taken.to_ns = taken.at_ns;
    if (const auto read =
            candidate.supervisor ? mark_of(events, *candidate.supervisor) : std::nullopt) {
        marks.check = marks.marks.size();
        marks.marks.push_back(*read);
    } else if (!call.entry_missing && !call.is_orphan) {
        marks.check = marks.marks.size();
        marks.marks.push_back(claim);
    }
    if (candidate.writer) {
        const MemoryWriter& writer = *candidate.writer;
        if (const auto change = mark_of(events, writer, MarkKind::kChange, call.began)) {
            marks.change = marks.marks.size();
            marks.is_order_certain = writer.truth == Truth::kYes;
            marks.marks.push_back(*change);
        }
    }
    marks.use = marks.marks.size();
    marks.marks.push_back(taken);
}

void add_story(const EventStore& events, const Candidate& candidate, FindingMarks& marks) {
    const Operation* explains = candidate.change();
    const std::vector<StoryPart> parts = parts_of(candidate);
    for (size_t i = 0; i < parts.size(); ++i) {
        const MarkKind kind = i == 0                  ? MarkKind::kCheck
                              : i + 1 == parts.size() ? MarkKind::kUse
                                                      : MarkKind::kChange;
        const Operation& call = *parts[i].operation;
        if (kind == MarkKind::kCheck) marks.check = i;
        if (kind == MarkKind::kUse) marks.use = i;
        if (kind == MarkKind::kChange && &call == explains) marks.change = i;
        marks.marks.push_back(mark_of(events, call, kind));
    }
    if (candidate.race != nullptr)
        if (const Mutation* mutation = candidate.race->explained_by())
            marks.is_order_certain = mutation->is_order_certain;
}

QString name_of(const FindingMark& mark) {
    const QString pid = QStringLiteral("pid %1").arg(mark.pid);
    if (mark.comm.empty()) return pid;
    return QString::fromStdString(elide(escape(mark.comm), kCommColumns)) +
           QStringLiteral(" (%1)").arg(pid);
}

}  // namespace

bool FindingMarks::overlaps(uint64_t from_ns, uint64_t to_ns) const {
    return std::any_of(marks.begin(), marks.end(), [&](const FindingMark& mark) {
        return mark.began_ns <= to_ns && std::max(mark.ended_ns, mark.at_ns) >= from_ns;
    });
}

FindingMarks marks_of(const EventStore& events, const Finding& finding,
                      std::span<const LossInterval> losses) {
    FindingMarks marks;
    marks.severity = finding.judgement.severity;
    const Candidate& candidate = finding.candidate;
    if (candidate.race != nullptr || candidate.process_race != nullptr)
        add_story(events, candidate, marks);
    else
        add_argument_race(events, candidate, marks);
    const uint64_t from = marks.marks[marks.check.value_or(0)].from_ns;
    const uint64_t to = marks.marks[*marks.use].to_ns;
    marks.has_losses = std::any_of(losses.begin(), losses.end(), [&](const LossInterval& loss) {
        return loss.after.ns <= to && loss.before.ns >= from;
    });
    if (marks.has_losses) marks.is_order_certain = false;
    return marks;
}

QString sentence_of(const FindingMarks& marks,
                    const std::function<QString(uint64_t ns)>& time_text) {
    const FindingMark& use = marks.marks[*marks.use];
    if (!marks.check)
        return QStringLiteral("Used by %1 at %2, check not recorded")
            .arg(name_of(use), time_text(use.at_ns));
    const FindingMark& check = marks.marks[*marks.check];
    const auto after = [&check](uint64_t ns) {
        return duration_text(ns > check.at_ns ? ns - check.at_ns : 0);
    };
    QString sentence =
        QStringLiteral("Check by %1 at %2").arg(name_of(check), time_text(check.at_ns));
    if (marks.change) {
        const FindingMark& change = marks.marks[*marks.change];
        sentence +=
            QStringLiteral(", changed by %1 after %2").arg(name_of(change), after(change.at_ns));
    } else {
        sentence += QStringLiteral(", no change that explains it is recorded");
    }
    sentence += QStringLiteral(", used after %1").arg(after(use.at_ns));
    if (marks.has_losses)
        sentence += QStringLiteral("; order uncertain, as records of that time are lost");
    else if (!marks.is_order_certain)
        sentence += QStringLiteral("; order uncertain");
    return sentence;
}

}  // namespace tocsin::gui
