// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/amplifiers.h"

#include <algorithm>
#include <string_view>

namespace tocsin {
namespace {

// The process that the call stops, or the thread's; 0: none.
int32_t stopped_by(const Operation& operation) {
    constexpr uint64_t kSigStop = 19;  // signal(7), x86-64
    if (operation.syscall->group != SyscallGroup::kProcess) return 0;
    const std::string_view name = operation.syscall->name;
    const bool sends = name == "kill" || name == "tkill" || name == "tgkill" ||
                       name == "rt_sigqueueinfo" || name == "rt_tgsigqueueinfo";
    const Operand* signal = operation.first_operand(OperandKind::kValue);
    const Operand* pid = operation.first_operand(OperandKind::kPid);
    if (!sends || signal == nullptr || pid == nullptr || signal->register_value != kSigStop)
        return 0;
    return std::max(pid->as_int(), 0);
}

bool watches(const Operation& operation) {
    constexpr uint64_t kMarkAdd = 1;  // fanotify_mark(2)
    if (operation.syscall->name == "inotify_add_watch") return true;
    if (operation.syscall->name != "fanotify_mark") return false;
    const Operand* flags = operation.first_operand(OperandKind::kFlags);
    return flags != nullptr && (flags->register_value & kMarkAdd) != 0;
}

// The file that the call takes a lease on: fcntl(2).
std::optional<ObjectId> leased_by(const Operation& operation, const WorldState& world) {
    constexpr uint64_t kSetLease = 1024, kUnlock = 2;
    if (operation.syscall->name != "fcntl" || operation.entry_missing) return std::nullopt;
    const Operand* command = operation.operand_of(1, OperandKind::kValue);
    const Operand* kind = operation.operand_of(2, OperandKind::kValue);
    const Operand* descriptor = operation.first_operand(OperandKind::kDirfd);
    const Process* process = world.find(operation.task->id);
    if (command == nullptr || kind == nullptr || descriptor == nullptr || process == nullptr ||
        command->register_value != kSetLease || kind->register_value == kUnlock)
        return std::nullopt;
    const FdTable::Slot* slot = process->fds->find(descriptor->as_int());
    if (slot == nullptr || slot->object == nullptr) return std::nullopt;
    return slot->object->link.id;
}

// Whether it is the place that was changed, what it led to, or the directory of either.
bool is_on_the_way(const ObjectId& id, const NameRace& race) {
    const auto is_it = [&](const FileObject* file) {
        return file != nullptr &&
               (file->link.id == id || (file->parent != nullptr && file->parent->link.id == id));
    };
    return is_it(race.place.file.get()) || is_it(race.expected.get()) || is_it(race.found.get());
}

}  // namespace

void Amplifiers::observe(const std::shared_ptr<const Operation>& operation,
                         const WorldState& world) {
    if (operation->is_orphan || operation->succeeded() == false) return;
    Act act{nullptr, stopped_by(*operation), {}, {}};
    if (watches(*operation) && operation->object() != nullptr) {
        act.watched = operation->object()->link.id;
        act.what = "watched for its uses";
    } else if (const auto leased = leased_by(*operation, world)) {
        act.watched = leased;
        act.what = "held a lease, which stalls its opening";
    }
    if (act.stopped == 0 && !act.watched) return;
    act.operation = operation;
    acts_.push_back(std::move(act));
    if (acts_.size() > kMostActs) acts_.pop_front();
}

std::string Amplifiers::of(const Candidate& candidate) const {
    const Mutation* change = candidate.race != nullptr ? candidate.race->explained_by() : nullptr;
    if (change == nullptr) return {};
    const NameRace& race = *candidate.race;
    const Operation& use = *candidate.operation;
    for (const Act& act : acts_) {
        const Operation& operation = *act.operation;
        const bool is_attackers =
            standing_of(operation.task, change->operation->task) == Standing::kSamePrincipal;
        if (!is_attackers || operation.began > use.last_time()) continue;
        const std::string call(operation.syscall->name);
        if (act.stopped == use.task->id.tgid && operation.last_time() >= race.check->began)
            return "who changed it stopped the process in between, by " + call;
        if (act.watched && is_on_the_way(*act.watched, race))
            return "who changed it " + std::string(act.what) + ", by " + call;
    }
    if (use.links.size() >= kManyLinks)
        return "the name leads through " + std::to_string(use.links.size()) +
               " symbolic links, which takes time";
    return {};
}

}  // namespace tocsin
