// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/analyzer/analysis_fixture.h"

#include "tests/support/trace_builder.h"

namespace tocsin::test {

const std::string_view kMachine =
    "tocsin-text 1\n"
    "header host=\"debian\" kernel=\"6.1.0\" machine=\"x86_64\" cpus=2\n"
    "hook \"sched_process_exec\" source=\"tracepoint\"\n"
    "clock 5.0 realtime=1700000000.0\n"
    "task t0 tgid=90 comm=\"bash\" uid=1000\n"
    "task t1 tgid=100 comm=\"victim\" uid=1000\n"
    "task t1x tgid=100 comm=\"ls\" uid=1000\n"
    "object root 8:1/2 mode=040755 name=\"/\"\n"
    "object bin 8:1/5 mode=040755 name=\"bin\" in=root\n"
    "object ls 8:1/41 gen=7 mount=29 name=\"ls\" in=bin\n"
    "object sh 8:1/42 gen=7 mount=29 name=\"sh\" in=bin\n"
    "object bash 8:1/43 gen=7 mount=29 name=\"bash\" in=bin\n"
    "5.000000000 cpu0 t0 found exe=bash\n"
    "5.050000000 cpu0 t0 fork t1\n";

std::string exec_trace(std::string_view lines) {
    return std::string(kMachine) + std::string(lines) + "seal \"stopped\"\n";
}

std::string one_exec(std::string_view claims, std::string_view copies) {
    return exec_trace("5.100000000 cpu0 t1 > execve " + std::string(claims) +
                      "\n5.100100000 cpu0 t1x @ sched_process_exec " + std::string(copies) +
                      " exe=ls detail=100\n5.100200000 cpu0 t1x < execve 0\n");
}

TraceReader reader_of(std::string_view text) {
    auto reader = TraceReader::open(ByteSource::from_memory(bytes_of(parsed(text))));
    CHECK(reader.ok());
    return std::move(*reader);
}

AnalysisResult analyzed(std::string_view text, const AnalysisOptions& options) {
    return analyze(reader_of(text), "test.tocsin", options);
}

std::vector<std::string> rules_of(const AnalysisResult& result) {
    std::vector<std::string> rules;
    for (const Finding& finding : result.findings) {
        const std::string rule = std::string(name_of(finding.candidate.rule)) + ' ' +
                                 std::string(name_of(finding.candidate.subject().info.kind));
        rules.push_back(finding.judgement.set_aside_by.empty() ? rule : '[' + rule + ']');
    }
    return rules;
}

std::vector<std::string> races_of(const AnalysisResult& result) {
    std::vector<std::string> rules = rules_of(result);
    std::erase_if(rules, [](const std::string& rule) { return rule.find("F4 ") != rule.npos; });
    return rules;
}

uint64_t count_of(const AnalysisResult& result, Evaluation evaluation) {
    return result.coverage.evaluations[static_cast<size_t>(evaluation)];
}

std::string report_of(const AnalysisResult& result, std::string_view format,
                      const ReportOptions& options) {
    const auto writer = make_report_writer(format, options);
    CHECK(writer != nullptr);
    StringOutput output;
    CHECK(writer->begin(output).ok() && writer->write(result, output).ok() &&
          writer->end(output).ok());
    return output.text();
}

}  // namespace tocsin::test
