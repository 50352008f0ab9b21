// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "analyzer/replay/fd_table.h"
#include "analyzer/replay/mount_namespaces.h"
#include "analyzer/replay/operation.h"
#include "analyzer/replay/owned_views.h"

namespace tocsin {

// Where names start from. nullptr: not known.
struct Place {
    std::shared_ptr<const FileObject> cwd, root;
};

// A process as last seen.
struct Process {
    enum class Origin {
        kFound,    // in the start-up snapshot
        kForked,   // its fork is in the trace
        kPartial,  // neither: its beginning was lost or is older than the recording
    };
    Origin origin = Origin::kPartial;
    TaskId id;  // of its leader; `started` is 0 while only other threads were seen
    std::optional<TaskId> parent;
    std::shared_ptr<const ProcessImage> image;  // never nullptr
    SharedTask last_seen;                       // of whichever thread made the last record
    // Shared with other processes as CLONE_FS and CLONE_FILES have it; never nullptr.
    std::shared_ptr<Place> place = std::make_shared<Place>();
    std::shared_ptr<FdTable> fds = std::make_shared<FdTable>();
    // One for all processes that share their memory (CLONE_VM); never nullptr.
    std::shared_ptr<const int> memory = std::make_shared<const int>();
    uint32_t threads = 1;  // as far as they were seen to begin and to end
    // Since a thread has a place or a table of its own, those of the process are not known.
    bool has_places = false, has_tables = false;
};

// What the replay does not know of the starts of names, and what it left out.
struct WorldGaps {
    uint64_t names_started = 0;  // names of calls, and descriptors that act as one
    // Of those: relative to something that is not known.
    uint64_t of_unknown_root = 0;
    uint64_t of_unknown_cwd = 0;
    uint64_t of_unknown_descriptor = 0;
    uint64_t slots_left_out = 0;  // descriptors beyond the most that are kept
    // Each may have moved other processes of its mount namespace, too: that is not followed.
    uint64_t pivots = 0;
    bool operator==(const WorldGaps&) const = default;
};

// The processes of the recorded machine at the moment of the last event observed.
//
// Seeded by the start-up snapshot, kept by forks, execs and exits; where they are and what their
// descriptors stand for by their finished calls, too. One that appears from nowhere is made up from
// its own records and counted as partial, never guessed at. What a call without a recorded return
// did is not known, nor what one did whose arguments are not. Not thread-safe.
class WorldState {
  public:
    WorldState() = default;
    WorldState(WorldState&&) = default;
    WorldState& operator=(WorldState&&) = default;

    void observe(const Event& event);
    // A call that is over, after everything that has to see the world before it.
    void observe(const Operation& operation);

    // The process that the thread belongs to, if it lives; the pointer is good until the next
    // observe().
    const Process* find(const TaskId& id) const;
    // The process that has this id in the initial pid namespace now.
    const Process* find_process(int32_t tgid) const;
    // What is known of the process about to make a call.
    Caller caller(const TaskId& id) const;

    uint64_t processes_seen() const { return seen_; }
    uint64_t partial_processes() const { return partial_; }
    WorldGaps gaps() const;
    // Grows with the world.
    std::shared_ptr<const MountNamespaces> mount_namespaces() const { return mount_namespaces_; }

  private:
    Process& ensure(const Task& task);
    Process& begin(const Task& task, Process::Origin origin);
    void observe_fork(const Task& parent, const TaskForked& fork);
    void observe_found(const Task& task, const TaskFound& found);
    void observe_exec(Process& process, const Task& task, const HookFired& exec);
    void observe_thread(Process& process, const TaskForked& fork);
    Process* find_own(const TaskId& id);
    void count_starts(const Operation& operation, const Process& process);

    std::unordered_map<int32_t, Process> by_tgid_;
    // What was looked for last, as it is again for the same call. nullptr: nothing.
    mutable const std::pair<const int32_t, Process>* last_found_ = nullptr;
    std::shared_ptr<SlotBudget> slots_ = std::make_shared<SlotBudget>();
    std::shared_ptr<MountNamespaces> mount_namespaces_ = std::make_shared<MountNamespaces>();
    uint64_t seen_ = 0, partial_ = 0;
    WorldGaps gaps_;
};

}  // namespace tocsin
