// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/report/explanation.h"
#include "analyzer/report/report_writer.h"

namespace tocsin {

// A finding as the report has it; then its calls, record by record; by which rules it would have
// been set aside; and what is not recorded. `alike`: how many the trace has of its fingerprint.
// Reads the trace once more.
std::string text_of_explanation(const TraceReader& trace, const AnalysisResult& result,
                                const Finding& finding, uint64_t alike, Colour colour);

}  // namespace tocsin
