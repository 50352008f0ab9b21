// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>

#include "analyzer/replay/operation.h"

namespace tocsin {

// Which calls must have come before which others, by what the kernel itself orders: what a thread
// did before it began another one, and what a process did before its end, which its parent waited
// for. Nobody can forge these. What passes through pipes, signals and futexes is not followed.
//
// Keeps at most kMostEdges; the oldest are forgotten, and counted. Not thread-safe.
class HappensBefore {
  public:
    static constexpr size_t kMostEdges = size_t{1} << 20U;
    // So many edges are looked at for one answer; beyond them no order is concluded.
    static constexpr size_t kMostLookedAt = size_t{1} << 16U;

    void observe(const Event& event);
    void observe(const Operation& operation);  // a finished call, after the events up to its end

    // Whether the second call began only when the first one was over. false: not so, or not known.
    bool is_ordered(const Operation& first, const Operation& second) const;

    uint64_t forgotten() const { return forgotten_; }

  private:
    // What `from` did up to `at` came before what `to` did from `then` on.
    struct Edge {
        TaskId from;
        bool of_whole_process = false;  // `from` stands for each thread of its process
        TaskId to;
        BootTime at, then;
    };
    struct Death {
        TaskId id;
        BootTime time;
    };
    void add(Edge edge);

    std::deque<Edge> edges_;                     // in the order in which they became known
    std::unordered_map<int32_t, Death> deaths_;  // of whole processes that nobody waited for yet
    uint64_t forgotten_ = 0;
};

}  // namespace tocsin
