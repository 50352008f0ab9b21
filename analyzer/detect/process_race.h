// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include "analyzer/detect/detector.h"

namespace tocsin {

// Finds pids that were checked and stood for another process, or for the same one with other
// rights, when they were used: the class P1.
//
// A process names another one by its pid: in a call of the groups PROCESS and MEMORY, or by a path
// below /proc. Each such call is a check for the next one by the same process. What a set-uid
// program's parent was when the program began is the first check of the parent: it is the one that
// a set-uid program acts for.
//
// Whom a pid stands for is taken from the births and deaths in the trace, which know pids of the
// initial pid namespace only; what processes of another one name is counted and left out. What a
// pidfd stands for does not change.
class ProcessRaceDetector : public Detector {
  public:
    // Pairs of processes, one of which named the other; of more the oldest are forgotten, and
    // counted.
    static constexpr size_t kMostNamed = size_t{1} << 16U;

    void observe(const std::shared_ptr<const Operation>& operation, const WorldState& world,
                 CandidateSink& sink) override;
    void finish(CandidateSink& sink) override;

  private:
    struct Named {
        std::shared_ptr<const Operation> operation;
        ProcessSeen process;
        uint64_t number = 0;  // of all that were named, in their order
    };
    struct PairHash {
        size_t operator()(const std::pair<uint64_t, uint64_t>& pair) const {
            return std::hash<uint64_t>{}(pair.first * 0x9e3779b97f4a7c15U + pair.second);
        }
    };
    void note_change_of_rights(const std::shared_ptr<const Operation>& operation);
    void note_start(const std::shared_ptr<const Operation>& operation, const WorldState& world);
    void name(const std::shared_ptr<const Operation>& operation, size_t operand, int32_t pid,
              const WorldState& world, CandidateSink& sink);
    void put(const std::shared_ptr<const Operation>& use, size_t operand, const Named& before,
             ProcessSeen found, CandidateSink& sink) const;
    void keep(const TaskId& who, Named named);

    // By the one that names, as tgid and start, and the pid.
    std::unordered_map<std::pair<uint64_t, uint64_t>, Named, PairHash> named_;
    // The last call by which each process got other rights, by tgid.
    std::unordered_map<int32_t, std::shared_ptr<const Operation>> changes_;
    uint64_t seen_ = 0;
    ProcessCoverage coverage_;
};

}  // namespace tocsin
