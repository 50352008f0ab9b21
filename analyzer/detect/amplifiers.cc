// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/amplifiers.h"

#include <algorithm>
#include <string_view>

namespace tocsin {
namespace {

// The process that the call stops, or the thread's; 0: none.
int32_t stopped_by(const Operation& operation) {
    constexpr uint64_t kSigStop = 19;  // signal(7), x86-64
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
    return operation.syscall->name == "inotify_add_watch" ||
           operation.syscall->name == "fanotify_mark";
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

void Amplifiers::observe(const std::shared_ptr<const Operation>& operation) {
    if (operation->succeeded() == false) return;
    const int32_t stopped = stopped_by(*operation);
    if (stopped == 0 && !watches(*operation)) return;
    acts_.push_back({operation, stopped});
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
        if (act.stopped == use.task.id.tgid && operation.last_time() >= race.check->began)
            return "who changed it stopped the process in between, by " + call;
        const FileObject* watched = operation.object();
        if (act.stopped == 0 && watched != nullptr && is_on_the_way(watched->link.id, race))
            return "who changed it watched for its uses, by " + call;
    }
    if (use.links.size() >= kManyLinks)
        return "the name leads through " + std::to_string(use.links.size()) +
               " symbolic links, which takes time";
    return {};
}

}  // namespace tocsin
