// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/held_name.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "analyzer/replay/open_flags.h"

namespace tocsin {
namespace {

// What a changed name makes a use fail with, be it a defence that the caller asked for (O_EXCL,
// O_NOFOLLOW, RESOLVE_*: openat2(2)) or that permissions are.
bool is_defence(int64_t result) {
    switch (-result) {
        case ELOOP:
        case EXDEV:
        case EAGAIN:
        case EACCES:
        case EPERM:
        case EEXIST:
        case ENOTDIR:
        case EISDIR:
        case ENOENT:
            return true;
        default:
            return false;
    }
}

bool reads_content(const Operation& operation) {
    if (operation.syscall->group == SyscallGroup::kExec) return true;
    if (operation.syscall->group != SyscallGroup::kOpen) return false;
    const uint64_t flags = open_flags_of(operation);
    return (flags & (kOpenPath | kOpenTruncate)) == 0 &&
           (flags & kOpenAccessMode) != kOpenWriteOnly;
}

// Whether who made the call knows what was in the file then: read, run or written by themselves.
bool knows_content(const Operation& operation) {
    return operation.syscall->group == SyscallGroup::kExec ||
           (operation.syscall->group == SyscallGroup::kOpen &&
            (open_flags_of(operation) & kOpenPath) == 0);
}

// A mount shows where it is made, and in other namespaces as far as it propagates.
Propagation shows_to_user(const Operation& change, const Operation& use,
                          const MountNamespaces& namespaces) {
    const uint32_t from = change.task->namespaces.mount, to = use.task->namespaces.mount;
    if (change.syscall->group != SyscallGroup::kPlace || from == to) return Propagation::kYes;
    return namespaces.between(from, to, effect_of(change));
}

bool leads_away(const BindingChange& change, const ObjectId& from) {
    return change.before == from && change.after != from;
}

// Collects what explains a candidate, with the windows in which it does.
class Explanations {
  public:
    explicit Explanations(const CheckedUse& pair) : pair_(pair) {}

    // Made when it is asked for: most pairs are none.
    NameRace& race() {
        if (!race_) race_ = race_of(pair_);
        return *race_;
    }
    bool are_none() const { return births_.is_empty(); }
    // Not where the subject made the change itself.
    void add(const std::shared_ptr<const Operation>& operation, const Binding& place) {
        if (standing_to(*pair_.use, *operation) == Standing::kSamePrincipal) return;
        Mutation& mutation = mutation_by(race(), *pair_.use, operation);
        mutation.explains = true;
        mutation.place = place;
        births_.add({gap_between(decision_of(*pair_.check), decision_of(*pair_.use)),
                     gap_between(effect_of(*operation), decision_of(*pair_.use))});
        keep_the_most(race());
    }
    // Beside them, of whomever.
    void add_context(const std::shared_ptr<const Operation>& operation) {
        mutation_by(race(), *pair_.use, operation);
        keep_the_most(race());
    }
    void put(Rule rule, CandidateSink& sink) && {
        NameRace& found = race();
        sort_by_time(found);
        for (size_t i = 0; i < found.mutations.size(); ++i)
            if (found.mutations[i].explains) found.explanation = i;
        found.place = found.explained_by()->place;
        tocsin::put(rule, pair_, std::move(found), {std::move(births_), {}}, sink);
    }

  private:
    const CheckedUse& pair_;
    std::optional<NameRace> race_;
    Staircase births_;
};

}  // namespace

void HeldNames::add(CheckedUse pair, std::optional<NameLookup> walked,
                    std::shared_ptr<const MountNamespaces> namespaces) {
    if (!walked && !is_defence(pair.use->result.value_or(0))) return;
    held_.push_back({std::move(pair), std::move(walked), std::move(namespaces)});
}

void HeldNames::settle(BootTime now, CandidateSink& sink) {
    while (!held_.empty() && later(held_.front().pair.use->last_time(), kSettledAfterNs) < now) {
        judge(held_.front(), sink);
        held_.pop_front();
    }
}

void HeldNames::finish(CandidateSink& sink) {
    for (const Held& held : held_) judge(held, sink);
    held_.clear();
    exposures_.finish(sink);
}

// Nothing but the times says so: check and use found the same, or the use nothing.
bool HeldNames::counts_between(const Operation& change, const Held& held) {
    const CheckedUse& pair = held.pair;
    if (&change == pair.check.get() || &change == pair.use.get() ||
        !can_be_between(change, *pair.check, *pair.use, kClockUncertaintyNs))
        return false;
    const Propagation shows = shows_to_user(change, *pair.use, *held.namespaces);
    if (shows == Propagation::kUnknown) meets_unknown_mount_ = true;
    return shows == Propagation::kYes;
}

void HeldNames::judge(const Held& held, CandidateSink& sink) {
    meets_unknown_mount_ = false;
    look_for_races(held, sink);
    if (meets_unknown_mount_) ++of_unknown_mounts_;
}

void HeldNames::look_for_races(const Held& held, CandidateSink& sink) {
    if (!held.walked) {
        was_defended(held, sink);
        return;
    }
    const bool is_interfered = was_elsewhere_meanwhile(held, sink);
    const bool is_changed = was_changed(held, sink);
    if (!is_interfered && !is_changed && held.pair.use->succeeded().value_or(true))
        exposures_.add(held.pair, *held.walked);
}

// Away and back again. Whether the use came before, after or in between is not in doubt: it found
// what the check found.
bool HeldNames::was_elsewhere_meanwhile(const Held& held, CandidateSink& sink) {
    Explanations explanations(held.pair);
    for (const Binding& binding : held.walked->bindings) {
        const auto* changes = cells_.find(CellView(binding.cell));
        if (changes == nullptr) continue;
        std::optional<BootTime> last_back;
        for (const auto& change : *changes)
            if (counts_between(*change->operation, held) && change->what.after == binding.child)
                last_back = std::max(last_back.value_or(BootTime{}), effect_of(*change->operation));
        if (!last_back) continue;
        for (const auto& change : *changes) {
            if (!counts_between(*change->operation, held)) continue;
            if (leads_away(change->what, binding.child) &&
                effect_of(*change->operation) <= later(*last_back, kClockUncertaintyNs))
                explanations.add(change->operation, binding);
            else
                explanations.add_context(change->operation);
        }
    }
    if (explanations.are_none()) return false;
    NameRace& race = explanations.race();
    race.expected = race.found = held.walked->leaf().file;
    race.expected_id = race.found_id = held.walked->leaf().child;
    std::move(explanations).put(Rule::kF3, sink);
    return true;
}

// The use failed, and some place on the check's way was another one when it did.
bool HeldNames::was_defended(const Held& held, CandidateSink& sink) {
    const auto checked = lookup_of(*held.pair.check, held.pair.check_operand);
    Explanations explanations(held.pair);
    for (const Binding& binding : checked->bindings) {
        const bool is_leaf = &binding == &checked->leaf();
        const ObjectId& child = is_leaf ? *checked->after : binding.child;
        const auto* changes = cells_.find(CellView(binding.cell));
        if (changes == nullptr) continue;
        const CellChanges::Change* last = nullptr;
        for (const auto& change : *changes)
            if (counts_between(*change->operation, held)) last = change.get();
        if (last == nullptr || last->what.after == child) continue;
        for (const auto& change : *changes)
            if (counts_between(*change->operation, held) && leads_away(change->what, child))
                explanations.add(change->operation, binding);
    }
    if (explanations.are_none()) return false;
    NameRace& race = explanations.race();
    race.expected = checked->leaf().file;
    race.expected_id = *checked->after;
    std::move(explanations).put(Rule::kF3, sink);
    return true;
}

bool HeldNames::was_changed(const Held& held, CandidateSink& sink) {
    const Binding& leaf = held.walked->leaf();
    const auto* changes = files_.find(leaf.child);
    if (changes == nullptr || held.walked->found_nothing()) return false;
    const bool is_content = knows_content(*held.pair.check) && reads_content(*held.pair.use);
    Explanations explanations(held.pair);
    for (const auto& change : *changes)
        if ((is_content || change->what.aspect != Aspect::kContent) &&
            counts_between(*change->operation, held))
            explanations.add(change->operation, leaf);
    if (explanations.are_none()) return false;
    NameRace& race = explanations.race();
    race.expected = race.found = leaf.file;
    race.expected_id = race.found_id = leaf.child;
    std::move(explanations).put(Rule::kF5, sink);
    return true;
}

}  // namespace tocsin
