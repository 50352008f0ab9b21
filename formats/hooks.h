// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tocsin {

// What a system call's argument is, and so how it is captured and compared; see hooks.def. The
// values are stored in traces.
enum class OperandKind : uint8_t {
    kNone,
    kPath,
    kArgv,
    kEnviron,
    kDirfd,
    kFlags,
    kValue,
    kInterpreter,  // no argument: the kernel's name of the program that runs a script
    kOpenHow,
    kSockaddr,
    kIovec,
    kLinkTarget,   // no argument: what a symbolic link that was followed says
    kPeer,         // no argument: the address that a socket is connected to
    kString,       // a name that the kernel keeps, and looks up only where hooks.def says so
    kPid,          // of a process, thread or group, in the caller's namespace
    kOutput,       // what the call fills in: its beginning, at a return without failure alone
    kReadFd,       // descriptor of what the call reads
    kWriteFd,      // descriptor of what it writes
    kOutputIovec,  // what the call puts in the first of several buffers, likewise
};
inline constexpr size_t kOperandKinds = 19;

enum class SyscallGroup : uint8_t {
    kExec = 1,
    kCredentials = 2,
    kOpen = 3,
    kSocket = 4,
    kMemory = 5,  // writes into another process's memory
    kCheck = 6,   // look at what has a name
    kChange = 7,  // change directories and files
    kPlace = 8,   // move a process or a mount
    kDescriptor = 9,
    kProcess = 10,  // reach a process by its id
    kWait = 11,     // learn that a child has ended
    kContent = 12,  // write files, pipes or sockets
    kChannel = 13,  // read pipes or sockets, or write sockets alone
};

// Why a system call has no row of its own; see hooks.def.
enum class NotRecordedReason : uint8_t { kDescriptor, kNoName, kName, kObsolete };

// The rungs of the ladder by which kernel truth is obtained, best first.
enum class HookSource : uint8_t { kLsm = 1, kFentry = 2, kKprobe = 3, kTracepoint = 4 };

struct OperandInfo {
    OperandKind kind = OperandKind::kNone;
    uint8_t argument = 0;  // index in the C prototype, 0 to 5
};

struct SyscallInfo {
    uint16_t number;  // x86-64
    std::string_view name;
    SyscallGroup group;
    std::array<OperandInfo, 6> operands;  // unused ones are kNone, at the end
};

struct NotRecordedSyscall {
    uint16_t number;
    std::string_view name;
    NotRecordedReason reason;
};

struct HookInfo {
    uint16_t id;
    std::string_view name;
    HookSource source;
    std::string_view sees;
    std::string_view cannot_see;
};

// A hook that older traces may name and that no recorder attaches any more.
struct RetiredHook {
    uint16_t id;
    std::string_view name;
};

// The rows of hooks.def, in its order.
std::span<const SyscallInfo> recorded_syscalls();
std::span<const NotRecordedSyscall> not_recorded_syscalls();
std::span<const HookInfo> hooks();
std::span<const RetiredHook> retired_hooks();

// The recorded call or the hook of that number or name; nullptr where the table has no such row
// (retired hooks and calls that are not recorded included). They live as long as the program. By
// number in constant time, by name in O(log rows).
const SyscallInfo* find_syscall(uint16_t number);
const SyscallInfo* find_syscall(std::string_view name);
const HookInfo* find_hook(uint16_t id);
const HookInfo* find_hook(std::string_view name);

// The word in text forms and reports: "path", "argv", …; "unknown" for a value that is none of the
// enumeration's.
std::string_view name_of(OperandKind kind);
// The inverse, "none" included; nullopt for any other word.
std::optional<OperandKind> operand_kind_named(std::string_view name);
// Whether the kind is of what hooks tell beside the call's arguments.
bool is_no_argument(OperandKind kind);
std::string_view name_of(SyscallGroup group);
std::string_view name_of(HookSource source);
std::string_view name_of(NotRecordedReason reason);

}  // namespace tocsin
