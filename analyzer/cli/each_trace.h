// SPDX-License-Identifier: Apache-2.0
//
// One pass over each of several traces.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "analyzer/cli/command.h"
#include "analyzer/replay/progress.h"
#include "analyzer/replay/time_span.h"
#include "formats/trace_reader.h"

namespace tocsin {

// --jobs N. `jobs` must live as long as `command`; 0: not said.
void add_jobs_option(CLI::App& command, size_t& jobs);
size_t processors();
// How many of the traces that the operands stand for are passed over at once, at least 1: as many
// as were asked for, by default one a processor up to 4.
size_t jobs_for(size_t asked, const std::vector<std::string>& operands);

// What is left to do with a trace when its pass is over, in the traces' order: write a report.
using Finish = std::function<Result<ExitStatus>()>;
// The pass itself; several at once. The trace lives until its Finish is over.
using PassOver =
    std::function<Finish(const TraceReader&, const std::string& name, Progress& progress)>;

struct EachTrace {
    std::vector<std::string> operands;  // see trace_paths()
    TimeSpan span;
    size_t jobs = 1;
};
// Opens each trace and passes over it. One that cannot be opened, or has nothing in the span, is
// complained about and left out. Gives the worst status of all; errors: operands that stand for no
// trace, a signal, and the first one of a Finish, which ends the run.
Result<ExitStatus> for_each_trace(const EachTrace& traces, const PassOver& pass_over);

}  // namespace tocsin
