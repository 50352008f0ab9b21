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
    std::optional<BootTime> decided;  // the hook's time: what the kernel acts on is settled
    std::optional<BootTime> ended;
    std::optional<int64_t> result;

    std::optional<uint16_t> hook;  // the one that gave S and K
    int64_t hook_detail = 0;
    std::shared_ptr<const FileObject> executable;  // K of an exec
    // The name of the interpreter that runs in the named file's place; nullopt: none does.
    std::optional<KernelView> interpreter;

    bool entry_missing = false;  // the record of the entry was lost
    bool unfinished = false;     // no record of the return

    std::optional<EventRef> entry_event, hook_event, exit_event;

    // The last moment that any record of the call is of.
    BootTime last_time() const { return ended ? *ended : decided ? *decided : began; }
    // nullptr where the call has no such argument.
    const Operand* first_operand(OperandKind kind) const {
        for (const Operand& operand : operands)
            if (operand.info.kind == kind) return &operand;
        return nullptr;
    }
};

}  // namespace tocsin
