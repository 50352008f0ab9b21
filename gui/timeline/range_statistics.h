// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <cstdint>

#include "gui/timeline/event_store.h"

namespace tocsin::gui {

// What happened in a part of the trace.
struct RangeStatistics {
    uint64_t events = 0;
    uint64_t calls = 0;   // that were entered in it
    uint64_t failed = 0;  // that returned in it with an error
    uint64_t threads = 0;
};

// Both ends belong to it. O(events in it).
RangeStatistics statistics_of(const EventStore& events, uint64_t from_ns, uint64_t to_ns);
// "1.25 ms: 1,204 events, 530 calls, 12 failed, 5 threads, 2 findings".
QString statistics_text(const RangeStatistics& statistics, uint64_t length_ns, uint64_t findings);

}  // namespace tocsin::gui
