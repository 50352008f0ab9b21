// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analyzer/judge/analysis.h"
#include "analyzer/replay/trace_stats.h"
#include "analyzer/report/json_values.h"
#include "analyzer/report/report_writer.h"

namespace tocsin {

// The first `top` of each list: calls, processes, files and writers with the most of what they are
// listed for; of equal ones the first by name, pid or path.
std::string text_of_stats(const TraceFacts& trace, const TraceStats& stats, size_t top,
                          Colour colour);
Json json_of_stats(const TraceFacts& trace, const TraceStats& stats, size_t top);

}  // namespace tocsin
