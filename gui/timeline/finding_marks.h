// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyzer/judge/finding.h"
#include "analyzer/replay/event_order.h"
#include "gui/timeline/event_store.h"
#include "gui/timeline/theme.h"

namespace tocsin::gui {

// One of the calls that a finding is made of, where the timeline has it.
struct FindingMark {
    MarkKind kind = MarkKind::kOther;
    uint64_t at_ns = 0;                   // when it took effect, for all that is recorded
    uint64_t from_ns = 0, to_ns = 0;      // it did so between these
    uint64_t began_ns = 0, ended_ns = 0;  // the call
    int32_t pid = 0;
    std::string comm, call;                   // as recorded, and the call's name
    EventIndex event = kNoEvent;              // the call's first one that is there
    uint32_t thread = kNoRow, file = kNoRow;  // rows of the store's forests
};

// What the timeline draws of a finding: its calls in the order of their times, and which of them
// belong together.
struct FindingMarks {
    std::vector<FindingMark> marks;
    std::optional<size_t> check, change, use;  // into marks; change: the one that explains
    // The change lay between check and use, for all that the clock and the records say.
    bool is_order_certain = true;
    bool has_losses = false;  // records of the time between are missing
    Severity severity = Severity::kInfo;

    bool overlaps(uint64_t from_ns, uint64_t to_ns) const;
};

FindingMarks marks_of(const EventStore& events, const Finding& finding,
                      std::span<const LossInterval> losses);

// "Check by victim (pid 812) at 1.204 s, changed by attacker (pid 901) after 61 µs, used after
// 184 µs". Names are escaped.
QString sentence_of(const FindingMarks& marks,
                    const std::function<QString(uint64_t ns)>& time_text);

}  // namespace tocsin::gui
