// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/world_state.h"

#include <string_view>

#include "analyzer/replay/descriptor_changes.h"
#include "analyzer/replay/name_text.h"

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

constexpr uint64_t kFs = 0x200, kFiles = 0x400;  // clone(2)
constexpr uint64_t kNewMountNamespace = 0x20000, kNewUserNamespace = 0x10000000;

// The flags of a call that takes them in a register; nullopt: not recorded.
std::optional<uint64_t> flags_of(const Operation& operation) {
    const Operand* flags = operation.first_operand(OperandKind::kFlags);
    if (flags == nullptr || operation.entry_missing) return std::nullopt;
    return flags->register_value;
}

bool moves_its_caller(const Operation& operation) {
    if (operation.syscall->group != SyscallGroup::kPlace) return false;
    const std::string_view name = operation.syscall->name;
    return name == "chdir" || name == "fchdir" || name == "chroot" || name == "pivot_root";
}

void move(const Operation& operation, Place& place) {
    const bool is_known = operation.succeeded().has_value();
    const bool moves_root = operation.syscall->name.find("root") != std::string_view::npos;
    place.cwd = is_known ? operation.object(ObjectRole::kCwd) : nullptr;
    if (moves_root) place.root = is_known ? operation.object(ObjectRole::kRoot) : nullptr;
}

void forget_places(Process& process) {
    process.place = std::make_shared<Place>();
    process.has_places = true;
}

void forget_tables(Process& process, const std::shared_ptr<SlotBudget>& budget) {
    process.fds = std::make_shared<FdTable>(budget);
    process.has_tables = true;
}

// unshare(2): of one thread alone. A new user or mount namespace unshares the place, too.
void unshare(const Operation& operation, Process& process,
             const std::shared_ptr<SlotBudget>& budget) {
    if (operation.succeeded() == false) return;
    const auto flags = flags_of(operation);
    const bool is_certain = flags && operation.result;
    constexpr uint64_t kPlaces = kFs | kNewMountNamespace | kNewUserNamespace;
    if ((flags.value_or(kPlaces) & kPlaces) != 0) {
        if (!is_certain && process.place.use_count() > 1) *process.place = Place{};
        process.place = std::make_shared<Place>(*process.place);
        if (process.threads > 1) forget_places(process);
    }
    if ((flags.value_or(kFiles) & kFiles) != 0) {
        if (!is_certain && process.fds.use_count() > 1) process.fds->forget_all();
        process.fds = std::make_shared<FdTable>(*process.fds);
        if (process.threads > 1) forget_tables(process, budget);
    }
}

// setns(2): into a mount namespace, at whose root the caller then is. Which kind of namespace it is
// does not have to be said.
void enter_namespace(const Operation& operation, Process& process) {
    if (operation.succeeded() == false) return;
    const uint64_t kind = flags_of(operation).value_or(0);
    if (kind == 0 || (kind & kNewMountNamespace) != 0) *process.place = Place{};
}

}  // namespace

void WorldState::observe(const Event& event) {
    if (event.task == nullptr) return;
    const Task& task = *event.task;
    mount_namespaces_->observe(task.namespaces, event.time);
    if (const auto* found = std::get_if<TaskFound>(&event.body)) return observe_found(task, *found);
    Process& process = ensure(task);
    process.last_seen = own(task);
    if (const auto* fork = std::get_if<TaskForked>(&event.body)) {
        if (fork->child == nullptr) return;
        mount_namespaces_->observe_fork(task.namespaces, fork->child->namespaces, event.time);
        observe_fork(task, *fork);
    } else if (const auto* hook = std::get_if<HookFired>(&event.body)) {
        observe_exec(process, task, *hook);
    } else if (const auto* exit = std::get_if<TaskExited>(&event.body)) {
        if (exit->last_thread) {
            last_found_ = nullptr;
            by_tgid_.erase(task.id.tgid);
        } else if (process.threads > 1) {
            --process.threads;
        }
    }
}

void WorldState::observe_exec(Process& process, const Task& task, const HookFired& exec) {
    auto executable = own(exec.objects, ObjectRole::kExecutable);
    if (executable == nullptr) return;
    auto image = std::make_shared<ProcessImage>(*process.image);
    image->executable = std::move(executable);
    image->command_line.reset();
    for (const KernelCopy& copy : exec.copies)
        if (copy.kind == OperandKind::kArgv) image->command_line = own(copy.value);
    image->comm = task.comm;
    image->credentials = task.credentials;
    process.image = std::move(image);
    process.memory = std::make_shared<const int>();
}

void WorldState::observe_fork(const Task& parent, const TaskForked& fork) {
    const Task& child = *fork.child;
    Process& from = by_tgid_.at(parent.id.tgid);
    if (child.id.tgid == parent.id.tgid) return observe_thread(from, fork);
    const auto image = from.image;
    const TaskId parent_id = from.id;
    const auto memory = fork.shares_memory ? from.memory : std::make_shared<const int>();
    // What one thread of several shares with its child is not what their process has.
    auto place =
        fork.shares_place && !from.has_places ? from.place : std::make_shared<Place>(*from.place);
    auto fds =
        fork.shares_files && !from.has_tables ? from.fds : std::make_shared<FdTable>(*from.fds);
    Process& process = begin(child, Process::Origin::kForked);
    process.parent = parent_id;
    process.image = forked_from(image, process.last_seen);
    process.place = std::move(place);
    process.fds = std::move(fds);
    process.memory = memory;
}

void WorldState::observe_thread(Process& process, const TaskForked& fork) {
    ++process.threads;
    if (!fork.shares_place) forget_places(process);
    if (!fork.shares_files) forget_tables(process, slots_);
}

void WorldState::observe_found(const Task& task, const TaskFound& found) {
    const auto at = by_tgid_.find(task.id.tgid);
    Process& process = at == by_tgid_.end() ? begin(task, Process::Origin::kFound) : at->second;
    if (is_leader(task.id)) {
        process.id = task.id;
        process.last_seen = own(task);
    } else {
        ++process.threads;
    }
    if (found.parent != nullptr && !process.parent) process.parent = found.parent->id;
    const Process* parent = process.parent ? find(*process.parent) : nullptr;
    auto image =
        parent != nullptr && parent != &process
            ? std::make_shared<ProcessImage>(*forked_from(parent->image, process.last_seen))
            : std::make_shared<ProcessImage>(*process.image);
    image->parent_id = process.parent;
    image->command_line.reset();
    image->executable = own(found.objects, ObjectRole::kExecutable);
    if (image->executable == nullptr) image->executable = process.image->executable;
    process.image = std::move(image);
    if (auto cwd = own(found.objects, ObjectRole::kCwd)) process.place->cwd = std::move(cwd);
    if (auto root = own(found.objects, ObjectRole::kRoot)) process.place->root = std::move(root);
}

void WorldState::observe(const Operation& operation) {
    mount_namespaces_->observe(operation);
    Process* process =
        find_own(operation.task_after ? operation.task_after->id : operation.task->id);
    if (process == nullptr || operation.is_orphan) return;
    count_starts(operation, *process);
    const std::string_view name = operation.syscall->name;
    if (moves_its_caller(operation)) {
        if (operation.succeeded() == false) return;
        if (name == "pivot_root") ++gaps_.pivots;
        if (!process->has_places) move(operation, *process->place);
    } else if (name == "unshare") {
        unshare(operation, *process, slots_);
    } else if (name == "setns") {
        enter_namespace(operation, *process);
    } else if (!process->has_tables) {
        change_descriptors(operation, process->fds);
    }
    if (operation.syscall->group == SyscallGroup::kExec && operation.succeeded() == true) {
        // The one thread that is left; what was its own is not known still.
        process->threads = 1;
        process->has_places = process->has_tables = false;
    }
}

void WorldState::count_starts(const Operation& operation, const Process& process) {
    for (const Operand& operand : operation.operands) {
        const auto start = start_of(operation, operand, process);
        if (!start) continue;
        ++gaps_.names_started;
        if (start->directory != nullptr) continue;
        ++(start->from == NameStart::From::kRoot  ? gaps_.of_unknown_root
           : start->from == NameStart::From::kCwd ? gaps_.of_unknown_cwd
                                                  : gaps_.of_unknown_descriptor);
    }
}

WorldGaps WorldState::gaps() const {
    WorldGaps gaps = gaps_;
    gaps.slots_left_out = slots_->left_out;
    return gaps;
}

Process* WorldState::find_own(const TaskId& id) {
    return const_cast<Process*>(find(id));
}

Process& WorldState::ensure(const Task& task) {
    Process* known = find_own(task.id);
    if (known == nullptr) return begin(task, Process::Origin::kPartial);
    if (is_leader(task.id)) known->id = task.id;
    return *known;
}

Process& WorldState::begin(const Task& task, Process::Origin origin) {
    ++seen_;
    if (origin == Process::Origin::kPartial) ++partial_;
    Process process;
    process.fds = std::make_shared<FdTable>(slots_);
    process.origin = origin;
    process.id = is_leader(task.id) ? task.id : TaskId{task.id.tgid, task.id.tgid, {}};
    process.last_seen = own(task);
    auto image = std::make_shared<ProcessImage>();
    image->process = process.id;
    image->comm = task.comm;
    image->credentials = task.credentials;
    process.image = std::move(image);
    return by_tgid_.insert_or_assign(task.id.tgid, std::move(process)).first->second;
}

const Process* WorldState::find(const TaskId& id) const {
    const Process* process = find_process(id.tgid);
    return process != nullptr && may_belong(*process, id) ? process : nullptr;
}

const Process* WorldState::find_process(int32_t tgid) const {
    if (last_found_ == nullptr || last_found_->first != tgid) {
        const auto at = by_tgid_.find(tgid);
        if (at == by_tgid_.end()) return nullptr;
        last_found_ = &*at;
    }
    return &last_found_->second;
}

Caller WorldState::caller(const TaskId& id) const {
    Caller caller;
    const Process* process = find(id);
    if (process == nullptr) {
        caller.partial = true;
        return caller;
    }
    caller.image = process->image;
    caller.partial = process->origin == Process::Origin::kPartial;
    caller.threads = process->threads;
    caller.sharers_of_memory = static_cast<uint64_t>(process->memory.use_count());
    return caller;
}

}  // namespace tocsin
