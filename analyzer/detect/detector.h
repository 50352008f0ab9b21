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

// What the verdict on races of names rests on.
struct NameCoverage {
    uint64_t looked_up = 0;         // names of which is recorded what they led to
    uint64_t of_unknown_place = 0;  // of those: what they are relative to is not known
    uint64_t uses = 0;              // of those: the kernel acted on what they led to
    uint64_t uses_compared = 0;     // of those: the same subject had looked the name up before
    // Of those: meanwhile something was mounted on the way in another mount namespace, and whether
    // it showed in the user's is not known.
    uint64_t of_unknown_mounts = 0;
    uint64_t changes = 0;             // of what names are bound to
    uint64_t checks_forgotten = 0;    // the oldest, when there were too many at a time
    uint64_t changes_forgotten = 0;   // the same
    uint64_t exposures_left_out = 0;  // the newest, when there were too many
    bool operator==(const NameCoverage&) const = default;
};

// What the verdict on races of processes rests on.
struct ProcessCoverage {
    uint64_t named = 0;      // processes, by the calls of others
    uint64_t compared = 0;   // of those: the same process had named them before
    uint64_t unknown = 0;    // of those: which process it is is not known
    uint64_t forgotten = 0;  // the oldest, when there were too many at a time
    bool operator==(const ProcessCoverage&) const = default;
};

// What the verdict on supervisors that were deceived rests on.
struct SupervisorCoverage {
    uint64_t held_back = 0;        // calls, until the supervisor that was told of them answered
    uint64_t forgotten = 0;        // of those: the oldest, when there were too many at a time
    uint64_t reads_forgotten = 0;  // of what was read for one call: the oldest
    bool operator==(const SupervisorCoverage&) const = default;
};

// What the verdict on races of descriptors rests on.
struct DescriptorCoverage {
    uint64_t used = 0;       // descriptors of shared tables, by calls
    uint64_t forgotten = 0;  // their uses and changes, when there were too many at a time
    bool operator==(const DescriptorCoverage&) const = default;
};

// Where detectors put what they find.
class CandidateSink {
  public:
    virtual ~CandidateSink() = default;
    virtual void found(Candidate candidate) = 0;
    virtual void evaluated(Evaluation evaluation) = 0;
    virtual void covered(const NameCoverage& names) = 0;
    virtual void covered(const ProcessCoverage& processes) = 0;
    virtual void covered(const SupervisorCoverage& supervisors) = 0;
    virtual void covered(const DescriptorCoverage& descriptors) = 0;
};

// Looks for one family of races in the stream of finished calls.
class Detector {
  public:
    virtual ~Detector() = default;
    // Called once for each call, in the order of their ends. `world` is as of that moment.
    virtual void observe(const std::shared_ptr<const Operation>& operation, const WorldState& world,
                         CandidateSink& sink) = 0;
    // Called once behind the last call.
    virtual void finish(CandidateSink& sink);
};

}  // namespace tocsin
