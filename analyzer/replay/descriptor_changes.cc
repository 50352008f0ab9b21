// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/descriptor_changes.h"

#include <climits>
#include <optional>
#include <string_view>

#include "analyzer/replay/open_flags.h"

namespace tocsin {
namespace {

constexpr uint64_t kSetFlags = 2;  // fcntl(2)
constexpr uint64_t kDup = 0, kDupCloseOnExec = 1030;

uint64_t argument(const Operation& operation, size_t index) {
    return index < operation.operands.size() ? operation.operands[index].register_value : 0;
}

// The kernel takes descriptors as ints.
int descriptor(const Operation& operation, size_t index) {
    return static_cast<int>(static_cast<uint32_t>(argument(operation, index)));
}

// What the call returned, as a descriptor; nullopt: none, or it is not recorded.
std::optional<int> made_by(const Operation& operation) {
    const auto& result = operation.result;
    if (!result || *result < 0 || *result > INT_MAX) return std::nullopt;
    return static_cast<int>(*result);
}

// Whether an exec may close it: it does where that is not known.
bool may_close_on_exec(const Operation& operation) {
    const Operand* how = operation.first_operand(OperandKind::kOpenHow);
    const Operand* plain = operation.first_operand(OperandKind::kFlags);
    if (how == nullptr && plain == nullptr) return false;  // creat
    if (operation.entry_missing) return true;
    if (plain != nullptr) return (plain->register_value & kOpenCloseOnExec) != 0;
    const auto flags = flags_in(*how);
    return !flags || (*flags & kOpenCloseOnExec) != 0;
}

void open(const Operation& operation, FdTable& fds) {
    const auto made = made_by(operation);
    if (!made) return;
    const auto& returned = operation.object(ObjectRole::kReturned);
    fds.open(*made, returned != nullptr ? returned : operation.object(ObjectRole::kOpened),
             may_close_on_exec(operation));
}

void exec(const Operation& operation, std::shared_ptr<FdTable>& fds) {
    if (operation.succeeded() == false) return;
    if (operation.succeeded().has_value()) {
        fds = std::make_shared<FdTable>(*fds);
        fds->exec();
    } else {
        fds->forget_close_on_exec();
    }
}

void close_range(const Operation& operation, std::shared_ptr<FdTable>& fds) {
    constexpr uint64_t kUnshare = 2, kSetCloseOnExec = 4;  // close_range(2)
    if (operation.succeeded() == false) return;
    const auto first = static_cast<uint32_t>(argument(operation, 0));
    const auto last = static_cast<uint32_t>(argument(operation, 1));
    const uint64_t flags = argument(operation, 2);
    if (!operation.result) return fds->forget_range(first, last);
    if ((flags & kUnshare) != 0) fds = std::make_shared<FdTable>(*fds);
    if ((flags & kSetCloseOnExec) != 0)
        fds->set_close_on_exec_range(first, last);
    else
        fds->close_range(first, last);
}

void control(const Operation& operation, FdTable& fds) {
    const uint64_t command = argument(operation, 1);
    const int fd = descriptor(operation, 0);
    if (command == kDup || command == kDupCloseOnExec) {
        if (const auto made = made_by(operation))
            fds.duplicate(fd, *made, command == kDupCloseOnExec);
    } else if (command == kSetFlags && !operation.result) {
        fds.forget(fd);  // whether an exec closes it
    } else if (command == kSetFlags && *operation.result == 0) {
        fds.set_close_on_exec(fd, (argument(operation, 2) & 1U) != 0);
    }
}

void duplicate(const Operation& operation, FdTable& fds) {
    const bool has_target = operation.syscall->name != "dup";
    if (!operation.result && has_target) return fds.forget(descriptor(operation, 1));
    const auto made = made_by(operation);
    if (!made) return;
    fds.duplicate(
        descriptor(operation, 0), *made,
        operation.syscall->name == "dup3" && (argument(operation, 2) & kOpenCloseOnExec) != 0);
}

// One that leads to no file.
void make_anonymous(const Operation& operation, FdTable& fds) {
    if (const auto made = made_by(operation))
        fds.open(*made, nullptr, (argument(operation, 0) & kOpenCloseOnExec) != 0);
}

// Which descriptors the call was about is not known.
void change_unseen(const Operation& operation, FdTable& fds) {
    if (operation.succeeded() == false && operation.syscall->name != "close") return;
    const bool is_duplicate = operation.syscall->name.starts_with("dup");
    const auto made = made_by(operation);
    if (is_duplicate && made)
        fds.open(*made, nullptr, false);
    else
        fds.forget_all();
}

}  // namespace

void change_descriptors(const Operation& operation, std::shared_ptr<FdTable>& fds) {
    const SyscallInfo& call = *operation.syscall;
    if (call.group == SyscallGroup::kOpen) return open(operation, *fds);
    if (call.group == SyscallGroup::kExec) return exec(operation, fds);
    if (call.group != SyscallGroup::kDescriptor) return;
    if (operation.entry_missing) return change_unseen(operation, *fds);
    if (call.name == "close_range") return close_range(operation, fds);
    if (call.name == "fcntl") return control(operation, *fds);
    if (call.name == "userfaultfd") return make_anonymous(operation, *fds);
    if (call.name != "close") return duplicate(operation, *fds);
    // Of a close that failed the descriptor is gone all the same (close(2)), unless it was none.
    if (operation.result)
        fds->close(descriptor(operation, 0));
    else
        fds->forget(descriptor(operation, 0));
}

std::optional<int> descriptor_changed_by(const Operation& operation) {
    const auto made = made_by(operation);
    if (!made || operation.entry_missing) return std::nullopt;
    const std::string_view name = operation.syscall->name;
    if (operation.syscall->group == SyscallGroup::kOpen || name.starts_with("dup")) return made;
    if (name == "close") return descriptor(operation, 0);
    if (name != "fcntl") return std::nullopt;
    const uint64_t command = argument(operation, 1);
    return command == kDup || command == kDupCloseOnExec ? made : std::nullopt;
}

}  // namespace tocsin
