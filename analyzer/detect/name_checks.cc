// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/name_checks.h"

#include <utility>
#include <vector>

#include "analyzer/detect/candidate.h"
#include "analyzer/detect/forget.h"
#include "analyzer/detect/mutations.h"

namespace tocsin {
namespace {

// Whether the kernel decided about this call of another thread after that one, though it was over
// before: it is then no check for that one, but the later of the two.
bool has_overtaken(const Operation& call, const Operation& slower) {
    return call.task->id.tid != slower.task->id.tid && decision_of(call) > decision_of(slower);
}

// nullptr: the kernel decided about each of them after the operation.
const NameChecks::Check* last_before(const Operation& operation, const NameChecks::Check& last) {
    if (!has_overtaken(*last.operation, operation)) return &last;
    const NameChecks::Check* earlier = last.earlier.get();
    return earlier != nullptr && !has_overtaken(*earlier->operation, operation) ? earlier : nullptr;
}

}  // namespace

size_t NameChecks::Hash::operator()(const Subject& subject) const {
    uint64_t hash = static_cast<uint32_t>(subject.tgid);
    for (const uint64_t number :
         {subject.started.ns, uint64_t{subject.credentials.euid},
          uint64_t{subject.credentials.fsuid}, uint64_t{subject.credentials.egid},
          uint64_t{subject.namespaces.mount}})
        hash = (hash ^ number) * 0x9e3779b97f4a7c15U;
    return hash ^ hash >> 32U;
}

NameChecks::Subject NameChecks::subject_of(const Operation& operation, const WorldState& world) {
    const Process* process = world.find(operation.task->id);
    return {operation.task->id.tgid, process != nullptr ? process->id.started : BootTime{},
            operation.task->credentials, operation.task->namespaces};
}

const NameChecks::Check* NameChecks::before(const Operation& operation, const std::string& name,
                                            const WorldState& world) const {
    const auto check_by = [&](const Subject& subject) -> const Check* {
        const auto checks = by_subject_.find(subject);
        if (checks == by_subject_.end()) return nullptr;
        const auto check = checks->second.by_name.find(name);
        return check != checks->second.by_name.end() ? &check->second : nullptr;
    };
    Subject subject = subject_of(operation, world);
    if (const Check* own = check_by(subject)) return last_before(operation, *own);
    const Process* process = world.find(operation.task->id);
    if (process == nullptr || !process->parent) return nullptr;
    subject.tgid = process->parent->tgid;
    subject.started = process->parent->started;
    const Check* parents = check_by(subject);
    const Check* check = parents != nullptr ? last_before(operation, *parents) : nullptr;
    const bool is_recent = check != nullptr && later(decision_of(*check->operation),
                                                     kInheritedForNs) >= decision_of(operation);
    return is_recent ? check : nullptr;
}

void NameChecks::note(const std::shared_ptr<const Operation>& operation, size_t operand,
                      const std::optional<ObjectId>& after, std::string name,
                      const WorldState& world) {
    const Subject subject = subject_of(*operation, world);
    Checks& checks = by_subject_[subject];
    checks.last = operation->task->id;
    const auto known = checks.by_name.find(name);
    const Check* last = known != checks.by_name.end() ? &known->second : nullptr;
    if (last != nullptr && has_overtaken(*last->operation, *operation)) return;
    if (!after) {
        if (last != nullptr) {
            checks.by_name.erase(known);
            --size_;
        }
        if (checks.by_name.empty()) by_subject_.erase(subject);
        return;
    }
    Check made{operation, operand, *after, ++seen_, nullptr};
    if (last != nullptr && last->operation->task->id.tid == operation->task->id.tid)
        made.earlier = last->earlier;
    else if (last != nullptr)
        made.earlier = std::make_shared<const Check>(
            Check{last->operation, last->operand, last->after, last->number, nullptr});
    if (last != nullptr) {
        known->second = std::move(made);
        return;
    }
    checks.by_name.emplace(std::move(name), std::move(made));
    if (++size_ > most_) forget_some(world);
}

void NameChecks::forget_some(const WorldState& world) {
    std::erase_if(by_subject_, [&](const auto& entry) {
        const Checks& checks = entry.second;
        if (world.find(checks.last) != nullptr) return false;
        size_ -= checks.by_name.size();
        return true;
    });
    if (size_ <= most_ / 2) return;
    std::vector<uint64_t> numbers;
    numbers.reserve(size_);
    for (const auto& [subject, checks] : by_subject_)
        for (const auto& [name, check] : checks.by_name) numbers.push_back(check.number);
    const uint64_t oldest_kept = middle_of(numbers);
    for (auto& [subject, checks] : by_subject_) {
        const size_t count = std::erase_if(
            checks.by_name, [&](const auto& entry) { return entry.second.number < oldest_kept; });
        forgotten_ += count;
        size_ -= count;
    }
    std::erase_if(by_subject_, [](const auto& entry) { return entry.second.by_name.empty(); });
}

}  // namespace tocsin
