// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/world_state.h"

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

}  // namespace

void WorldState::observe(const Event& event) {
    if (event.task == nullptr) return;
    const Task& task = *event.task;
    if (const auto* found = std::get_if<TaskFound>(&event.body)) return observe_found(task, *found);
    Process& process = ensure(task);
    process.last_seen = own(task);
    if (const auto* fork = std::get_if<TaskForked>(&event.body)) {
        if (fork->child != nullptr) observe_fork(task, *fork->child);
    } else if (const auto* hook = std::get_if<HookFired>(&event.body)) {
        if (auto executable = views_.own(hook->objects, ObjectRole::kExecutable))
            process.executable = std::move(executable);
    } else if (const auto* exit = std::get_if<TaskExited>(&event.body)) {
        if (exit->last_thread) by_tgid_.erase(task.id.tgid);
    }
}

void WorldState::observe_fork(const Task& parent, const Task& child) {
    if (child.id.tgid == parent.id.tgid) return;  // a thread
    const Process& from = by_tgid_.at(parent.id.tgid);
    auto executable = from.executable;
    const TaskId parent_id = from.id;
    Process& process = begin(child, Process::Origin::kForked);
    process.parent = parent_id;
    process.executable = std::move(executable);
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
