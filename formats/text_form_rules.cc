// SPDX-License-Identifier: Apache-2.0
#include "formats/text_form_rules.h"

#include <algorithm>
#include <array>

namespace tocsin::text_form {
namespace {

// asm-generic/errno.h, by number: the same on x86-64 and arm64. Not <cerrno>: the trace may come
// from another machine than the one that reads it.
// clang-format off
constexpr std::array<std::string_view, 134> kErrnoNames = {
    "", "EPERM", "ENOENT", "ESRCH", "EINTR", "EIO", "ENXIO", "E2BIG", "ENOEXEC", "EBADF", "ECHILD",
    "EAGAIN", "ENOMEM", "EACCES", "EFAULT", "ENOTBLK", "EBUSY", "EEXIST", "EXDEV", "ENODEV",
    "ENOTDIR", "EISDIR", "EINVAL", "ENFILE", "EMFILE", "ENOTTY", "ETXTBSY", "EFBIG", "ENOSPC",
    "ESPIPE", "EROFS", "EMLINK", "EPIPE", "EDOM", "ERANGE", "EDEADLK", "ENAMETOOLONG", "ENOLCK",
    "ENOSYS", "ENOTEMPTY", "ELOOP", "", "ENOMSG", "EIDRM", "ECHRNG", "EL2NSYNC", "EL3HLT", "EL3RST",
    "ELNRNG", "EUNATCH", "ENOCSI", "EL2HLT", "EBADE", "EBADR", "EXFULL", "ENOANO", "EBADRQC",
    "EBADSLT", "", "EBFONT", "ENOSTR", "ENODATA", "ETIME", "ENOSR", "ENONET", "ENOPKG", "EREMOTE",
    "ENOLINK", "EADV", "ESRMNT", "ECOMM", "EPROTO", "EMULTIHOP", "EDOTDOT", "EBADMSG", "EOVERFLOW",
    "ENOTUNIQ", "EBADFD", "EREMCHG", "ELIBACC", "ELIBBAD", "ELIBSCN", "ELIBMAX", "ELIBEXEC",
    "EILSEQ", "ERESTART", "ESTRPIPE", "EUSERS", "ENOTSOCK", "EDESTADDRREQ", "EMSGSIZE",
    "EPROTOTYPE", "ENOPROTOOPT", "EPROTONOSUPPORT", "ESOCKTNOSUPPORT", "EOPNOTSUPP", "EPFNOSUPPORT",
    "EAFNOSUPPORT", "EADDRINUSE", "EADDRNOTAVAIL", "ENETDOWN", "ENETUNREACH", "ENETRESET",
    "ECONNABORTED", "ECONNRESET", "ENOBUFS", "EISCONN", "ENOTCONN", "ESHUTDOWN", "ETOOMANYREFS",
    "ETIMEDOUT", "ECONNREFUSED", "EHOSTDOWN", "EHOSTUNREACH", "EALREADY", "EINPROGRESS", "ESTALE",
    "EUCLEAN", "ENOTNAM", "ENAVAIL", "EISNAM", "EREMOTEIO", "EDQUOT", "ENOMEDIUM", "EMEDIUMTYPE",
    "ECANCELED", "ENOKEY", "EKEYEXPIRED", "EKEYREVOKED", "EKEYREJECTED", "EOWNERDEAD",
    "ENOTRECOVERABLE", "ERFKILL", "EHWPOISON",
};
// clang-format on

constexpr std::array<std::string_view, 3> kAbis = {"x86-64", "i386", "x32"};
constexpr std::array<std::string_view, kObjectRoles> kRoles = {
    "",     "exe",   "cwd",    "root", "checked", "opened",  "returned", "symlink",
    "peer", "named", "second", "made", "read",    "written", "opposite", "locked"};
constexpr std::string_view kSyscallPrefix = "syscall:", kHookPrefix = "hook:",
                           kRolePrefix = "role:";
constexpr size_t kCommBytes = 15;

bool is_found(const Event& event) {
    return std::holds_alternative<TaskFound>(event.body);
}

uint32_t list_of(const Event& event) {
    return uint32_t{event.cpu} << 1U | (is_found(event) ? 1U : 0U);
}

template <typename Rows>
const auto* row_named(const Rows& rows, std::string_view name) {
    const auto at =
        std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.name == name; });
    return at == rows.end() ? nullptr : &*at;
}

}  // namespace

std::optional<uint64_t> LineDefaults::last_sequence_for(const Event& event) const {
    const auto at = last_sequences_.find(list_of(event));
    if (at == last_sequences_.end()) return std::nullopt;
    return at->second;
}

uint64_t LineDefaults::sequence_for(const Event& event) const {
    return last_sequence_for(event).value_or(0) + 1;
}

CallId LineDefaults::next_call_on(uint16_t cpu) const {
    const auto at = last_calls_.find(cpu);
    return {cpu, at == last_calls_.end() ? 1 : at->second + 1};
}

std::optional<CallId> LineDefaults::call_for(const Event& event) const {
    if (std::holds_alternative<SyscallEntered>(event.body)) return next_call_on(event.cpu);
    if (!std::holds_alternative<HookFired>(event.body) &&
        !std::holds_alternative<SyscallReturned>(event.body))
        return std::nullopt;
    const auto at = open_by_task_.find(event.task->id);
    if (at == open_by_task_.end()) return std::nullopt;
    return at->second.id;
}

const SyscallInfo* LineDefaults::row_for(const Event& event) const {
    if (const auto* entered = std::get_if<SyscallEntered>(&event.body))
        return find_syscall(entered->number);
    if (const auto* returned = std::get_if<SyscallReturned>(&event.body))
        return find_syscall(returned->number);
    if (!event.call) return nullptr;
    const auto at = numbers_.find(*event.call);
    return at == numbers_.end() ? nullptr : find_syscall(at->second);
}

void LineDefaults::note(const Event& event) {
    last_sequences_[list_of(event)] = event.sequence;
    if (const auto* entered = std::get_if<SyscallEntered>(&event.body)) {
        close(event.task->id);
        const CallId id = event.call.value_or(next_call_on(event.cpu));
        last_calls_[id.cpu] = id.number;
        open_by_task_[event.task->id] = {id, entered->number};
        numbers_[id] = entered->number;
    } else if (std::holds_alternative<SyscallReturned>(event.body)) {
        close(event.task->id);
        if (event.call) numbers_.erase(*event.call);
    } else if (std::holds_alternative<TaskExited>(event.body)) {
        close(event.task->id);
    }
}

void LineDefaults::close(const TaskId& task) {
    const auto at = open_by_task_.find(task);
    if (at == open_by_task_.end()) return;
    numbers_.erase(at->second.id);
    open_by_task_.erase(at);
}

std::optional<uint8_t> default_argument(const SyscallInfo* row, OperandKind kind) {
    uint8_t argument = kUnknownArgument;
    if (row == nullptr || kind == OperandKind::kNone) return argument;
    for (const OperandInfo& operand : row->operands) {
        if (operand.kind != kind) continue;
        if (argument != kUnknownArgument) return std::nullopt;
        argument = operand.argument;
    }
    return argument;
}

uint32_t default_full_length(const CapturedBytes& bytes) {
    return bytes.is_whole() ? static_cast<uint32_t>(bytes.bytes.size()) : 0;
}

std::string_view default_comm(std::string_view label) {
    return label.substr(0, kCommBytes);
}

std::string syscall_word(uint16_t number) {
    if (const SyscallInfo* row = find_syscall(number)) return std::string(row->name);
    for (const NotRecordedSyscall& row : not_recorded_syscalls())
        if (row.number == number) return std::string(row.name);
    return std::string(kSyscallPrefix) + std::to_string(number);
}

std::optional<uint16_t> syscall_named(std::string_view word) {
    if (const SyscallInfo* row = find_syscall(word)) return row->number;
    if (const auto* row = row_named(not_recorded_syscalls(), word)) return row->number;
    return number_after<uint16_t>(kSyscallPrefix, word);
}

std::string hook_word(uint16_t id) {
    if (const HookInfo* row = find_hook(id)) return std::string(row->name);
    for (const RetiredHook& row : retired_hooks())
        if (row.id == id) return std::string(row.name);
    return std::string(kHookPrefix) + std::to_string(id);
}

std::optional<uint16_t> hook_named(std::string_view word) {
    if (const HookInfo* row = find_hook(word)) return row->id;
    if (const auto* row = row_named(retired_hooks(), word)) return row->id;
    return number_after<uint16_t>(kHookPrefix, word);
}

std::string role_word(ObjectRole role) {
    const auto number = static_cast<size_t>(role);
    if (number != 0 && number < kRoles.size()) return std::string(kRoles[number]);
    return std::string(kRolePrefix) + std::to_string(number);
}

std::optional<ObjectRole> role_named(std::string_view word) {
    for (size_t i = 1; i < kRoles.size(); ++i)
        if (kRoles[i] == word) return static_cast<ObjectRole>(i);
    const auto number = number_after<uint8_t>(kRolePrefix, word);
    if (!number) return std::nullopt;
    return static_cast<ObjectRole>(*number);
}

std::string_view abi_word(Abi abi) {
    return kAbis[static_cast<size_t>(abi)];
}

std::optional<Abi> abi_named(std::string_view word) {
    for (size_t i = 0; i < kAbis.size(); ++i)
        if (kAbis[i] == word) return static_cast<Abi>(i);
    return std::nullopt;
}

std::string_view errno_name(uint64_t number) {
    return number < kErrnoNames.size() ? kErrnoNames[number] : std::string_view();
}

std::optional<uint16_t> errno_named(std::string_view name) {
    if (name.empty()) return std::nullopt;
    const auto at = std::find(kErrnoNames.begin(), kErrnoNames.end(), name);
    if (at == kErrnoNames.end()) return std::nullopt;
    return static_cast<uint16_t>(at - kErrnoNames.begin());
}

}  // namespace tocsin::text_form
