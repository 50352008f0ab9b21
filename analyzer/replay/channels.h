// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "analyzer/replay/heard.h"
#include "analyzer/replay/operation.h"

namespace tocsin {

// Who told whom something through pipes, FIFOs and connected sockets in AF_UNIX.
//
// What a call read was written by one of the writes that it can have found there: those since the
// pipe is known to have been empty, or the last n of a socket in whose queue n pieces waited, and
// those that began while it read. Only where all of these are of one thread is anything concluded,
// and then as if it had been the first of them. Descriptors that were passed along come this way,
// too. Not thread-safe.
class Channels {
  public:
    // Of more, the one that was written first and the oldest write are forgotten; nothing is
    // concluded from what is left.
    static constexpr size_t kMostChannels = size_t{1} << 14U;
    static constexpr size_t kMostWrites = 64;  // of one channel

    void observe(const Event& event);
    // Of a finished call, after the events up to its end. nullopt: it has read nothing of a
    // channel, or who wrote it is not known.
    std::optional<Heard> heard_by(const Operation& operation);

  private:
    struct Write {
        TaskId task;
        CallId call;
        BootTime began;
        // What it wrote was there by then; nullopt: that is not over. Of a row of writes to a pipe
        // only the first one is recorded: it lasts until its thread does something else.
        std::optional<BootTime> last;
    };
    struct Channel {
        bool is_socket = false;
        std::deque<Write> writes;  // in the order of their beginnings
        BootTime complete_since;   // what was written then and later is all in `writes`
        // Nothing that was written before `drained` is in the pipe when a read begins after
        // `drained_by`.
        std::optional<BootTime> drained, drained_by;
    };
    Channel* channel_of(const ObjectId& id);
    Channel& make_channel(const ObjectId& id);
    void begin_write(const Event& event, const HookFired& body);
    void continue_write(const Event& event);
    static std::optional<Heard> heard_from_pipe(const Channel& channel, const Operation& read);
    static std::optional<Heard> heard_from_socket(const Channel& channel, const Operation& read);

    std::map<ObjectId, Channel> channels_;  // by the inode that is read
    std::deque<ObjectId> in_order_;         // of their first writes
    std::map<TaskId, ObjectId> writing_;    // the channels of writes that last
    BootTime forgotten_until_;
};

}  // namespace tocsin
