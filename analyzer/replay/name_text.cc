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
    for (const FileObject* at = directory.get(); at != nullptr; at = at->parent.get())
        if (at->link.cut) return std::nullopt;
    return directory->path();
}

// The descriptor in front of the name in the call's row; nullopt: it has none.
std::optional<int> descriptor_of(const Operation& operation, const Operand& operand) {
    for (const Operand& other : operation.operands)
        if (other.info.kind == OperandKind::kDirfd &&
            other.info.argument + 1 == operand.info.argument)
            return static_cast<int>(static_cast<uint32_t>(other.register_value));
    return std::nullopt;
}

std::optional<std::string> start_of(const Operation& operation, const Operand& operand,
                                    bool is_absolute, const Process& process) {
    if (is_absolute) return process.place->root ? path_of(process.place->root) : std::string();
    const int fd = descriptor_of(operation, operand).value_or(kCurrentDirectory);
    if (fd == kCurrentDirectory) return path_of(process.place->cwd);
    const FdTable::Slot* slot = process.fds->find(fd);
    return slot != nullptr ? path_of(slot->object) : std::nullopt;
}

}  // namespace

std::optional<std::string> absolute_name(const Operation& operation, const Operand& operand,
                                         const WorldState& world) {
    const auto text = whole_text(operand);
    if (!text || text->empty()) return std::nullopt;
    const Process* process = world.find(operation.task.id);
    if (process == nullptr) return std::nullopt;
    auto name = start_of(operation, operand, text->starts_with('/'), *process);
    if (!name) return std::nullopt;
    if (*name == "/") name->clear();
    for (size_t begin = 0; begin < text->size();) {
        const size_t end = std::min(text->find('/', begin), text->size());
        const std::string_view component = text->substr(begin, end - begin);
        if (!component.empty() && component != ".") (*name += '/') += component;
        begin = end + 1;
    }
    return name->empty() ? "/" : *name;
}

}  // namespace tocsin
