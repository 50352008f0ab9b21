// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/race_drawing.h"

#include <algorithm>

#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/race_story.h"
#include "analyzer/report/views_text.h"

namespace tocsin::gui {
namespace {

constexpr size_t kCommColumns = 24;

QString text(std::string_view utf8) {
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

QString who_is(const TaskState& task) {
    QString who = text(elide(escape(task.comm), kCommColumns)) + QLatin1Char(' ') +
                  QString::number(task.id.tgid);
    if (task.id.tid != task.id.tgid)
        who += QStringLiteral(", thread ") + QString::number(task.id.tid);
    return who;
}

QString uid_of(const TaskState& task) {
    const Credentials& ids = task.credentials;
    QString uid = QStringLiteral("uid ") + QString::number(ids.uid);
    if (ids.euid != ids.uid) uid += QStringLiteral(" as ") + QString::number(ids.euid);
    return uid;
}

QString cpu_of(const std::optional<EventRef>& record) {
    return record ? QStringLiteral("CPU ") + QString::number(record->cpu) : QString();
}

// Without its bars.
RaceLane lane_of(const QString& part, MarkKind kind, const TaskState& task,
                 const std::optional<EventRef>& record) {
    return {part, kind, who_is(task), uid_of(task), cpu_of(record), {}, {}};
}

QString call_label(const Operation& call) {
    return text(call.syscall->name) + QStringLiteral(" = ") +
           (call.result ? QString::fromStdString(result_text(*call.result))
                        : QStringLiteral("not recorded"));
}

RaceBar bar_of(const Operation& call, MarkKind kind) {
    return {call_label(call),
            kind,
            call.began,
            call.last_time(),
            kind == MarkKind::kChange ? effect_of(call) : decision_of(call),
            call.unfinished || call.is_orphan};
}

RaceLane lane_of(const QString& part, const Operation& call, MarkKind kind) {
    RaceLane lane =
        lane_of(part, kind, call.task, call.entry_event ? call.entry_event : call.exit_event);
    lane.bars.push_back(bar_of(call, kind));
    return lane;
}

// Changes by one process share a lane.
void add_changes(RaceDrawing& drawing, const Candidate& candidate, const Story& story) {
    const size_t first = drawing.lanes.size();
    std::vector<int32_t> processes;
    for (const Operation* change : story.changes) {
        const auto at = std::find(processes.begin(), processes.end(), change->task->id.tgid);
        const size_t lane = first + static_cast<size_t>(at - processes.begin());
        if (at == processes.end()) {
            processes.push_back(change->task->id.tgid);
            drawing.lanes.push_back(lane_of(QStringLiteral("Mutator"), *change, MarkKind::kChange));
        } else {
            drawing.lanes[lane].bars.push_back(bar_of(*change, MarkKind::kChange));
        }
        drawing.lanes[lane].bars.back().explains = change == story.explains;
        if (change == story.explains)
            drawing.arrows.push_back({lane, 0, effect_of(*change), decision_of(*story.use), false});
    }
    if (!story.changes.empty()) return;
    const bool is_reused =
        candidate.process_race != nullptr && candidate.process_race->is_another_process();
    const QString absence =
        candidate.rule == Rule::kF4 ? QStringLiteral("nobody changed it; another user could have")
        : is_reused
            ? QStringLiteral("nobody needs to: the process ended, and its id was given anew")
            : QStringLiteral("no change is recorded");
    drawing.lanes.push_back(
        {QStringLiteral("Mutator"), MarkKind::kChange, {}, {}, {}, {}, absence});
}

uint64_t lost_between(const Coverage& coverage, BootTime from, BootTime to) {
    uint64_t lost = 0;
    for (const LossInterval& loss : coverage.losses)
        if (loss.after <= to && loss.before >= from) lost += loss.count;
    for (const DamagedChunk& chunk : coverage.damage)
        if (chunk.first_time <= to && chunk.last_time >= from) lost += chunk.events;
    return lost;
}

QString uncertainty_of(const AnalysisResult& result, const Story& story) {
    QString why;
    if (story.order == "uncertain")
        why = QStringLiteral("order uncertain: the calls overlap, or records of them are missing");
    const uint64_t lost = lost_between(result.coverage, story.check->began, story.use->last_time());
    if (lost != 0)
        why += (why.isEmpty() ? QStringLiteral("order uncertain: ") : QStringLiteral("; ")) +
               QString::fromStdString(count_text(lost, "record", "records")) +
               QStringLiteral(" of this time lost");
    return why;
}

RaceDrawing drawing_of_story(const AnalysisResult& result, const Candidate& candidate) {
    const Story story = story_of(candidate);
    RaceDrawing drawing;
    drawing.lanes.push_back(lane_of(QStringLiteral("Check"), *story.check, MarkKind::kCheck));
    // Below the arrow from the change, which is what misled the use.
    drawing.arrows.push_back({0, 0, decision_of(*story.check), decision_of(*story.use), true});
    add_changes(drawing, candidate, story);
    const size_t use = drawing.lanes.size();
    drawing.lanes.push_back(lane_of(QStringLiteral("Use"), *story.use, MarkKind::kUse));
    for (RaceDrawing::Arrow& arrow : drawing.arrows) arrow.to_lane = use;
    for (const StoryGap& gap : gaps_of(story))
        drawing.gaps.push_back({text(gap.label), gap.from, gap.to});
    drawing.uncertainty = uncertainty_of(result, story);
    return drawing;
}

MarkKind kind_of_view(std::string_view name) {
    switch (name.front()) {
        case 'E':
            return MarkKind::kCheck;
        case 'X':
            return MarkKind::kOther;
        default:
            return MarkKind::kUse;
    }
}

// Who wrote to the call's memory, and an arrow from there to the kernel's copy.
void add_writer(RaceDrawing& drawing, const Operation& call, const EventStore& events,
                const MemoryWriter& writer) {
    RaceLane lane =
        lane_of(QStringLiteral("Mutator"), MarkKind::kChange, writer.task, writer.event);
    const EventIndex event = events.find(writer.event, call.began.ns);
    if (event == kNoEvent) {
        lane.absence =
            text(writer.how) + QStringLiteral(", at a time that is not among the events");
        drawing.lanes.push_back(std::move(lane));
        return;
    }
    const BootTime at{events.time_ns(event)};
    RaceBar bar{text(writer.how), MarkKind::kChange, {events.begin_ns(event)}, at, at};
    const EventIndex back = events.find_in_call(event, events.thread(event), [&](EventIndex other) {
        return events.kind(other) == EventKind::kReturn;
    });
    if (back != kNoEvent) bar.ended = BootTime{events.time_ns(back)};
    bar.explains = true;
    lane.bars.push_back(bar);
    if (call.copied) {
        drawing.arrows.push_back({drawing.lanes.size(), 0, at, *call.copied, false});
        drawing.gaps.push_back({QStringLiteral("write to kernel copy"), at, *call.copied});
    }
    drawing.lanes.push_back(std::move(lane));
    if (writer.truth != Truth::kYes)
        drawing.uncertainty =
            QStringLiteral("writer uncertain: it could have, and its bytes are not recorded");
}

void add_supervisor(RaceDrawing& drawing, const Operation& call,
                    const SupervisorClaim& supervisor) {
    RaceLane lane =
        lane_of(QStringLiteral("Supervisor"), MarkKind::kCheck, supervisor.task, supervisor.event);
    lane.bars.push_back({QStringLiteral("read its claim"), MarkKind::kCheck, supervisor.time,
                         supervisor.time, supervisor.time});
    drawing.lanes.push_back(std::move(lane));
    if (call.copied)
        drawing.gaps.push_back(
            {QStringLiteral("claim to kernel copy"), supervisor.time, *call.copied});
}

// The four views, each at its time within the call.
RaceDrawing drawing_of_call(const EventStore& events, const Candidate& candidate) {
    const Operation& call = *candidate.operation;
    RaceDrawing drawing;
    drawing.lanes.push_back(lane_of(QStringLiteral("Call"), call, MarkKind::kOther));
    drawing.lanes.back().bars.back().decided.reset();
    if (candidate.supervisor) add_supervisor(drawing, call, *candidate.supervisor);
    if (candidate.writer) add_writer(drawing, call, events, *candidate.writer);
    for (const ViewRow& row : views_of(candidate)) {
        if (row.name.empty() || row.name.front() == ' ') continue;
        const bool is_recorded = row.time.has_value() && (row.name.front() == 'K' || row.is_claim ||
                                                          row.is_copy || row.differs);
        RaceLane lane{text(row.name.substr(0, 1)),
                      kind_of_view(row.name),
                      text(row.name.substr(2)),
                      {},
                      {},
                      {},
                      {}};
        if (row.name.front() == 'S')
            for (RaceDrawing::Arrow& arrow : drawing.arrows) arrow.to_lane = drawing.lanes.size();
        if (row.time)
            lane.bars.push_back({is_recorded ? QString() : QStringLiteral("not recorded whole"),
                                 lane.kind, *row.time, *row.time, *row.time});
        else
            lane.absence = QStringLiteral("not recorded");
        drawing.lanes.push_back(std::move(lane));
    }
    if (call.copied)
        drawing.gaps.push_back({QStringLiteral("entry to kernel copy"), call.began, *call.copied});
    if (call.copied && call.ended)
        drawing.gaps.push_back(
            {QStringLiteral("kernel copy to return"), *call.copied, *call.ended});
    return drawing;
}

}  // namespace

RaceDrawing drawing_of(const AnalysisResult& result, const EventStore& events,
                       const Finding& finding) {
    const Candidate& candidate = finding.candidate;
    RaceDrawing drawing = candidate.check() != nullptr ? drawing_of_story(result, candidate)
                                                       : drawing_of_call(events, candidate);
    drawing.from = BootTime{UINT64_MAX};
    for (const RaceLane& lane : drawing.lanes)
        for (const RaceBar& bar : lane.bars) {
            drawing.from = std::min(drawing.from, bar.began);
            drawing.to = std::max({drawing.to, bar.ended, bar.decided.value_or(bar.ended)});
        }
    drawing.to = std::max(drawing.to, drawing.from);
    for (const RaceGap& gap : drawing.gaps)
        drawing.sentence += (drawing.sentence.isEmpty() ? QString() : QStringLiteral(", ")) +
                            gap.label + QLatin1Char(' ') +
                            QString::fromStdString(interval_text(gap.from, gap.to));
    if (!drawing.uncertainty.isEmpty())
        drawing.sentence += QStringLiteral("; ") + drawing.uncertainty;
    return drawing;
}

}  // namespace tocsin::gui
