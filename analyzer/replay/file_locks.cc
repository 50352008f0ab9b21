// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/file_locks.h"

#include <algorithm>

namespace tocsin {
namespace {

constexpr int64_t kShared = 0, kExclusive = 1, kLetGo = 2;  // fcntl(2): F_RDLCK, F_WRLCK, F_UNLCK

const ObjectNode* locked_by(const HookFired& body) {
    for (const KernelObject& object : body.objects)
        if (object.role == ObjectRole::kLocked) return object.node;
    return nullptr;
}

}  // namespace

std::vector<Heard> FileLocks::observe(const Event& event) {
    if (const auto* exited = std::get_if<TaskExited>(&event.body); exited != nullptr) {
        if (exited->last_thread) exit(event.task->id, event.time);
        return {};
    }
    const auto* hook = std::get_if<HookFired>(&event.body);
    if (hook == nullptr) return {};
    const OrderHook kind = order_hook(hook->hook);
    if (kind != OrderHook::kPosixLock && kind != OrderHook::kFlock) return {};
    const ObjectNode* node = locked_by(*hook);
    if (node == nullptr) return {};
    const File file{node->id, kind};
    if (hook->detail == kLetGo) {
        if (const auto known = files_.find(file); known != files_.end())
            let_go(event, known->second);
        return {};
    }
    if (hook->detail != kShared && hook->detail != kExclusive) return {};
    // Without its place here an exit lets go of nothing, which only says less.
    if (of_process_.size() >= kMostFiles * kMostHolds) of_process_.clear();
    of_process_.insert({event.task->id.tgid, file});
    return get(event, locks_on(file), hook->detail == kExclusive);
}

FileLocks::Locks& FileLocks::locks_on(const File& file) {
    if (const auto known = files_.find(file); known != files_.end()) return known->second;
    if (files_.size() == kMostFiles) {
        files_.erase(in_order_.front());
        in_order_.pop_front();
    }
    in_order_.push_back(file);
    return files_[file];
}

std::vector<Heard> FileLocks::get(const Event& event, Locks& locks, bool is_exclusive) {
    const TaskId& task = event.task->id;
    // To get the other kind of lock lets go of the one before.
    let_go_own(locks, {task, event.time, {}});
    std::vector<Heard> heard;
    std::erase_if(locks.holds, [&](const Hold& hold) {
        if (!hold.is_exclusive && !is_exclusive) return false;
        if (hold.task.tgid == task.tgid) return is_exclusive;
        heard.push_back(hold.let_go.value_or(Heard{hold.task, hold.since, hold.since}));
        return true;
    });
    if (locks.holds.size() == kMostHolds) locks.holds.pop_front();
    locks.holds.push_back({task, is_exclusive, false, event.time, std::nullopt});
    if (locks.known.size() < kMostHolds) locks.known.insert(task.tgid);
    return heard;
}

void FileLocks::let_go_own(Locks& locks, const Heard& heard) {
    for (Hold& hold : locks.holds) {
        if (hold.task.tgid != heard.from.tgid || !hold.is_held()) continue;
        hold.let_go = heard;
        hold.let_go->rests_on = hold.since;
    }
}

void FileLocks::let_go(const Event& event, Locks& locks) {
    const TaskId& task = event.task->id;
    if (locks.known.contains(task.tgid)) return let_go_own(locks, {task, event.time, {}});
    for (Hold& hold : locks.holds)
        if (hold.is_held()) hold.may_be_shared = true;
}

// What a process still has when it ends it lets go of behind its last record.
void FileLocks::exit(const TaskId& task, BootTime time) {
    auto own = of_process_.lower_bound({task.tgid, File{}});
    while (own != of_process_.end() && own->first == task.tgid) {
        if (const auto known = files_.find(own->second); known != files_.end()) {
            let_go_own(known->second, {task, time, {}, true});
            known->second.known.erase(task.tgid);
        }
        own = of_process_.erase(own);
    }
}

}  // namespace tocsin
