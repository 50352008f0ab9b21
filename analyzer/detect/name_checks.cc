// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/name_checks.h"

#include "analyzer/detect/candidate.h"
#include "analyzer/detect/forget.h"
#include "analyzer/detect/mutations.h"

namespace tocsin {
namespace {

void put(std::string& key, size_t at, uint64_t number) {
    key.replace(at * sizeof number, sizeof number, reinterpret_cast<const char*>(&number),
                sizeof number);
}

// Where the process stands in a key; its rights and the name follow.
void put_process(std::string& key, int32_t tgid, BootTime started) {
    put(key, 0, static_cast<uint64_t>(tgid));
    put(key, 1, started.ns);
}

// Whether the kernel decided about this call of another thread after that one, though it was over
// before: it is then no check for that one, but the later of the two.
bool has_overtaken(const Operation& call, const Operation& slower) {
    return call.task.id.tid != slower.task.id.tid && decision_of(call) > decision_of(slower);
}

// nullptr: the kernel decided about each of them after the operation.
const NameChecks::Check* last_before(const Operation& operation, const NameChecks::Check& last) {
    if (!has_overtaken(*last.operation, operation)) return &last;
    const NameChecks::Check* earlier = last.earlier.get();
    return earlier != nullptr && !has_overtaken(*earlier->operation, operation) ? earlier : nullptr;
}

}  // namespace

std::string NameChecks::key_of(const Operation& operation, const std::string& name,
                               const WorldState& world) {
    const Process* process = world.find(operation.task.id);
    const Credentials& ids = operation.task.credentials;
    const Namespaces& spaces = operation.task.namespaces;
    const uint64_t numbers[] = {
        0,         0,        ids.uid,   ids.euid,      ids.suid,      ids.fsuid,   ids.gid,
        ids.egid,  ids.sgid, ids.fsgid, ids.permitted, ids.effective, spaces.user, spaces.mount,
        spaces.pid};
    std::string key;
    key.reserve(sizeof numbers + name.size());
    key.assign(reinterpret_cast<const char*>(numbers), sizeof numbers);
    put_process(key, operation.task.id.tgid, process != nullptr ? process->id.started : BootTime{});
    return key += name;
}

const NameChecks::Check* NameChecks::before(const Operation& operation, const std::string& key,
                                            const WorldState& world) const {
    const auto own = checks_.find(key);
    if (own != checks_.end()) return last_before(operation, own->second);
    const Process* process = world.find(operation.task.id);
    if (process == nullptr || !process->parent) return nullptr;
    std::string key_of_parent = key;
    put_process(key_of_parent, process->parent->tgid, process->parent->started);
    const auto parents = checks_.find(key_of_parent);
    if (parents == checks_.end()) return nullptr;
    const Check* check = last_before(operation, parents->second);
    const bool is_recent = check != nullptr && later(decision_of(*check->operation),
                                                     kInheritedForNs) >= decision_of(operation);
    return is_recent ? check : nullptr;
}

void NameChecks::note(const std::shared_ptr<const Operation>& operation, size_t operand,
                      const std::optional<ObjectId>& after, std::string key,
                      const WorldState& world) {
    const auto known = checks_.find(key);
    const Check* last = known != checks_.end() ? &known->second : nullptr;
    if (last != nullptr && has_overtaken(*last->operation, *operation)) return;
    if (!after) {
        if (last != nullptr) checks_.erase(known);
        return;
    }
    Check made{operation, operand, *after, ++seen_, nullptr};
    if (last != nullptr && last->operation->task.id.tid == operation->task.id.tid)
        made.earlier = last->earlier;
    else if (last != nullptr)
        made.earlier = std::make_shared<const Check>(
            Check{last->operation, last->operand, last->after, last->number, nullptr});
    checks_.insert_or_assign(std::move(key), std::move(made));
    if (checks_.size() > most_) forget_some(world);
}

void NameChecks::forget_some(const WorldState& world) {
    std::erase_if(checks_, [&](const auto& entry) {
        return world.find(entry.second.operation->task.id) == nullptr;
    });
    if (checks_.size() <= most_ / 2) return;
    forgotten_ += forget_older_half(checks_);
}

}  // namespace tocsin
