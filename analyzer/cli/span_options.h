// SPDX-License-Identifier: Apache-2.0
//
// --from and --to, the options that take a part of a trace.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "analyzer/replay/time_span.h"
#include "formats/result.h"
#include "formats/trace_reader.h"

namespace tocsin {

// As they stand on the command line; empty: from the start, to the end.
struct SpanWords {
    std::string from, to;
};
// `words` must live as long as `command`.
void add_span_options(CLI::App& command, SpanWords& words);
// Errors: a time that is none, an end before the beginning.
Result<TimeSpan> span_of(const SpanWords& words);
// Errors: the trace ends before the span begins.
Result<> expect_in(const TraceReader& trace, const TimeSpan& span);

}  // namespace tocsin
