// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/judge/analysis.h"
#include "analyzer/report/fields.h"

namespace tocsin {

// Where the text of a labelled line begins.
inline constexpr size_t kFieldColumn = 15;

// What the trace is: machine, time, recorder, end.
void put_trace(Fields& fields, const AnalysisResult& result);
// What was judged, and what could not be: calls, hooks, processes, losses, damage.
void put_coverage(Fields& fields, const AnalysisResult& result);

// "nothing", or each cause with its count and what to do about it.
void put_losses(Fields& fields, const LossCounts& lost);
// Each hook with the source that served it, or why it was refused.
void put_hooks(Fields& fields, const TraceHeader& header);

}  // namespace tocsin
