// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/world_state.h"

#include <climits>
#include <cstring>

namespace tocsin {
namespace {

bool is_leader(const TaskId& id) {
    return id.tid == id.tgid;
}

// Whether a thread with this id can belong to the process: a leader has the process's own start
// time, another thread a later one.
bool may_belong(const Process& process, const TaskId& id) {
    if (process.id.started.ns == 0) return true;
    return is_leader(id) ? id.started == process.id.started : id.started >= process.id.started;
}

uint64_t argument(const Operation& operation, size_t index) {
    return index < operation.operands.size() ? operation.operands[index].register_value : 0;
}

// The kernel takes descriptors as ints.
int descriptor(const Operation& operation, size_t index) {
    return static_cast<int>(static_cast<uint32_t>(argument(operation, index)));
}

bool moves_its_caller(const Operation& operation) {
    const std::string_view name = operation.syscall->name;
    return name == "chdir" || name == "fchdir" || name == "chroot" || name == "pivot_root";
}

void move(const Operation& operation, Place& place) {
    if (!moves_its_caller(operation) || operation.succeeded() == false) return;
    const bool is_known = operation.succeeded().has_value();
    const bool moves_root = operation.syscall->name.find("root") != std::string_view::npos;
    place.cwd = is_known ? operation.object(ObjectRole::kCwd) : nullptr;
    if (moves_root) place.root = is_known ? operation.object(ObjectRole::kRoot) : nullptr;
}

void unshare(const Operation& operation, Process& process) {
    constexpr uint64_t kFs = 0x200, kFiles = 0x400, kNewNamespace = 0x20000;  // clone(2)
    if (operation.succeeded() == false) return;
    const uint64_t flags = argument(operation, 0);
    if ((flags & (kFs | kNewNamespace)) != 0)
        process.place = std::make_shared<Place>(*process.place);
    if ((flags & kFiles) != 0) process.fds = std::make_shared<FdTable>(*process.fds);
}

void exec(Process& process) {
    process.fds = std::make_shared<FdTable>(*process.fds);
    process.fds->exec();
}

void close_range(const Operation& operation, Process& process) {
    constexpr uint64_t kUnshare = 2, kCloseOnExec = 4;  // close_range(2)
    const auto first = static_cast<uint32_t>(argument(operation, 0));
    const auto last = static_cast<uint32_t>(argument(operation, 1));
    const uint64_t flags = argument(operation, 2);
    if ((flags & kUnshare) != 0) process.fds = std::make_shared<FdTable>(*process.fds);
    if ((flags & kCloseOnExec) != 0)
        process.fds->set_close_on_exec_range(first, last);
    else
        process.fds->close_range(first, last);
}

uint64_t open_flags(const Operation& operation) {
    if (const Operand* flags = operation.first_operand(OperandKind::kFlags))
        return flags->register_value;
    const Operand* how = operation.first_operand(OperandKind::kOpenHow);
    uint64_t flags = 0;
    if (how != nullptr && how->entry && how->entry->bytes.size() >= sizeof flags)
        std::memcpy(&flags, how->entry->bytes.data(), sizeof flags);
    return flags;
}

constexpr uint64_t kCloseOnExec = 02000000;  // O_CLOEXEC

void control(const Operation& operation, FdTable& fds) {
    constexpr uint64_t kDup = 0, kSetFlags = 2, kDupCloseOnExec = 1030;  // fcntl(2)
    const uint64_t command = argument(operation, 1);
    const auto made = static_cast<int>(operation.result.value_or(-1));
    if (command == kDup || command == kDupCloseOnExec)
        fds.duplicate(descriptor(operation, 0), made, command == kDupCloseOnExec);
    else if (command == kSetFlags)
        fds.set_close_on_exec(descriptor(operation, 0), (argument(operation, 2) & 1U) != 0);
}

void change_descriptors(const Operation& operation, Process& process) {
    const std::string_view name = operation.syscall->name;
    FdTable& fds = *process.fds;
    // Of a close that failed the descriptor is gone all the same (close(2)), unless it was none.
    if (name == "close") return fds.close(descriptor(operation, 0));
    if (!operation.result || *operation.result < 0 || *operation.result > INT_MAX) return;
    const auto made = static_cast<int>(*operation.result);
    if (operation.syscall->group == SyscallGroup::kOpen) {
        const auto& returned = operation.object(ObjectRole::kReturned);
        fds.open(made, returned != nullptr ? returned : operation.object(ObjectRole::kOpened),
                 (open_flags(operation) & kCloseOnExec) != 0);
    } else if (name == "dup" || name == "dup2" || name == "dup3") {
        fds.duplicate(descriptor(operation, 0), made,
                      name == "dup3" && (argument(operation, 2) & kCloseOnExec) != 0);
    } else if (name == "fcntl") {
        control(operation, fds);
    } else if (name == "close_range") {
        close_range(operation, process);
    }
}

}  // namespace

void WorldState::observe(const Event& event) {
    if (event.task == nullptr) return;
    const Task& task = *event.task;
    if (const auto* found = std::get_if<TaskFound>(&event.body)) return observe_found(task, *found);
    Process& process = ensure(task);
    process.last_seen = own(task);
    if (const auto* fork = std::get_if<TaskForked>(&event.body)) {
        if (fork->child != nullptr) observe_fork(task, *fork);
    } else if (const auto* hook = std::get_if<HookFired>(&event.body)) {
        if (auto executable = views_.own(hook->objects, ObjectRole::kExecutable))
            process.executable = std::move(executable);
    } else if (const auto* exit = std::get_if<TaskExited>(&event.body)) {
        if (exit->last_thread) by_tgid_.erase(task.id.tgid);
    }
}

void WorldState::observe_fork(const Task& parent, const TaskForked& fork) {
    const Task& child = *fork.child;
    if (child.id.tgid == parent.id.tgid) return;  // a thread
    const Process& from = by_tgid_.at(parent.id.tgid);
    auto executable = from.executable;
    const TaskId parent_id = from.id;
    auto place = fork.shares_place ? from.place : std::make_shared<Place>(*from.place);
    auto fds = fork.shares_files ? from.fds : std::make_shared<FdTable>(*from.fds);
    Process& process = begin(child, Process::Origin::kForked);
    process.parent = parent_id;
    process.executable = std::move(executable);
    process.place = std::move(place);
    process.fds = std::move(fds);
}

void WorldState::observe_found(const Task& task, const TaskFound& found) {
    const auto at = by_tgid_.find(task.id.tgid);
    Process& process = at == by_tgid_.end() ? begin(task, Process::Origin::kFound) : at->second;
    if (is_leader(task.id)) {
        process.id = task.id;
        process.last_seen = own(task);
    }
    if (found.parent != nullptr && !process.parent) process.parent = found.parent->id;
    if (auto executable = views_.own(found.objects, ObjectRole::kExecutable))
        process.executable = std::move(executable);
    if (auto cwd = views_.own(found.objects, ObjectRole::kCwd)) process.place->cwd = std::move(cwd);
    if (auto root = views_.own(found.objects, ObjectRole::kRoot))
        process.place->root = std::move(root);
}

void WorldState::observe(const Operation& operation) {
    Process* process =
        find_own(operation.task_after ? operation.task_after->id : operation.task.id);
    if (process == nullptr || operation.is_orphan) return;
    if (operation.syscall->group == SyscallGroup::kPlace)
        move(operation, *process->place);
    else if (operation.syscall->name == "unshare")
        unshare(operation, *process);
    else if (operation.syscall->group == SyscallGroup::kExec && operation.succeeded() == true)
        exec(*process);
    else
        change_descriptors(operation, *process);
}

Process* WorldState::find_own(const TaskId& id) {
    const auto at = by_tgid_.find(id.tgid);
    return at != by_tgid_.end() && may_belong(at->second, id) ? &at->second : nullptr;
}

Process& WorldState::ensure(const Task& task) {
    const auto at = by_tgid_.find(task.id.tgid);
    if (at == by_tgid_.end() || !may_belong(at->second, task.id))
        return begin(task, Process::Origin::kPartial);
    if (is_leader(task.id)) at->second.id = task.id;
    return at->second;
}

Process& WorldState::begin(const Task& task, Process::Origin origin) {
    ++seen_;
    if (origin == Process::Origin::kPartial) ++partial_;
    Process process;
    process.origin = origin;
    process.id = is_leader(task.id) ? task.id : TaskId{task.id.tgid, task.id.tgid, {}};
    process.last_seen = own(task);
    return by_tgid_.insert_or_assign(task.id.tgid, std::move(process)).first->second;
}

const Process* WorldState::find(const TaskId& id) const {
    const auto at = by_tgid_.find(id.tgid);
    return at != by_tgid_.end() && may_belong(at->second, id) ? &at->second : nullptr;
}

Caller WorldState::caller(const TaskId& id) const {
    Caller caller;
    const Process* process = find(id);
    if (process == nullptr) {
        caller.partial = true;
        return caller;
    }
    caller.executable = process->executable;
    caller.partial = process->origin == Process::Origin::kPartial;
    caller.parent = process->parent;
    if (!caller.parent) return caller;
    if (const Process* parent = find(*caller.parent)) {
        caller.parent_executable = parent->executable;
        caller.parent_comm = parent->last_seen.comm;
    }
    return caller;
}

}  // namespace tocsin
