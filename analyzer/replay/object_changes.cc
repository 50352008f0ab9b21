// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/object_changes.h"

#include <optional>

#include "analyzer/replay/open_flags.h"

namespace tocsin {
namespace {

// Of the attributes that anybody may keep with a file no rights depend. One whose name is not
// recorded may be any.
bool is_of_rights(const Operation& operation) {
    const Operand* attribute = operation.first_operand(OperandKind::kString);
    return attribute == nullptr || !attribute->text().starts_with("user.");
}

// Of an orphan its hook's name says what it does.
bool changes_attributes(std::string_view name) {
    for (const std::string_view call :
         {"setxattr", "removexattr", "file_setattr", "set_acl", "remove_acl"})
        if (name.find(call) != name.npos) return true;
    return false;
}

std::optional<Aspect> aspect_of(const Operation& operation) {
    const std::string_view name = operation.syscall->name;
    if (operation.syscall->group == SyscallGroup::kOpen) {
        const bool truncates = name == "creat" || (open_flags_of(operation) & kOpenTruncate) != 0;
        return truncates && !operation.made_file ? std::optional(Aspect::kContent) : std::nullopt;
    }
    if (operation.syscall->group == SyscallGroup::kContent) return Aspect::kContent;
    if (operation.syscall->group != SyscallGroup::kChange) return std::nullopt;
    if (name.find("truncate") != name.npos) return Aspect::kContent;
    if (name.find("chmod") != name.npos || name.find("chown") != name.npos) return Aspect::kRights;
    if (changes_attributes(name) && is_of_rights(operation)) return Aspect::kRights;
    return std::nullopt;
}

}  // namespace

std::string_view name_of(Aspect aspect) {
    return aspect == Aspect::kContent ? "content" : "rights";
}

std::vector<ObjectChange> object_changes(const Operation& operation) {
    const auto aspect = aspect_of(operation);
    if (!aspect || !operation.succeeded().value_or(true)) return {};
    for (const ObjectRole role :
         {ObjectRole::kWritten, ObjectRole::kNamed, ObjectRole::kOpened, ObjectRole::kReturned})
        if (const auto& object = operation.object(role)) {
            // What pipes and sockets are written is no file's content.
            if (*aspect == Aspect::kContent && !object->link.is_regular()) return {};
            return {{object, *aspect}};
        }
    return {};
}

}  // namespace tocsin
