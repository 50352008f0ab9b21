// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/range_statistics.h"

#include "analyzer/report/phrases.h"
#include "gui/timeline/event_text.h"
#include "gui/timeline/time_scale.h"

namespace tocsin::gui {

RangeStatistics statistics_of(const EventStore& events, uint64_t from_ns, uint64_t to_ns) {
    RangeStatistics statistics;
    std::vector<bool> seen(events.threads().size());
    const auto end =
        to_ns == UINT64_MAX ? static_cast<EventIndex>(events.size()) : events.first_at(to_ns + 1);
    for (EventIndex event = events.first_at(from_ns); event < end; ++event) {
        const EventKind kind = events.kind(event);
        if (kind == EventKind::kFound) continue;
        ++statistics.events;
        if (kind == EventKind::kEntry) ++statistics.calls;
        if (events.failed(event)) ++statistics.failed;
        const uint32_t thread = events.thread(event);
        if (!seen[thread]) ++statistics.threads;
        seen[thread] = true;
    }
    return statistics;
}

QString statistics_text(const RangeStatistics& statistics, uint64_t length_ns, uint64_t findings) {
    const auto counted = [](uint64_t count, const char* one, const char* many) {
        return grouped(count) + QLatin1Char(' ') + QString::fromUtf8(count == 1 ? one : many);
    };
    return QStringLiteral("%1: %2, %3, %4 failed, %5, %6")
        .arg(duration_text(length_ns), counted(statistics.events, "event", "events"),
             counted(statistics.calls, "call", "calls"), grouped(statistics.failed),
             counted(statistics.threads, "thread", "threads"),
             counted(findings, "finding", "findings"));
}

}  // namespace tocsin::gui
