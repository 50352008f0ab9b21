// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "analyzer/detect/candidate.h"

namespace tocsin {

// The calls by which one process writes into another's memory: process_vm_writev, PTRACE_POKETEXT
// and PTRACE_POKEDATA by way of its first thread, and opens of /proc/PID/mem for writing. Who maps
// memory together with another leaves no trace here.
class MemoryWriters {
  public:
    // Calls in any order. Memory grows with those that write.
    void observe(const std::shared_ptr<const Operation>& operation);

    // Who wrote the candidate's argument while its call was under way: one that wrote those very
    // bytes, else one that had the means. nullopt: nobody is recorded. To be asked when all calls
    // have been observed.
    std::optional<MemoryWriter> writer_of(const Candidate& candidate) const;

  private:
    struct Means {
        std::shared_ptr<const Operation> operation;
        bool is_open = false;  // of /proc/PID/mem; else a call that writes
    };
    std::unordered_map<int32_t, std::vector<Means>> by_target_;  // process id
};

}  // namespace tocsin
