// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analyzer/judge/analysis.h"
#include "analyzer/report/output.h"
#include "gui/session/view_state.h"

namespace tocsin::gui {

// The report of one result, as `tocsin analyze --format FORMAT --where FILTER` prints it. Errors:
// those of the output, a filter that is none of findings.
Result<> write_report(const AnalysisResult& result, const std::string& format,
                      const std::string& where, Output& output);

// One finding, as the text report has it.
std::string text_of_finding(const AnalysisResult& result, const Finding& finding);

// What a file with a report of this format is called: "html", "md".
std::string extension_of(const std::string& format);

}  // namespace tocsin::gui
