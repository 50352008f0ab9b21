// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/detect/candidate.h"
#include "analyzer/replay/world_state.h"

namespace tocsin {

// What attackers do to win a race on a name, and others seldom: they watch for its check by
// inotify(7) or fanotify(7), hold a lease that stalls whoever opens the file, stop the process that
// uses it, or have it walk a maze of symbolic links. It is evidence that the change was no
// accident; that what was watched for came first says nothing for it.
//
// Keeps the last kMostActs; what is older is no evidence any more. Not thread-safe.
class Amplifiers {
  public:
    static constexpr size_t kMostActs = 4096;
    static constexpr size_t kManyLinks = 8;

    // `world`: as it was before the operation.
    void observe(const std::shared_ptr<const Operation>& operation, const WorldState& world);

    // As a clause; empty: nothing of the kind is recorded. To be asked once the use is over.
    std::string of(const Candidate& candidate) const;

  private:
    struct Act {
        std::shared_ptr<const Operation> operation;
        int32_t stopped = 0;              // process id; 0: it is about a file
        std::optional<ObjectId> watched;  // the file that it watches, or has a lease on
        std::string_view what;            // it did with that
    };
    std::deque<Act> acts_;
};

}  // namespace tocsin
