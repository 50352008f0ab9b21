// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "analyzer/detect/candidate.h"
#include "analyzer/replay/world_state.h"

namespace tocsin {

// What became of one argument that a detector looked at: the coverage of a verdict.
enum class Evaluation : uint8_t {
    kWhole,              // both views compared to their ends
    kPrefix,             // compared as far as both were captured
    kRewrittenByKernel,  // an interpreter or a descriptor explains the difference
    kClaimUnreadable,    // the entry view ends in a fault before anything differs
    kExitOnly,           // no kernel copy: entry compared with exit
    kNothingToCompare,   // no kernel copy and no exit view
    kEntryLost,          // the record of the call's entry is missing
    kHookLost,           // the call succeeded and the record with the kernel's copy is missing
    kContradictory,      // the records of the call cannot belong together
};
inline constexpr size_t kEvaluations = 9;
std::string_view name_of(Evaluation evaluation);  // a phrase for reports
// Whether a race would have been seen.
bool is_evaluated(Evaluation evaluation);

using EvaluationCounts = std::array<uint64_t, kEvaluations>;

// Where detectors put what they find.
class CandidateSink {
  public:
    virtual ~CandidateSink() = default;
    virtual void found(Candidate candidate) = 0;
    virtual void evaluated(Evaluation evaluation) = 0;
};

// Looks for one family of races in the stream of finished calls.
class Detector {
  public:
    virtual ~Detector() = default;
    // Called once for each call, in the order of their ends. `world` is as of that moment.
    virtual void observe(const std::shared_ptr<const Operation>& operation, const WorldState& world,
                         CandidateSink& sink) = 0;
};

}  // namespace tocsin
