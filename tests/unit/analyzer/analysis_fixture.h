// SPDX-License-Identifier: Apache-2.0
//
// Short text traces, analyzed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/judge/analysis.h"
#include "analyzer/report/report_writer.h"
#include "formats/trace_reader.h"

namespace tocsin::test {

// What most traces of these tests begin with: bash (t0, pid 90) found running, uid 1000; tasks t1
// (pid 100, its child) before and t1x after an exec; objects for /bin/ls, /bin/sh and /bin/bash.
// Times of the lines that follow begin at 5.1.
extern const std::string_view kMachine;

// The lines between kMachine and a seal, as a trace.
std::string exec_trace(std::string_view lines);

// One execve of t1 that runs /bin/ls: claims and kernel's copies as the text form has them.
std::string one_exec(std::string_view claims, std::string_view copies);

// These end the process where the text is refused.
TraceReader reader_of(std::string_view text);
AnalysisResult analyzed(std::string_view text, const AnalysisOptions& options = {});

// "A1 path", "A2 environ", … in the order of the findings, set-aside ones in brackets.
std::vector<std::string> rules_of(const AnalysisResult& result);
// Without F4, which is said of every name that somebody else could have changed.
std::vector<std::string> races_of(const AnalysisResult& result);

uint64_t count_of(const AnalysisResult& result, Evaluation evaluation);

// The whole report of one result.
std::string report_of(const AnalysisResult& result, std::string_view format,
                      const ReportOptions& options = {});

}  // namespace tocsin::test
