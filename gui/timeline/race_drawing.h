// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "analyzer/judge/analysis.h"
#include "gui/timeline/event_store.h"
#include "gui/timeline/theme.h"

namespace tocsin::gui {

// A call, or a moment within one, as a bar of a race's drawing.
struct RaceBar {
    QString label;  // "rename = 0", escaped
    MarkKind kind = MarkKind::kOther;
    BootTime began, ended;            // equal: a moment
    std::optional<BootTime> decided;  // when the kernel did, or when a change can first be seen
    bool is_open = false;             // it did not end, for all that is recorded
    bool explains = false;            // the change that gaps are measured to
};

struct RaceLane {
    QString part;  // "Check"
    MarkKind kind = MarkKind::kOther;
    QString who;  // "report 102, thread 103", escaped
    QString uid;  // "uid 0"
    QString cpu;  // "CPU 1"; empty: not recorded
    std::vector<RaceBar> bars;
    QString absence;  // what stands in place of bars; empty: bars do
};

struct RaceGap {
    QString label;  // "check to change"
    BootTime from, to;
};

// What a race looks like in time: who did what, from when to when, and how long was between.
struct RaceDrawing {
    std::vector<RaceLane> lanes;
    BootTime from, to;
    std::vector<RaceGap> gaps;
    // From decision to decision: solid of what misled the use, dashed of what it relied on.
    struct Arrow {
        size_t lane = 0, to_lane = 0;
        BootTime from, to;
        bool is_dashed = false;
    };
    std::vector<Arrow> arrows;
    // Why the order of the calls is not proved; empty: it is, or there is nothing to order.
    QString uncertainty;
    // All of it in a sentence.
    QString sentence;
};

// Of who wrote to a call's memory the time is known by the event alone: without it in `events` the
// lane says so.
RaceDrawing drawing_of(const AnalysisResult& result, const EventStore& events,
                       const Finding& finding);

}  // namespace tocsin::gui
