// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "analyzer/detect/candidate.h"

namespace tocsin {

// What attackers do to win a race on a name, and others seldom: they watch for its check by
// inotify(7) or fanotify(7), stop the process that uses it, or have it walk a maze of symbolic
// links. It is evidence that the change was no accident; that what was watched for came first says
// nothing for it.
//
// Keeps the last kMostActs; what is older is no evidence any more. Not thread-safe.
class Amplifiers {
  public:
    static constexpr size_t kMostActs = 4096;
    static constexpr size_t kManyLinks = 8;

    void observe(const std::shared_ptr<const Operation>& operation);

    // As a clause; empty: nothing of the kind is recorded. To be asked once the use is over.
    std::string of(const Candidate& candidate) const;

  private:
    struct Act {
        std::shared_ptr<const Operation> operation;
        int32_t stopped = 0;  // process id; 0: it watches
    };
    std::deque<Act> acts_;
};

}  // namespace tocsin
