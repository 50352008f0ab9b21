// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "analyzer/replay/channels.h"
#include "analyzer/replay/file_locks.h"
#include "analyzer/replay/heard.h"
#include "analyzer/replay/operation.h"
#include "analyzer/replay/signals.h"
#include "analyzer/replay/world_state.h"

namespace tocsin {

// Which calls must have come before which others, because who made the second one had been told, as
// far as the trace says, by whoever made the first one: within one thread; from a fork to the
// child; from the end of a process to who waited for it; from a write to a channel to its read;
// from a signal's sender to who takes it, from one futex(2) to another that it wakes, and from who
// lets go of a lock on a file to the next one that gets it.
//
// What a vector clock would say, but for a chosen set of tellers: the edges are kept, and searched
// for each question. Keeps at most kMostEdges; the oldest are forgotten, and counted. Not
// thread-safe.
class HappensBefore {
  public:
    static constexpr size_t kMostEdges = size_t{1} << 17U;
    // So many edges are looked at for one answer; beyond them no order is concluded.
    static constexpr size_t kMostLookedAt = size_t{1} << 14U;

    // Who was told something, as it was then.
    struct Party {
        SharedTask task;
        std::shared_ptr<const ProcessImage> image;  // nullptr: not recorded
    };
    using IsTrusted = std::function<bool(const Party&)>;

    void observe(const Event& event, const WorldState& world);  // as it is behind the event
    // A finished call, after the events up to its end.
    void observe(const Operation& operation);

    // Whether births and awaited deaths alone say that the second call began only when the first
    // one was over. Nobody can forge these. false: not so, or not known.
    bool is_ordered_by_lineage(const Operation& first, const Operation& second) const;
    // The same by all edges, as long as everybody is trusted who was told on the way. It holds if
    // no record since the returned time is missing; nullopt: not so, or not known.
    std::optional<BootTime> ordered_through(const IsTrusted& is_trusted, const Operation& first,
                                            const Operation& second) const;

    uint64_t forgotten() const { return forgotten_; }

  private:
    // What `from` did up to `at` came before what `to` did from `then` on.
    struct Edge {
        TaskId from;
        bool of_whole_process = false;  // `from` stands for each thread of its process
        Party to;
        BootTime at, then;
        std::optional<BootTime> rests_on;  // nullopt: on births and deaths alone
    };
    struct Death {
        TaskId id;
        BootTime time;
    };
    using Follows = std::function<bool(const Edge&)>;
    void add(Edge edge);
    void hear(const Event& event, const WorldState& world);
    std::vector<Heard> take_wakings(int32_t tid);
    void note_waking(const Event& event);
    std::optional<BootTime> order(const Operation& first, const Operation& second,
                                  const Follows& follows) const;

    // By the process that tells; each in the order in which they became known.
    std::unordered_map<int32_t, std::deque<Edge>> edges_;
    std::deque<int32_t> in_order_;               // the processes of all edges
    std::unordered_map<int32_t, Death> deaths_;  // of whole processes that nobody waited for yet
    Channels channels_;
    Signals signals_;
    FileLocks locks_;
    // By thread: who woke it since its last record.
    std::unordered_map<int32_t, std::deque<Heard>> wakings_;
    uint64_t forgotten_ = 0;
};

}  // namespace tocsin
