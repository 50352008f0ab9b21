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

// TRACE..., --rule, --window, --policy, --from, --to, --jobs and --threads as they stand on the
// command line.
struct AnalysisWords {
    std::vector<std::string> traces;
    std::vector<std::string> rules;
    std::vector<std::string> windows;
    std::string policy;
    SpanWords span;
    size_t jobs = 0;     // 0: not said
    size_t threads = 0;  // the same
};
// `words` must live as long as `command`.
void add_analysis_options(CLI::App& command, AnalysisWords& words);
// Errors: a window or a policy that is none. Unknown rules were refused when they were read.
Result<AnalysisOptions> analysis_options(const AnalysisWords& words);
// Sets the windows anew: those of the options' policy, then these. Errors: one that is none.
Result<> set_window_words(AnalysisOptions& options, const std::vector<std::string>& words);

// Analyzes each trace and takes the results in the traces' order; see for_each_trace().
using TakeResult = std::function<Result<ExitStatus>(const AnalysisResult&, const TraceReader&)>;
Result<ExitStatus> for_each_result(const AnalysisWords& words, const AnalysisOptions& options,
                                   const TakeResult& take);

// kDamaged where the trace was; else kDone.
ExitStatus status_of(const AnalysisResult& result);

}  // namespace tocsin
