// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/exposure.h"

#include <string>
#include <tuple>

namespace tocsin {
namespace {

constexpr uint32_t kOwnerWrites = 0200, kOthersWrite = 022;

// Whether the directory's mode lets anybody but root and this user change the entry.
bool may_be_changed_by_others(const Binding& binding, uint32_t uid) {
    const FileObject::Link& directory = binding.file->parent->link;
    const auto is_other = [&](uint32_t owner) { return owner != 0 && owner != uid; };
    const bool is_owned = is_other(directory.uid) && (directory.mode & kOwnerWrites) != 0;
    if (is_owned) return true;
    if ((directory.mode & kOthersWrite) == 0) return false;
    return !directory.is_sticky() || binding.child == ObjectId{} ||
           is_other(binding.file->link.uid);
}

bool may_change(const TaskState& task, const Binding& binding) {
    const FileObject::Link& directory = binding.file->parent->link;
    if (!may(task, Right::kWrite, directory)) return false;
    return !directory.is_sticky() || binding.child == ObjectId{} ||
           may(task, Right::kOwn, directory) || may(task, Right::kOwn, binding.file->link);
}

}  // namespace

void Exposures::sees(const TaskState& task) {
    users_.try_emplace(task.credentials.fsuid, task);
}

void Exposures::add(const CheckedUse& pair, const NameLookup& walked) {
    const Operation& use = *pair.use;
    for (const Binding& binding : walked.bindings) {
        if (!may_be_changed_by_others(binding, use.task->credentials.fsuid)) continue;
        Key key;
        if (const auto executable = use.caller.executable()) key.executable = executable->link.id;
        key.directory = binding.cell.directory;
        key.check = pair.check->syscall->number;
        key.use = use.syscall->number;
        key.uid = use.task->credentials.fsuid;
        const auto gap = gap_between(decision_of(*pair.check), decision_of(use));
        const auto known = exposures_.find(key);
        if (known == exposures_.end() && exposures_.size() == kMost) {
            ++left_out_;
        } else if (known == exposures_.end()) {
            exposures_.emplace(key, Exposure{pair, binding, walked.leaf(), gap, 1});
        } else if (uint64_t times = known->second.times + 1; gap < known->second.gap) {
            known->second = {pair, binding, walked.leaf(), gap, times};
        } else {
            known->second.times = times;
        }
        return;
    }
}

const TaskState* Exposures::who_could_change(const Exposure& exposure) const {
    const TaskState* peer = nullptr;
    for (const auto& [uid, task] : users_) {
        if (!may_change(task, exposure.place)) continue;
        const Standing standing = standing_of(task, exposure.pair.use->task);
        if (standing == Standing::kLessPrivileged) return &task;
        if (standing == Standing::kPeer && peer == nullptr) peer = &task;
    }
    return peer;
}

// Directories of one path are one, however often it was made anew.
std::vector<Exposures::Exposure> Exposures::by_path() {
    std::map<std::tuple<std::string, std::string, Key>, Exposure> merged;
    for (auto& [key, exposure] : exposures_) {
        const auto executable = exposure.pair.use->caller.executable();
        Key alike = key;
        alike.executable = alike.directory = {};
        const auto [at, is_new] =
            merged.try_emplace({executable != nullptr ? executable->path() : std::string(),
                                exposure.place.file->parent->path(), alike},
                               exposure);
        if (is_new) continue;
        const uint64_t times = at->second.times + exposure.times;
        if (exposure.gap < at->second.gap) at->second = std::move(exposure);
        at->second.times = times;
    }
    std::vector<Exposure> list;
    for (auto& [key, exposure] : merged) list.push_back(std::move(exposure));
    return list;
}

void Exposures::finish(CandidateSink& sink) {
    for (const Exposure& exposure : by_path()) {
        NameRace race = race_of(exposure.pair);
        race.place = exposure.place;
        race.expected = race.found = exposure.end.file;
        race.expected_id = race.found_id = exposure.end.child;
        if (const TaskState* task = who_could_change(exposure)) race.exposed_to = *task;
        put(Rule::kF4, exposure.pair, std::move(race), {{{exposure.gap, {}}}, {}}, sink,
            exposure.times);
    }
    exposures_.clear();
}

}  // namespace tocsin
