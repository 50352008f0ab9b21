// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analyzer/judge/analysis.h"
#include "analyzer/replay/trace_stats.h"
#include "analyzer/report/json_values.h"
#include "analyzer/report/report_writer.h"

namespace tocsin {

// What was counted, and what that rests on.
struct CountedTrace {
    TraceFacts trace;
    TraceStats stats;
    std::string where;  // the filter; empty: all calls were counted
    TimeSpan span;
    LossCounts lost{};
    uint64_t records_missing = 0;  // by their numbers
    std::vector<DamagedChunk> damage = {};

    bool is_damaged() const { return trace.end != TraceEnd::kSealed || !damage.empty(); }
};

// The first `top` of each list: calls, processes, files and writers with the most of what they are
// listed for; of equal ones the first by name, pid or path.
std::string text_of_stats(const CountedTrace& counted, size_t top, Colour colour);
Json json_of_stats(const CountedTrace& counted, size_t top);

}  // namespace tocsin
