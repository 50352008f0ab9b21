// SPDX-License-Identifier: Apache-2.0
//
// What every subcommand that looks for races has in common.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "analyzer/cli/command.h"
#include "analyzer/cli/span_options.h"
#include "analyzer/judge/analysis.h"

namespace tocsin {

// TRACE..., --rule, --window, --policy, --from, --to and --threads as they stand on the command
// line.
struct AnalysisWords {
    std::vector<std::string> traces;
    std::vector<std::string> rules;
    std::vector<std::string> windows;
    std::string policy;
    SpanWords span;
    size_t threads = 0;  // 0: not said
};
// `words` must live as long as `command`.
void add_analysis_options(CLI::App& command, AnalysisWords& words);
// Errors: a window or a policy that is none. Unknown rules were refused when they were read.
Result<AnalysisOptions> analysis_options(const AnalysisWords& words);
// Sets the windows anew: those of the options' policy, then these. Errors: one that is none.
Result<> set_window_words(AnalysisOptions& options, const std::vector<std::string>& words);

// Opens each trace that the operands stand for and hands it on with its name for reports. One that
// cannot be opened, or has nothing in the span, is complained about and passed over. Gives the
// worst status of all; errors: operands that stand for no trace, and the first one of `take`, which
// ends the run.
using TakeTrace = std::function<Result<ExitStatus>(const TraceReader&, const std::string& name)>;
Result<ExitStatus> for_each_trace(const std::vector<std::string>& operands, const TimeSpan& span,
                                  const TakeTrace& take);

// kDamaged where the trace was; else kDone.
ExitStatus status_of(const AnalysisResult& result);

// Complains; kTrouble.
ExitStatus fail(const Error& error);

}  // namespace tocsin
