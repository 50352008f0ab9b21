// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "analyzer/detect/candidate.h"
#include "analyzer/detect/reached_memory.h"

namespace tocsin {

// Memory of which somebody decides when it is there and what it holds: what a userfaultfd(2)
// answers for, and what another process has had paged out, by process_madvise(2). A name that lies
// there can be hidden from whoever reads it at the entry; that it could not be read is then no
// accident.
//
// Keeps it by process until that runs another program. Memory grows with such calls. Not
// thread-safe.
class AbsentMemory {
  public:
    // Calls in the order of their ends.
    void observe(const std::shared_ptr<const Operation>& operation);

    // Of a name that was not readable, as a clause; empty: nothing of the kind is recorded.
    std::string of(const Candidate& candidate) const;

  private:
    struct Known {
        std::shared_ptr<const Operation> userfaultfd;  // nullptr: it has made none
        std::vector<MemoryRange> answered_for, paged_out;
    };
    bool may_be_answered_for(const Operation& operation) const;

    std::unordered_map<int32_t, Known> by_process_;
};

}  // namespace tocsin
