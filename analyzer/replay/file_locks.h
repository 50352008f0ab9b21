// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "analyzer/replay/heard.h"

namespace tocsin {

// Who had to let go of a lock on a whole file before another process got it, by flock(2) or
// fcntl(2): whoever gets it knows what the holder did before it let go; where that was not seen, or
// only later, as the kernel tells of it once others may have the lock, before the holder got it.
// Not thread-safe.
class FileLocks {
  public:
    // Files with locks; of more, the one that was locked first is forgotten.
    static constexpr size_t kMostFiles = size_t{1} << 12U;
    static constexpr size_t kMostHolds = 64;  // on one file; of more, the oldest are forgotten

    // Empty: the event is not that a process got a lock, or nobody had it before.
    std::vector<Heard> observe(const Event& event);

  private:
    struct File {
        ObjectId id;
        OrderHook kind = OrderHook::kNone;  // flock(2) and fcntl(2) know nothing of each other
        auto operator<=>(const File&) const = default;
    };
    struct Hold {
        TaskId task;
        bool is_exclusive;
        // Another process let go of a lock that it was not seen to get: it may share this one.
        bool may_be_shared = false;
        BootTime since;
        std::optional<Heard> let_go;
        bool is_held() const { return !let_go && !may_be_shared; }
    };
    struct Locks {
        std::deque<Hold> holds;
        std::set<int32_t> known;  // processes that were seen to get one
    };

    Locks& locks_on(const File& file);
    static std::vector<Heard> get(const Event& event, Locks& locks, bool is_exclusive);
    static void let_go_own(Locks& locks, const Heard& heard);
    static void let_go(const Event& event, Locks& locks);
    void exit(const TaskId& task, BootTime time);

    std::map<File, Locks> files_;
    std::deque<File> in_order_;
    std::set<std::pair<int32_t, File>> of_process_;  // where each was seen to get one
};

}  // namespace tocsin
