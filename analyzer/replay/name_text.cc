// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/name_text.h"

#include <string_view>

namespace tocsin {
namespace {

constexpr int kCurrentDirectory = -100;  // AT_FDCWD

std::optional<std::string_view> whole_text(const Operand& operand) {
    if (operand.kernel)
        return operand.kernel->is_whole() ? std::optional<std::string_view>(operand.kernel->bytes)
                                          : std::nullopt;
    if (!operand.entry || !operand.entry->is_whole()) return std::nullopt;
    if (operand.exit && std::string_view(operand.exit->bytes) != operand.entry->bytes)
        return std::nullopt;
    return operand.entry->bytes;
}

// A path that names one directory: one that was recorded up to the root.
std::optional<std::string> path_of(const std::shared_ptr<const FileObject>& directory) {
    if (directory == nullptr) return std::nullopt;
    if (directory->parent == nullptr && directory->link.name == kRootName && !directory->link.cut)
        return "/";
    for (const FileObject* at = directory.get(); at != nullptr; at = at->parent.get())
        if (at->link.cut) return std::nullopt;
    return directory->path();
}

// The operand in front of the name in the call's row; nullptr: none is a descriptor.
const Operand* descriptor_of(const Operation& operation, const Operand& operand) {
    if (operation.operands.empty() || &operand == &operation.operands.front()) return nullptr;
    const Operand& before = *(&operand - 1);
    return before.info.kind == OperandKind::kDirfd ? &before : nullptr;
}

std::shared_ptr<const FileObject> file_behind(const Operation& operation, const Operand& descriptor,
                                              const Process& process) {
    if (operation.entry_missing) return nullptr;  // descriptors are registers of the entry
    const FdTable::Slot* slot = process.fds->find(descriptor.as_int());
    return slot != nullptr ? slot->object : nullptr;
}

bool is_current_directory(const Operation& operation, const Operand& descriptor) {
    return !operation.entry_missing && descriptor.as_int() == kCurrentDirectory;
}

// fchdir, fchmod, fchown, fsetxattr: the descriptor is the whole name.
bool acts_as_name(const Operation& operation, const Operand& operand) {
    return operand.info.kind == OperandKind::kDirfd &&
           operation.syscall->group != SyscallGroup::kDescriptor &&
           operation.first_operand(OperandKind::kPath) == nullptr;
}

}  // namespace

bool is_name(const Operation& operation, const Operand& operand) {
    constexpr uint64_t kRemount = 0x20, kBind = 0x1000, kMove = 0x2000;
    if (operand.info.kind == OperandKind::kPath) return true;
    if (operation.syscall->name != "mount" || operation.entry_missing ||
        &operand != operation.first_operand(OperandKind::kString))
        return false;
    const uint64_t flags = operation.first_operand(OperandKind::kFlags)->register_value;
    return (flags & (kBind | kMove)) != 0 && (flags & kRemount) == 0;
}

std::optional<NameStart> start_of(const Operation& operation, const Operand& operand,
                                  const Process& process) {
    using From = NameStart::From;
    if (acts_as_name(operation, operand))
        return NameStart{From::kDescriptor, file_behind(operation, operand, process)};
    if (!is_name(operation, operand) || (!operand.kernel && !operand.entry)) return std::nullopt;
    const std::string_view text = operand.text();
    if (text.empty()) return std::nullopt;
    if (text.starts_with('/')) return NameStart{From::kRoot, process.place->root};
    const Operand* descriptor = descriptor_of(operation, operand);
    if (descriptor == nullptr || is_current_directory(operation, *descriptor))
        return NameStart{From::kCwd, process.place->cwd};
    return NameStart{From::kDescriptor, file_behind(operation, *descriptor, process)};
}

std::optional<std::string> absolute_name(const Operation& operation, const Operand& operand,
                                         const WorldState& world) {
    const auto text = whole_text(operand);
    if (!text || text->empty()) return std::nullopt;
    const Process* process = world.find(operation.task->id);
    if (process == nullptr) return std::nullopt;
    const auto start = start_of(operation, operand, *process);
    if (!start) return std::nullopt;
    const bool is_at_unknown_root =
        start->from == NameStart::From::kRoot && start->directory == nullptr;
    auto name = is_at_unknown_root ? std::string() : path_of(start->directory);
    if (!name) return std::nullopt;
    if (*name == "/") name->clear();
    name->reserve(name->size() + 1 + text->size());
    for (size_t begin = 0; begin < text->size();) {
        const size_t end = std::min(text->find('/', begin), text->size());
        const std::string_view component = text->substr(begin, end - begin);
        if (!component.empty() && component != ".") (*name += '/') += component;
        begin = end + 1;
    }
    if (name->empty()) *name = "/";
    return name;
}

}  // namespace tocsin
