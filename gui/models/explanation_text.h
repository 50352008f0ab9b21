// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analyzer/judge/analysis.h"
#include "formats/trace_reader.h"

namespace tocsin::gui {

// What the explanation of one finding rests on, apart from the session that it came from.
struct ExplainedFinding {
    AnalysisResult result;  // of the window; its findings are those of this fingerprint
    std::string fingerprint;
};

// `chosen`: the options with the window in place. The finding must be alive in it.
ExplainedFinding explained(const AnalysisResult& result, const AnalysisOptions& chosen,
                           const Finding& finding);

// The bytes that `tocsin explain` prints of it. Reads the trace once more: not for the thread that
// shows things.
std::string explanation_text(const TraceReader& trace, const ExplainedFinding& explained);

}  // namespace tocsin::gui
