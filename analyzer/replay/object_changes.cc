// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/object_changes.h"

#include <algorithm>
#include <optional>

namespace tocsin {
namespace {

constexpr uint64_t kTruncate = 01000;  // open(2)

// What pipes and sockets are written is no file's content.
bool is_regular_file(const FileObject& file) {
    constexpr uint32_t kTypeMask = 0170000, kRegular = 0100000;
    return (file.link.mode & kTypeMask) == kRegular;
}

std::optional<Aspect> aspect_of(const Operation& operation) {
    const std::string_view name = operation.syscall->name;
    if (operation.syscall->group == SyscallGroup::kOpen) {
        const bool truncates = name == "creat" || (open_flags_of(operation) & kTruncate) != 0;
        return truncates && !operation.made_file ? std::optional(Aspect::kContent) : std::nullopt;
    }
    if (operation.syscall->group == SyscallGroup::kContent) return Aspect::kContent;
    if (operation.syscall->group != SyscallGroup::kChange) return std::nullopt;
    if (name.find("truncate") != name.npos) return Aspect::kContent;
    if (name.find("chmod") != name.npos || name.find("chown") != name.npos) return Aspect::kRights;
    return std::nullopt;
}

}  // namespace

std::string_view name_of(Aspect aspect) {
    return aspect == Aspect::kContent ? "content" : "rights";
}

std::vector<ObjectChange> object_changes(const Operation& operation) {
    if (operation.is_orphan || !operation.succeeded().value_or(true)) return {};
    const auto aspect = aspect_of(operation);
    if (!aspect) return {};
    for (const ObjectRole role :
         {ObjectRole::kWritten, ObjectRole::kNamed, ObjectRole::kOpened, ObjectRole::kReturned})
        if (const auto& object = operation.object(role)) {
            if (*aspect == Aspect::kContent && !is_regular_file(*object)) return {};
            return {{object, *aspect}};
        }
    return {};
}

uint64_t open_flags_of(const Operation& operation) {
    if (const Operand* flags = operation.first_operand(OperandKind::kFlags))
        return flags->register_value;
    const Operand* how = operation.first_operand(OperandKind::kOpenHow);
    uint64_t flags = 0;
    if (how != nullptr && how->entry && how->entry->bytes.size() >= sizeof flags)
        std::copy_n(how->entry->bytes.data(), sizeof flags, reinterpret_cast<char*>(&flags));
    return flags;
}

}  // namespace tocsin
