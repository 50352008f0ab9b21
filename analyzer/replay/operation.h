// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/replay/owned_views.h"

namespace tocsin {

// Names one event of a trace; what a reader of a report looks up in `tocsin dump`.
struct EventRef {
    uint16_t cpu = 0;
    uint64_t sequence = 0;
    auto operator<=>(const EventRef&) const = default;
};

// One argument of a call, as far as it was seen.
struct Operand {
    OperandInfo info;
    uint64_t register_value = 0;       // at entry, else at exit
    std::optional<ClaimView> entry;    // E
    std::optional<KernelView> kernel;  // S
    std::optional<ClaimView> exit;     // X
    bool from_descriptor = false;      // S: the kernel composed the name, see KernelCopy
};

// What was known about the calling process when the call began.
struct Caller {
    std::shared_ptr<const FileObject> executable;  // nullptr: not recorded
    std::optional<TaskId> parent;
    std::shared_ptr<const FileObject> parent_executable;
    std::string parent_comm;
    bool partial = false;  // neither forked nor found in this trace
};

// One system call with every record that belongs to it.
struct Operation {
    const SyscallInfo* syscall = nullptr;
    CallId call;
    TaskState task;                       // as it was at the first record; for an exec, before it
    std::optional<TaskState> task_after;  // as it was at the last one
    Caller caller;
    std::vector<Operand> operands;  // in the order of syscall->operands

    BootTime began;                   // the entry's time, else the first record's
    std::optional<BootTime> decided;  // the first hook's time: what the kernel acts on is settled
    std::optional<BootTime> ended;
    std::optional<int64_t> result;

    // K of an exec: the file that was named and checked (no tracepoint tells it), and the one that
    // runs, which is the interpreter's for a script; nullptr where the exec failed.
    std::shared_ptr<const FileObject> checked, executable;
    // The name of the interpreter that runs in the named file's place; nullopt: none does.
    std::optional<KernelView> interpreter;

    bool entry_missing = false;  // the record of the entry was lost
    bool unfinished = false;     // no record of the return

    std::optional<EventRef> entry_event, exit_event;
    std::vector<EventRef> hook_events;  // in the order in which they fired

    // The last moment that any record of the call is of.
    BootTime last_time() const { return ended ? *ended : decided ? *decided : began; }
    // What the kernel acted on, or checked where that was all; nullptr: not recorded.
    const FileObject* object() const { return executable ? executable.get() : checked.get(); }
    // nullptr where the call has no such argument.
    const Operand* first_operand(OperandKind kind) const {
        for (const Operand& operand : operands)
            if (operand.info.kind == kind) return &operand;
        return nullptr;
    }
};

}  // namespace tocsin
