// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/detect/detector.h"
#include "analyzer/judge/analysis_options.h"
#include "analyzer/judge/finding.h"
#include "analyzer/replay/event_order.h"
#include "analyzer/replay/operation_assembler.h"
#include "analyzer/window/sweep.h"
#include "formats/trace_reader.h"

namespace tocsin {

// What the trace says of itself.
struct TraceFacts {
    std::string name;  // as the user gave it
    TraceHeader header;
    TraceEnd end = TraceEnd::kCut;
    std::string end_reason;
    std::string seal_reason;
    Digest chain_hash{};
    uint64_t file_bytes = 0;
    uint64_t chunks = 0;
    std::optional<BootTime> first, last;  // of the events behind the snapshot
    std::optional<ClockSample> clock;     // the first one
};

// `first`, `last` and `clock` are left to whoever reads the events.
TraceFacts facts_of(const TraceReader& trace, std::string name);

struct CallCounts {
    uint64_t calls = 0;
    uint64_t failed = 0;
    uint64_t entry_missing = 0;
    uint64_t unfinished = 0;
};

// What the verdict rests on, and what it does not cover.
struct Coverage {
    uint64_t chunks_left_out = 0;  // behind the span that was asked for
    uint64_t events = 0;           // snapshot included
    uint64_t snapshot_tasks = 0;
    std::map<std::string_view, CallCounts> calls;  // by system call
    EvaluationCounts evaluations{};                // of arguments
    NameCoverage names;
    ProcessCoverage pids;
    SupervisorCoverage supervisors;
    DescriptorCoverage descriptors;
    AssemblyGaps gaps;
    WorldGaps world;
    uint64_t orders_forgotten = 0;  // of what tasks told each other, beyond the most that is kept
    uint64_t processes = 0;
    uint64_t partial_processes = 0;
    LossCounts lost{};
    std::vector<LossInterval> losses;
    std::vector<DamagedChunk> damage;
};

struct AnalysisResult {
    AnalysisOptions options;
    TraceFacts trace;
    Coverage coverage;
    // What is alive in the chosen window, by time, CPU, sequence and operand; set-aside ones too.
    // How each is judged does not depend on the window. With KeptWindows::kAll also what is alive
    // in any other one; the counts below are of the chosen one still.
    std::vector<Finding> findings;
    uint64_t not_kept = 0;  // what would be in it, too, were there room; the two below count it
    std::map<std::string_view, uint64_t> set_aside;   // by rule
    std::array<uint64_t, kSeverities> by_severity{};  // of the findings not set aside
    // Candidates that the chosen window is too narrow for, and those in whose place it admits a
    // better explanation.
    uint64_t outside_window = 0;
    uint64_t superseded = 0;
    // Of every candidate that no rule set aside, in whatever window; the class is its Rule.
    std::vector<Lifespan> lifespans;
    std::vector<Severity> lifespan_severities;  // of each of them

    // The trace is not what the recorder wrote to its end.
    bool is_damaged() const { return trace.end != TraceEnd::kSealed || !coverage.damage.empty(); }
    // Records are missing, for whatever reason: "nothing found" is then no "nothing happened".
    bool is_lossy() const;
    uint64_t shown_findings() const;
};

// Replays the whole trace and judges what the detectors find, in an unlimited window; the chosen
// one then says which of it are findings. The same trace and options give the same result. Memory
// grows with open calls, living processes and findings, up to the most that are kept, not with
// events; what these name is kept as often as the chunks' tables hold it, not as often as it is
// used. Where the progress, which may be nullptr, is cancelled the result is nothing to show.
AnalysisResult analyze(const TraceReader& trace, std::string name, const AnalysisOptions& options,
                       Progress* progress = nullptr);
// Hands out each finding as soon as it is found, too, on the thread that analyzes, in whatever
// window, judged by what is known so far: of those kept once for all the first alone.
using TakeFinding = std::function<void(const Finding& finding)>;
AnalysisResult analyze(const TraceReader& trace, std::string name, const AnalysisOptions& options,
                       Progress* progress, const TakeFinding& found);
// With these detectors instead of all there are.
AnalysisResult analyze(const TraceReader& trace, std::string name, const AnalysisOptions& options,
                       std::span<const std::unique_ptr<Detector>> detectors,
                       Progress* progress = nullptr, const TakeFinding& found = {});

}  // namespace tocsin
