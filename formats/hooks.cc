// SPDX-License-Identifier: Apache-2.0
#include "formats/hooks.h"

#include <algorithm>

namespace tocsin {
namespace {

// What the tokens of hooks.def stand for in user space.
constexpr OperandKind OPERAND_PATH = OperandKind::kPath;
constexpr OperandKind OPERAND_ARGV = OperandKind::kArgv;
constexpr OperandKind OPERAND_ENVIRON = OperandKind::kEnviron;
constexpr OperandKind OPERAND_DIRFD = OperandKind::kDirfd;
constexpr OperandKind OPERAND_FLAGS = OperandKind::kFlags;
constexpr OperandKind OPERAND_VALUE = OperandKind::kValue;
constexpr OperandKind OPERAND_OPEN_HOW = OperandKind::kOpenHow;
constexpr OperandKind OPERAND_SOCKADDR = OperandKind::kSockaddr;
constexpr OperandKind OPERAND_IOVEC = OperandKind::kIovec;
constexpr OperandKind OPERAND_STRING = OperandKind::kString;
constexpr OperandKind OPERAND_PID = OperandKind::kPid;
constexpr OperandKind OPERAND_OUTPUT = OperandKind::kOutput;
constexpr OperandKind OPERAND_READ_FD = OperandKind::kReadFd;
constexpr OperandKind OPERAND_WRITE_FD = OperandKind::kWriteFd;
constexpr OperandKind OPERAND_OUTPUT_IOVEC = OperandKind::kOutputIovec;

constexpr SyscallGroup GROUP_EXEC = SyscallGroup::kExec;
constexpr SyscallGroup GROUP_CREDENTIALS = SyscallGroup::kCredentials;
constexpr SyscallGroup GROUP_OPEN = SyscallGroup::kOpen;
constexpr SyscallGroup GROUP_SOCKET = SyscallGroup::kSocket;
constexpr SyscallGroup GROUP_MEMORY = SyscallGroup::kMemory;
constexpr SyscallGroup GROUP_CHECK = SyscallGroup::kCheck;
constexpr SyscallGroup GROUP_CHANGE = SyscallGroup::kChange;
constexpr SyscallGroup GROUP_PLACE = SyscallGroup::kPlace;
constexpr SyscallGroup GROUP_DESCRIPTOR = SyscallGroup::kDescriptor;
constexpr SyscallGroup GROUP_PROCESS = SyscallGroup::kProcess;
constexpr SyscallGroup GROUP_WAIT = SyscallGroup::kWait;
constexpr SyscallGroup GROUP_CONTENT = SyscallGroup::kContent;
constexpr SyscallGroup GROUP_CHANNEL = SyscallGroup::kChannel;

constexpr NotRecordedReason REASON_DESCRIPTOR = NotRecordedReason::kDescriptor;
constexpr NotRecordedReason REASON_NO_NAME = NotRecordedReason::kNoName;
constexpr NotRecordedReason REASON_NAME = NotRecordedReason::kName;
constexpr NotRecordedReason REASON_OBSOLETE = NotRecordedReason::kObsolete;

constexpr HookSource SOURCE_LSM [[maybe_unused]] = HookSource::kLsm;
constexpr HookSource SOURCE_FENTRY [[maybe_unused]] = HookSource::kFentry;
constexpr HookSource SOURCE_KPROBE [[maybe_unused]] = HookSource::kKprobe;
constexpr HookSource SOURCE_TRACEPOINT [[maybe_unused]] = HookSource::kTracepoint;

constexpr SyscallInfo kSyscalls[] = {
#define TOCSIN_SYSCALL(number, name, group, ...) {number, #name, GROUP_##group, {{__VA_ARGS__}}},
#include "formats/hooks.def"
};

constexpr NotRecordedSyscall kNotRecorded[] = {
#define TOCSIN_NOT_RECORDED(number, name, reason) {number, #name, REASON_##reason},
#include "formats/hooks.def"
};

constexpr HookInfo kHooks[] = {
#define TOCSIN_HOOK(id, name, source, sees, cannot_see) \
    {id, #name, SOURCE_##source, sees, cannot_see},
#include "formats/hooks.def"
};

// The first row is no hook: C++ knows no empty array, and nothing may have been retired yet.
constexpr RetiredHook kRetiredHooksAfterFirst[] = {
    {0, ""},
#define TOCSIN_RETIRED_HOOK(id, name) {id, #name},
#include "formats/hooks.def"
};

// The rows at the places that their numbers say, for every record looks its own up.
template <std::size_t places, typename Row, std::size_t size>
constexpr std::array<const Row*, places> placed_by(uint16_t Row::*number, const Row (&rows)[size]) {
    std::array<const Row*, places> index{};
    for (const Row& row : rows) index.at(row.*number) = &row;
    return index;
}

constexpr auto kSyscallsByNumber = placed_by<1024>(&SyscallInfo::number, kSyscalls);
constexpr auto kHooksById = placed_by<256>(&HookInfo::id, kHooks);

// The rows in ascending order of one of their members, to be searched by halves.
template <typename Row, std::size_t size, typename Key>
constexpr std::array<const Row*, size> sorted_by(Key Row::*key, const Row (&rows)[size]) {
    std::array<const Row*, size> index{};
    for (std::size_t i = 0; i < size; ++i) index[i] = &rows[i];
    std::sort(index.begin(), index.end(),
              [key](const Row* left, const Row* right) { return left->*key < right->*key; });
    return index;
}

constexpr auto kSyscallsByName = sorted_by(&SyscallInfo::name, kSyscalls);
constexpr auto kHooksByName = sorted_by(&HookInfo::name, kHooks);

template <typename Row, std::size_t size, typename Key>
const Row* find(const std::array<const Row*, size>& index, Key Row::*key, const Key& wanted) {
    const auto at =
        std::lower_bound(index.begin(), index.end(), wanted,
                         [key](const Row* row, const Key& value) { return row->*key < value; });
    return at != index.end() && (*at)->*key == wanted ? *at : nullptr;
}

}  // namespace

std::span<const SyscallInfo> recorded_syscalls() {
    return kSyscalls;
}
std::span<const NotRecordedSyscall> not_recorded_syscalls() {
    return kNotRecorded;
}
std::span<const HookInfo> hooks() {
    return kHooks;
}
std::span<const RetiredHook> retired_hooks() {
    return std::span<const RetiredHook>(kRetiredHooksAfterFirst).subspan(1);
}

const SyscallInfo* find_syscall(uint16_t number) {
    return number < kSyscallsByNumber.size() ? kSyscallsByNumber[number] : nullptr;
}

const SyscallInfo* find_syscall(std::string_view name) {
    return find(kSyscallsByName, &SyscallInfo::name, name);
}

const HookInfo* find_hook(uint16_t id) {
    return id < kHooksById.size() ? kHooksById[id] : nullptr;
}

const HookInfo* find_hook(std::string_view name) {
    return find(kHooksByName, &HookInfo::name, name);
}

std::string_view name_of(OperandKind kind) {
    switch (kind) {
        case OperandKind::kNone:
            return "none";
        case OperandKind::kPath:
            return "path";
        case OperandKind::kArgv:
            return "argv";
        case OperandKind::kEnviron:
            return "environ";
        case OperandKind::kDirfd:
            return "dirfd";
        case OperandKind::kFlags:
            return "flags";
        case OperandKind::kValue:
            return "value";
        case OperandKind::kInterpreter:
            return "interpreter";
        case OperandKind::kOpenHow:
            return "how";
        case OperandKind::kSockaddr:
            return "address";
        case OperandKind::kIovec:
            return "iovec";
        case OperandKind::kLinkTarget:
            return "target";
        case OperandKind::kPeer:
            return "peer-address";
        case OperandKind::kString:
            return "string";
        case OperandKind::kPid:
            return "pid";
        case OperandKind::kOutput:
            return "output";
        case OperandKind::kReadFd:
            return "read-fd";
        case OperandKind::kWriteFd:
            return "write-fd";
        case OperandKind::kOutputIovec:
            return "output-iovec";
    }
    return "unknown";
}

std::optional<OperandKind> operand_kind_named(std::string_view name) {
    for (size_t i = 0; i < kOperandKinds; ++i) {
        const auto kind = static_cast<OperandKind>(i);
        if (name_of(kind) == name) return kind;
    }
    return std::nullopt;
}

bool is_no_argument(OperandKind kind) {
    return kind == OperandKind::kInterpreter || kind == OperandKind::kLinkTarget ||
           kind == OperandKind::kPeer;
}

std::string_view name_of(SyscallGroup group) {
    switch (group) {
        case SyscallGroup::kExec:
            return "exec";
        case SyscallGroup::kCredentials:
            return "credentials";
        case SyscallGroup::kOpen:
            return "open";
        case SyscallGroup::kSocket:
            return "socket";
        case SyscallGroup::kMemory:
            return "memory";
        case SyscallGroup::kCheck:
            return "check";
        case SyscallGroup::kChange:
            return "change";
        case SyscallGroup::kPlace:
            return "place";
        case SyscallGroup::kDescriptor:
            return "descriptor";
        case SyscallGroup::kProcess:
            return "process";
        case SyscallGroup::kWait:
            return "wait";
        case SyscallGroup::kContent:
            return "content";
        case SyscallGroup::kChannel:
            return "channel";
    }
    return "unknown";
}

std::string_view name_of(HookSource source) {
    switch (source) {
        case HookSource::kLsm:
            return "lsm";
        case HookSource::kFentry:
            return "fentry";
        case HookSource::kKprobe:
            return "kprobe";
        case HookSource::kTracepoint:
            return "tracepoint";
    }
    return "unknown";
}

std::string_view name_of(NotRecordedReason reason) {
    switch (reason) {
        case NotRecordedReason::kDescriptor:
            return "descriptor";
        case NotRecordedReason::kNoName:
            return "no-name";
        case NotRecordedReason::kName:
            return "name";
        case NotRecordedReason::kObsolete:
            return "obsolete";
    }
    return "unknown";
}

}  // namespace tocsin
