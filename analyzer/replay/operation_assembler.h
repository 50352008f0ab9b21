// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include "analyzer/replay/operation.h"
#include "analyzer/replay/world_state.h"

namespace tocsin {

// Records that could not be made part of a whole call.
struct AssemblyGaps {
    uint64_t entries_missing = 0;       // a call known by its later records only
    uint64_t returns_missing = 0;       // a call that began and was not seen to end; waits may last
    uint64_t returns_without_call = 0;  // the recording began inside the call
    uint64_t hooks_without_call = 0;    // a hook fired outside any recorded call: an orphan
    uint64_t hooks_joined_by_time = 0;  // one that was taken for the call that its thread was in
    uint64_t hooks_only = 0;            // neither entry nor return: which call it was is not known
    uint64_t calls_of_others = 0;       // records that name an open call of another process
    uint64_t unknown_calls = 0;         // system calls that this version's table does not have
    uint64_t closed_early = 0;          // calls without a return yet when too many were open
    uint64_t links_left_out = 0;        // followed links beyond the most that a call keeps
    uint64_t objects_left_out = 0;      // files of an open beyond the most that it keeps
    bool operator==(const AssemblyGaps&) const = default;
};

// Joins the records of one system call into an Operation, by the CallId that the recorder gave
// each of them.
//
// A hook's record without one belongs to no recorded call: to io_uring, or to a call whose entry
// found the recorder's table full. It is taken for the call that its thread is in where that call
// is of the hook's group, has no hook of its own and began at most `orphan_window` before; else it
// is handed on alone.
//
// A call is handed on when its return is seen; when its thread begins another call or exits; or
// by finish(). Observe each event here after the WorldState has. Not thread-safe.
//
// Memory is bounded however many calls never return: kMostOpenCalls of a fixed size, with at most
// kMostLinks each, and the strings and files that they name, which are no more than what the
// chunks hold. Only the references to the hooks' events grow with a call's events.
class OperationAssembler {
  public:
    using Sink = std::function<void(std::shared_ptr<const Operation>)>;

    static constexpr std::chrono::nanoseconds kDefaultOrphanWindow = std::chrono::milliseconds(10);
    // As many as the recorder follows at one time (bpf/call.bpf.h). More are open only where
    // records of returns and exits are missing: then the oldest are handed on without a return.
    static constexpr size_t kMostOpenCalls = 65536;
    // Different ones of a call: Linux follows 40 on the way to a file (fs/namei.c, MAXSYMLINKS),
    // and in the meantime they may be replaced.
    static constexpr size_t kMostLinks = 100;
    // Files of an open beside the first one: stacked file systems are two deep at the most.
    static constexpr size_t kMostAlsoOpened = 8;

    // `world` must outlive this.
    OperationAssembler(const WorldState& world, Sink sink,
                       std::chrono::nanoseconds orphan_window = kDefaultOrphanWindow);

    void observe(const Event& event);
    // Hands on the calls that are still open, oldest first.
    void finish();

    // The call as far as it was observed, while it is open; nullptr: it is not. Good until the next
    // observe().
    const Operation* find_open(const CallId& call) const;

    const AssemblyGaps& gaps() const { return gaps_; }

  private:
    struct Hash {
        size_t operator()(const CallId& call) const {
            return std::hash<uint64_t>{}(call.number << 16U | call.cpu);
        }
        size_t operator()(const TaskId& id) const {
            return std::hash<uint64_t>{}(id.started.ns ^ static_cast<uint32_t>(id.tid));
        }
    };
    using OpenCalls = std::unordered_map<CallId, std::shared_ptr<Operation>, Hash>;
    using CallsOfTasks = std::unordered_map<TaskId, CallId, Hash>;

    bool names_call_of_another_process(OpenCalls::iterator open, const Event& event);
    void observe_entry(const Event& event, const SyscallEntered& body);
    void observe_hook(const Event& event, const HookFired& body);
    void observe_orphan(const Event& event, const HookFired& body);
    void observe_return(const Event& event, const SyscallReturned& body);
    OpenCalls::iterator open(const CallId& call, const Event& event);
    // Of a call whose entry may be missing; the end where the record is not believed.
    OpenCalls::iterator find_or_open(const CallId& call, const Event& event);
    void close(OpenCalls::iterator at);
    void close_oldest(size_t count);
    void add_hook(Operation& operation, const Event& event, const HookFired& body);
    void add_object(Operation& operation, std::shared_ptr<const FileObject> object,
                    ObjectRole role);
    void add_copies(Operation& operation, std::span<const KernelCopy> copies);
    void add_link(Operation& operation, FollowedLink link);

    const WorldState& world_;
    Sink sink_;
    std::chrono::nanoseconds orphan_window_;
    OpenCalls open_;
    CallsOfTasks by_task_;
    std::shared_ptr<Operation> new_operation();

    // Of the call that was closed last, for the next one: most are short, and open alone.
    OpenCalls::node_type spare_call_;
    CallsOfTasks::node_type spare_task_;
    std::shared_ptr<Operation> spare_operation_;  // one that nobody has kept; nullptr: none
    AssemblyGaps gaps_;
};

}  // namespace tocsin
