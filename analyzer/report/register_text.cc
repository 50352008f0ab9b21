// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/register_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>

#include "analyzer/report/operand_text.h"

namespace tocsin {
namespace {

constexpr uint64_t kNoId32 = 0xffffffff;     // (uid_t)-1: chown(2) and its like leave that id alone
constexpr int32_t kCurrentDirectory = -100;  // AT_FDCWD

// include/uapi/linux/fcntl.h
constexpr FlagName kAtFlags[] = {{0x100, "AT_SYMLINK_NOFOLLOW"},  {0x400, "AT_SYMLINK_FOLLOW"},
                                 {0x800, "AT_NO_AUTOMOUNT"},      {0x1000, "AT_EMPTY_PATH"},
                                 {0x2000, "AT_STATX_FORCE_SYNC"}, {0x4000, "AT_STATX_DONT_SYNC"}};
constexpr FlagName kUnlinkFlags[] = {{0x200, "AT_REMOVEDIR"}};
constexpr FlagName kAccessFlags[] = {
    {0x100, "AT_SYMLINK_NOFOLLOW"}, {0x200, "AT_EACCESS"}, {0x1000, "AT_EMPTY_PATH"}};
constexpr FlagName kRenameFlags[] = {
    {1, "RENAME_NOREPLACE"}, {2, "RENAME_EXCHANGE"}, {4, "RENAME_WHITEOUT"}};
constexpr FlagName kUmountFlags[] = {
    {1, "MNT_FORCE"}, {2, "MNT_DETACH"}, {4, "MNT_EXPIRE"}, {8, "UMOUNT_NOFOLLOW"}};
// include/uapi/linux/mount.h
constexpr FlagName kMountFlags[] = {
    {1U << 0U, "MS_RDONLY"},     {1U << 1U, "MS_NOSUID"},       {1U << 2U, "MS_NODEV"},
    {1U << 3U, "MS_NOEXEC"},     {1U << 4U, "MS_SYNCHRONOUS"},  {1U << 5U, "MS_REMOUNT"},
    {1U << 6U, "MS_MANDLOCK"},   {1U << 7U, "MS_DIRSYNC"},      {1U << 8U, "MS_NOSYMFOLLOW"},
    {1U << 10U, "MS_NOATIME"},   {1U << 11U, "MS_NODIRATIME"},  {1U << 12U, "MS_BIND"},
    {1U << 13U, "MS_MOVE"},      {1U << 14U, "MS_REC"},         {1U << 15U, "MS_SILENT"},
    {1U << 16U, "MS_POSIXACL"},  {1U << 17U, "MS_UNBINDABLE"},  {1U << 18U, "MS_PRIVATE"},
    {1U << 19U, "MS_SLAVE"},     {1U << 20U, "MS_SHARED"},      {1U << 21U, "MS_RELATIME"},
    {1U << 23U, "MS_I_VERSION"}, {1U << 24U, "MS_STRICTATIME"}, {1U << 25U, "MS_LAZYTIME"}};
constexpr FlagName kMarkFlags[] = {{1, "FAN_MARK_ADD"},         {2, "FAN_MARK_REMOVE"},
                                   {4, "FAN_MARK_DONT_FOLLOW"}, {8, "FAN_MARK_ONLYDIR"},
                                   {0x10, "FAN_MARK_MOUNT"},    {0x20, "FAN_MARK_IGNORED_MASK"},
                                   {0x80, "FAN_MARK_FLUSH"},    {0x100, "FAN_MARK_FILESYSTEM"}};
constexpr FlagName kAccessModes[] = {{4, "R_OK"}, {2, "W_OK"}, {1, "X_OK"}};

bool has_operand(const SyscallInfo& call, OperandKind kind) {
    return std::any_of(call.operands.begin(), call.operands.end(),
                       [kind](const OperandInfo& operand) { return operand.kind == kind; });
}

// Of what makes a file or changes its mode the first plain number is that mode. openat2(2) has a
// size there.
bool is_mode(OperandInfo operand, const SyscallInfo& call) {
    const auto first =
        std::find_if(call.operands.begin(), call.operands.end(),
                     [](const OperandInfo& other) { return other.kind == OperandKind::kValue; });
    if (first == call.operands.end() || first->argument != operand.argument) return false;
    if (call.group == SyscallGroup::kOpen) return !has_operand(call, OperandKind::kOpenHow);
    return call.name.find("chmod") != std::string_view::npos || call.name.starts_with("mk");
}

std::string value_text(OperandInfo operand, uint64_t value, const SyscallInfo* call) {
    if (call != nullptr && is_mode(operand, *call)) return fmt::format("0{:o}", value);
    // A nice value, which is no flag and no length: it may be negative.
    if (call != nullptr && call->name == "setpriority")
        return fmt::format("{}", static_cast<int32_t>(value));
    if (call != nullptr && call->name.find("access") != std::string_view::npos)
        return flags_text(kAccessModes, value, "F_OK");
    return value == kNoId32 || value == UINT64_MAX ? "-1" : fmt::format("{}", value);
}

std::string flag_word_text(uint64_t value, const SyscallInfo* call) {
    if (call == nullptr) return flags_text({}, value);
    if (call->group == SyscallGroup::kOpen) return open_flags_text(value);
    if (call->name == "renameat2") return flags_text(kRenameFlags, value);
    if (call->name == "unlinkat") return flags_text(kUnlinkFlags, value);
    if (call->name == "faccessat2") return flags_text(kAccessFlags, value);
    if (call->name == "fanotify_mark") return flags_text(kMarkFlags, value);
    if (call->name == "mount") return flags_text(kMountFlags, value);
    if (call->name == "umount2") return flags_text(kUmountFlags, value);
    const bool is_at = call->group == SyscallGroup::kCheck || call->group == SyscallGroup::kChange;
    return flags_text(is_at ? std::span<const FlagName>(kAtFlags) : std::span<const FlagName>(),
                      value);
}

}  // namespace

std::string register_text(OperandInfo operand, uint64_t value, const SyscallInfo* call) {
    switch (operand.kind) {
        case OperandKind::kDirfd: {
            const auto descriptor = static_cast<int32_t>(value);
            return descriptor == kCurrentDirectory ? "AT_FDCWD" : fmt::format("{}", descriptor);
        }
        case OperandKind::kPid:
        case OperandKind::kReadFd:
        case OperandKind::kWriteFd:
            return fmt::format("{}", static_cast<int32_t>(value));
        case OperandKind::kValue:
            return value_text(operand, value, call);
        case OperandKind::kFlags:
            return flag_word_text(value, call);
        default:
            return value == 0 ? "NULL" : fmt::format("{:#x}", value);
    }
}

}  // namespace tocsin
