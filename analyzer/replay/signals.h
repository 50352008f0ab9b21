// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "analyzer/replay/heard.h"

namespace tocsin {

// Who sent the signal that a thread takes.
//
// A signal below SIGRTMIN is queued once until it is taken, for a thread and for its process
// apart; of those above, each. Some are taken unseen, by sigwait(3) or a descriptor: what is taken
// is one of those that are known to be queued, and counts as the first of them. Where they are not
// all of one thread nothing is concluded. Not thread-safe.
class Signals {
  public:
    // Of more, all are forgotten; and from then on only what is certain without them is concluded.
    static constexpr size_t kMostQueued = size_t{1} << 14U;

    // nullopt: the event is not that a signal is taken, or who sent it is not known.
    std::optional<Heard> observe(const Event& event);

  private:
    struct Queue {
        int64_t receiver;  // as signal_generate's detail: a thread, or a whole process times -1
        int64_t signal;
        auto operator<=>(const Queue&) const = default;
    };
    struct Sent {
        TaskId from;
        BootTime at;
    };
    using Queues = std::map<Queue, std::deque<Sent>>;

    void note_call(const Event& event, const SyscallEntered& body);
    void queue(const Event& event, int64_t receiver);
    std::optional<Heard> take(const Event& event, int64_t signal);
    void forget(const TaskExited& exit, const TaskId& task);
    void forget_all();

    std::map<CallId, int64_t> sending_;  // the signals of calls that have not returned
    Queues queues_;
    size_t queued_ = 0;
    bool has_forgotten_ = false;
};

}  // namespace tocsin
