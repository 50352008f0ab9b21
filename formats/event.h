// SPDX-License-Identifier: Apache-2.0
//
// The event model: what the recorder saw, one Event per record, with the views E, S, K and X of a
// system call's arguments kept apart by type.
//
// Events are views. The strings, tasks and objects they point to belong to whoever made the event
// (the ring record being decoded, an EventBatch read from a trace, a parsed text form) and live as
// long as that does.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "formats/hooks.h"

namespace tocsin {

// CLOCK_BOOTTIME of the recorded machine, in nanoseconds: goes on through suspend.
struct BootTime {
    uint64_t ns = 0;
    auto operator<=>(const BootTime&) const = default;
};

// Names one recorded system call: the CPU that it was entered on, and the how manyth it was there.
struct CallId {
    uint16_t cpu = 0;
    uint64_t number = 0;  // from 1; lost entries count too
    auto operator<=>(const CallId&) const = default;
};

// Names one thread for ever: pids are reused, start times are not.
struct TaskId {
    int32_t tgid = 0;
    int32_t tid = 0;
    BootTime started;
    auto operator<=>(const TaskId&) const = default;
};

struct Credentials {
    uint32_t uid = 0, euid = 0, suid = 0, fsuid = 0;
    uint32_t gid = 0, egid = 0, sgid = 0, fsgid = 0;
    uint64_t permitted = 0;  // capability sets
    uint64_t effective = 0;
    auto operator<=>(const Credentials&) const = default;
};

struct Namespaces {
    uint32_t user = 0, mount = 0, pid = 0;  // inode numbers, as in /proc/PID/ns
    auto operator<=>(const Namespaces&) const = default;
};

enum class Abi : uint8_t { kX86_64, kI386, kX32 };

// Where an owning copy of an entry of a chunk's tables may be kept, by whoever makes it: a chunk
// names a task, a string or a file once and its events as often as they like. It belongs to the
// chunk, is none of what an event says, and is for one thread at a time. nullptr: there is no such
// place.
struct CopyPlace {
    std::shared_ptr<const void>* copy = nullptr;
    friend bool operator==(CopyPlace, CopyPlace) { return true; }
    friend std::strong_ordering operator<=>(CopyPlace, CopyPlace) {
        return std::strong_ordering::equal;
    }
};

// A thread as it was when the record was made.
struct Task {
    TaskId id;
    Credentials credentials;
    Namespaces namespaces;
    Abi abi = Abi::kX86_64;
    std::string_view comm;  // at most 15 bytes, chosen by the program itself
    CopyPlace place{};
    auto operator<=>(const Task&) const = default;
};

// Bytes of one argument as far as they could be read. With `error` 0 and not `cut` they are the
// whole argument; else a prefix of it. String vectors hold each string with its NUL.
struct CapturedBytes {
    std::string_view bytes;
    uint32_t full_length = 0;  // in memory; 0: not known
    int32_t error = 0;         // errno that ended the read
    bool cut = false;          // the recorder's limit ended the read
    CopyPlace place{};         // of the bytes
    bool is_whole() const { return error == 0 && !cut; }
    auto operator<=>(const CapturedBytes&) const = default;
};

// Read from the program's own memory: the program may have changed it at any time.
struct ClaimedBytes : CapturedBytes {};
// The kernel's own copy: what the kernel acted on.
struct KernelBytes : CapturedBytes {};

inline constexpr uint8_t kUnknownArgument = 0xff;

// View E (in SyscallEntered) or X (in SyscallReturned) of one operand.
struct Claim {
    uint8_t argument = kUnknownArgument;
    OperandKind kind = OperandKind::kNone;
    uint64_t register_value = 0;  // the argument itself: an address, a descriptor, flags
    // nullopt: there is nothing behind the register, or (X after a successful exec) the memory
    // that it named is gone.
    std::optional<ClaimedBytes> memory;
};

// View S of one operand.
struct KernelCopy {
    uint8_t argument = kUnknownArgument;
    OperandKind kind = OperandKind::kNone;
    bool from_descriptor = false;  // execveat: the kernel composed the name as /dev/fd/N[/path]
    KernelBytes value;
};

// Identity of a file within one boot. Compare hook with hook: stat(2)'s st_dev differs from s_dev
// on btrfs and overlay.
struct ObjectId {
    uint64_t device = 0;  // s_dev, the kernel's encoding: major << 20 | minor
    uint64_t inode = 0;
    uint32_t generation = 0;  // inode numbers are reused; 0 on file systems without generations
    auto operator<=>(const ObjectId&) const = default;
};

// One file or directory, linked to the directory it was found in.
struct ObjectNode {
    ObjectId id;
    uint32_t mode = 0;  // type and permission bits, as st_mode
    uint32_t uid = 0, gid = 0;
    uint32_t links = 0;
    uint32_t mount = 0;  // mount id, as in /proc/PID/mountinfo
    std::string_view name;
    const ObjectNode* parent = nullptr;
    bool cut = false;  // there were more ancestors than the recorder walked
    CopyPlace place{}, place_of_name{};
};

enum class ObjectRole : uint8_t {
    kExecutable = 1,
    kCwd = 2,
    kRoot = 3,
    kChecked = 4,   // for an exec: the named file, then each interpreter in its place
    kOpened = 5,    // what an open found; on overlays first the file there, then the one below
    kReturned = 6,  // behind an open's descriptor at its return; the file of a bound socket
    kSymlink = 7,   // a symbolic link that was followed
    kPeer = 8,      // the socket file of the listener
    kNamed = 9,     // what the call's first name led to, see is_absent()
    kSecond = 10,   // what its second one led to
    kMade = 11,     // what it made, as it was found there at the return
    kRead = 12,     // behind the descriptor that the call reads, at its entry
    kWritten = 13,  // behind the one that it writes
    // The other end of the socket in AF_UNIX that is read or written: its inode alone, and only
    // while a descriptor leads to it.
    kOpposite = 14,
    kLocked = 15,
};
inline constexpr size_t kObjectRoles = 16;

// Whether the node says that there was nothing of its name in its directory. Without a name that is
// the last component of the one that was looked up.
inline bool is_absent(const ObjectNode& node) {
    return node.id == ObjectId{} && node.mode == 0;
}

// View K: what the kernel resolved a name to.
struct KernelObject {
    ObjectRole role = ObjectRole::kExecutable;
    const ObjectNode* node = nullptr;
};

// The path from the mount tree's root as the kernel's dentries spell it; begins with "…/" where
// the walk was cut. Not a name in anybody's chroot or mount namespace.
std::string path_of(const ObjectNode& node);
inline constexpr std::string_view kRootName = "/";  // of the root of a mount tree

struct SyscallEntered {
    uint16_t number = 0;
    std::span<const Claim> claims;
};

struct HookFired {
    uint16_t hook = 0;
    // sched_process_exec: the tid before the exec; ptrace_access_check: the id of the process
    // whose memory is reached; file_open: 1 where this open made the file;
    // inode_follow_link: the argument whose name it is, from 1, 0 where that is not known;
    // sys_enter: how many pieces wait in the channel that is read, from 1 for none, 0 where that is
    // not known;
    // signal_generate: the id of the thread that gets it, or that of a whole process times -1;
    // signal_deliver: the signal's number;
    // sched_waking: the id of the thread that is woken;
    // posix_lock_inode, flock_lock_inode: F_RDLCK (0), F_WRLCK (1) or, to let go, F_UNLCK (2).
    int64_t detail = 0;
    std::span<const KernelCopy> copies;
    std::span<const KernelObject> objects;
};

struct SyscallReturned {
    uint16_t number = 0;
    int64_t result = 0;  // negative errno on failure
    std::span<const Claim> claims;
};

struct TaskForked {
    const Task* child = nullptr;
    bool shares_files = false;   // descriptors (CLONE_FILES)
    bool shares_place = false;   // working directory and root (CLONE_FS)
    bool shares_memory = false;  // CLONE_VM; false in traces of before it was recorded, too
};

struct TaskExited {
    int32_t exit_code = 0;  // as wait(2) reports it
    bool last_thread = false;
};

// A task that was there when the recording began.
struct TaskFound {
    const Task* parent = nullptr;  // ids only; nullptr: none
    std::span<const KernelObject> objects;
};

struct Event {
    BootTime time;
    uint16_t cpu = 0;
    uint64_t sequence = 0;  // per CPU, from 1, as they arrived; a gap is where records were lost
    std::optional<CallId> call;
    const Task* task = nullptr;
    std::variant<SyscallEntered, HookFired, SyscallReturned, TaskForked, TaskExited, TaskFound>
        body;
};

// Why records are missing. Stored in traces by position.
enum class LossCause : uint8_t {
    kRingFull,
    kScratchBusy,
    kCallsFull,
    kFollowedFull,
    kTooLarge,
    kForeignAbi,
    kUndecodable,
};
inline constexpr size_t kLossCauses = 7;
std::string_view name_of(LossCause cause);
// What a reader should do about it, as one sentence.
std::string_view advice_for(LossCause cause);

using LossCounts = std::array<uint64_t, kLossCauses>;

// Cumulative since the start of the recording.
struct RecordsLost {
    BootTime time;
    uint64_t events = 0;  // recorded so far
    LossCounts counts{};
};

// The same instant on several clocks: each was read between two readings of BOOTTIME.
struct ClockSample {
    BootTime time;                // middle of the bracket
    uint64_t uncertainty_ns = 0;  // half of the bracket
    int64_t realtime_ns = 0;
    int64_t monotonic_ns = 0;
    int64_t tai_ns = 0;
    int32_t adjtimex_status = 0;
};

}  // namespace tocsin
