// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/report/report_writer.h"
#include "analyzer/report/text_page.h"

namespace tocsin {

// Where the text of a labelled line begins.
inline constexpr size_t kFieldColumn = 15;

// What the trace is: machine, time, recorder, end.
void add_trace(TextPage& page, const AnalysisResult& result, Colour colour);
// What was judged, and what could not be: calls, hooks, processes, losses, damage.
void add_coverage(TextPage& page, const AnalysisResult& result, Colour colour);

// "none", or each cause with its count and what to do about it.
void add_losses(TextPage& page, const LossCounts& lost);
// Each hook with the source that served it, or why it was refused.
void add_hooks(TextPage& page, const TraceHeader& header);

}  // namespace tocsin
