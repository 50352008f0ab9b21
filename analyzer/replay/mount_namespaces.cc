// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/mount_namespaces.h"

#include <algorithm>
#include <string_view>

namespace tocsin {
namespace {

// mount(2)
constexpr uint64_t kAllBelow = 0x4000, kUnbindable = 1U << 17U, kPrivate = 1U << 18U,
                   kSlave = 1U << 19U, kShared = 1U << 20U;

bool is_of_all_mounts(const Operation& operation, uint64_t flags) {
    const auto& named = operation.object(ObjectRole::kNamed);
    return (flags & kAllBelow) != 0 && operation.succeeded() == true && named != nullptr &&
           named->path() == "/";
}

}  // namespace

// Calls that overlap are taken in the order of their ends.
void MountNamespaces::add(Namespace& space, State state) {
    state.since = std::max(state.since, space.states.back().since);
    space.states.push_back(state);
    if (space.states.size() > kMostStates) space.states.erase(space.states.begin());
}

MountNamespaces::Namespace* MountNamespaces::ensure(uint32_t id, BootTime time) {
    const auto at = spaces_.find(id);
    if (at != spaces_.end()) return &at->second;
    if (spaces_.size() >= kMost) return nullptr;
    return &(spaces_[id] = {time, std::nullopt, std::nullopt, {{time, 0, {}, {}}}});
}

void MountNamespaces::observe_fork(const Namespaces& parent, const Namespaces& child,
                                   BootTime time) {
    if (parent.mount != child.mount) make(parent, child, time);
}

// Numbers are used again: of a namespace that had this one nothing is left.
void MountNamespaces::make(const Namespaces& maker, const Namespaces& made, BootTime time) {
    const Namespace* from = ensure(maker.mount, time);
    if (from == nullptr || (spaces_.size() >= kMost && !spaces_.contains(made.mount))) return;
    State state{time, from->states.back().group, {}, {}};
    const bool only_receives = from->owner.value_or(maker.user) != made.user;
    if (only_receives) {
        state.group = 0;
        state.sends_nothing = time;
    }
    spaces_[made.mount] = {time, maker.mount, made.user, {state}};
}

void MountNamespaces::observe(const Operation& operation) {
    const std::string_view name = operation.syscall->name;
    const Namespaces& before = operation.task->namespaces;
    if (name == "unshare") {
        if (operation.task_after && operation.task_after->namespaces.mount != before.mount)
            make(before, operation.task_after->namespaces, operation.last_time());
        return;
    }
    if (operation.syscall->group != SyscallGroup::kPlace || operation.succeeded() == false) return;
    Namespace* space = ensure(before.mount, operation.began);
    if (space == nullptr) return;
    State state = space->states.back();
    state.since = operation.began;
    if (name == "mount" || name == "sb_mount") {
        change_propagation(operation, *space);
    } else if (name == "pivot_root" || name == "mount_setattr") {
        state.group = 0;
        add(*space, state);
    } else if (name == "move_mount") {
        // What was copied in another namespace by open_tree(2) comes with its peers.
        state.sends_nothing = state.receives_nothing = std::nullopt;
        add(*space, state);
    }
}

void MountNamespaces::change_propagation(const Operation& operation, Namespace& space) {
    const Operand* operand = operation.first_operand(OperandKind::kFlags);
    const bool is_known = operand != nullptr && !operation.entry_missing;
    const uint64_t flags = is_known ? operand->register_value : kPrivate;
    if ((flags & (kUnbindable | kPrivate | kSlave | kShared)) == 0) return;
    const bool is_of_all = is_known && is_of_all_mounts(operation, flags);
    State state = space.states.back();
    state.since = operation.began;
    if ((flags & kShared) != 0) {
        if (!is_of_all || state.group != 0) return;
        state.group = ++groups_;
        state.since = operation.last_time();
        if (!space.owner) space.owner = operation.task->namespaces.user;
    } else {
        state.group = 0;
        if (is_of_all) {
            state.sends_nothing = operation.last_time();
            if ((flags & kSlave) == 0) state.receives_nothing = operation.last_time();
        }
    }
    add(space, state);
}

const MountNamespaces::State* MountNamespaces::state_of(uint32_t id, BootTime at) const {
    const auto space = spaces_.find(id);
    if (space == spaces_.end()) return nullptr;
    const auto& states = space->second.states;
    const auto after =
        std::upper_bound(states.begin(), states.end(), at,
                         [](BootTime time, const State& state) { return time < state.since; });
    return after == states.begin() ? nullptr : &*std::prev(after);
}

// Whether it may have been made, by itself or those before it, from the other one after that time.
bool MountNamespaces::may_come_from(uint32_t id, uint32_t ancestor, BootTime after) const {
    auto at = spaces_.find(id);
    for (size_t steps = 0; steps < spaces_.size(); ++steps) {
        if (at == spaces_.end()) return true;
        if (at->second.first_seen <= after) return false;
        if (!at->second.maker || *at->second.maker == ancestor) return true;
        const auto maker = spaces_.find(*at->second.maker);
        if (maker == spaces_.end() || maker->second.first_seen > at->second.first_seen) return true;
        at = maker;
    }
    return true;
}

Propagation MountNamespaces::between(uint32_t from, uint32_t to, BootTime at) const {
    const State* sender = state_of(from, at);
    const State* receiver = state_of(to, at);
    if (sender == nullptr || receiver == nullptr) return Propagation::kUnknown;
    if (sender->group != 0 && sender->group == receiver->group) return Propagation::kYes;
    const auto is_cut = [&](const std::optional<BootTime>& since, uint32_t whose, uint32_t other) {
        return since && *since <= at && !may_come_from(other, whose, *since);
    };
    return is_cut(sender->sends_nothing, from, to) || is_cut(receiver->receives_nothing, to, from)
               ? Propagation::kNo
               : Propagation::kUnknown;
}

}  // namespace tocsin
