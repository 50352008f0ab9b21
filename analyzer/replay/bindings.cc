// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/bindings.h"

#include <algorithm>

#include "analyzer/replay/binding_changes.h"
#include "analyzer/replay/clock.h"

namespace tocsin {
namespace {

constexpr uint64_t kUnseenNs = 1'000'000'000;

EventRef shown_by(const Operation& operation) {
    if (!operation.hook_events.empty()) return operation.hook_events.front();
    return operation.entry_event.value_or(operation.exit_event.value_or(EventRef{}));
}

bool is_root_of_mount(const FileObject& file) {
    return file.link.id != ObjectId{} && file.parent != nullptr &&
           file.link.mount != file.parent->link.mount;
}

std::optional<SharedBytes> target_of(const Operation& operation, const FileObject* file) {
    for (const FollowedLink& followed : operation.links)
        if (followed.link.get() == file && followed.target && followed.target->is_whole())
            return followed.target->bytes;
    return std::nullopt;
}

}  // namespace

void Bindings::observe(const Operation& operation) {
    // Without its own record of when it began a lookup has no beginning.
    if (!operation.is_orphan && !operation.entry_missing)
        for (const NameLookup& lookup : lookups_of(operation)) observe_lookup(operation, lookup);
    if (operation.syscall->group != SyscallGroup::kPlace) observe_changes(operation);
}

void Bindings::observe_lookup(const Operation& operation, const NameLookup& lookup) {
    const std::vector<BindingChange> changes = binding_changes(operation);
    for (const Binding& binding : lookup.bindings) {
        const bool is_changed =
            std::any_of(changes.begin(), changes.end(), [&](const BindingChange& change) {
                return Cell{change.directory, change.name} == binding.cell;
            });
        if (is_changed || is_root_of_mount(*binding.file) || binding.cell.name.empty()) continue;
        Entry fact;
        fact.child = binding.child;
        fact.target = target_of(operation, binding.file.get());
        // Clocks of CPUs differ: a hook may seem to come before its call's entry.
        fact.to = operation.decided.value_or(operation.last_time());
        fact.from = std::min(operation.began, fact.to);
        fact.shown_by = shown_by(operation);
        put({binding.cell.directory, std::string(std::string_view(binding.cell.name))},
            std::move(fact));
    }
}

void Bindings::observe_changes(const Operation& operation) {
    for (const BindingChange& change : binding_changes(operation)) {
        Entry fact;
        fact.from = operation.decided.value_or(operation.began);
        if (operation.succeeded() == true) {
            fact.child = change.after;
            fact.before = change.before;
            fact.to = std::max(fact.from, operation.last_time());
        } else {
            fact.to = later(std::max(fact.from, operation.last_time()), kUnseenNs);
        }
        fact.shown_by = shown_by(operation);
        put({change.directory, std::string(std::string_view(change.name))}, std::move(fact));
    }
}

void Bindings::put(Key key, Entry fact) {
    const auto [at, is_new] = entries_.try_emplace(key, fact);
    if (is_new) {
        in_order_.push_back(std::move(key));
        if (entries_.size() <= kMostEntries) return;
        entries_.erase(in_order_.front());
        in_order_.pop_front();
        ++forgotten_;
        return;
    }
    Entry& known = at->second;
    const bool is_later = fact.from > later(known.to, kClockUncertaintyNs);
    const bool is_earlier = known.from > later(fact.to, kClockUncertaintyNs);
    const bool does_away_with_known = fact.before && known.child && *known.child == *fact.before;
    if (is_later || (!is_earlier && does_away_with_known)) {
        if (fact.child == known.child && !fact.target) fact.target = known.target;
        known = std::move(fact);
        return;
    }
    const bool was_done_away_with = known.before && fact.child && *fact.child == *known.before;
    if (is_earlier || was_done_away_with) return;
    known.from = std::min(known.from, fact.from);
    known.to = std::max(known.to, fact.to);
    if (fact.child == known.child) {
        if (fact.target) known.target = std::move(fact.target);
        return;
    }
    known.child.reset();
    known.target.reset();
    known.before.reset();
    known.shown_by = fact.shown_by;
}

const Bindings::Entry* Bindings::find(const ObjectId& directory, std::string_view name) const {
    const auto at = entries_.find({directory, std::string(name)});
    if (at == entries_.end() || !at->second.child) ++unknown_lookups_;
    return at == entries_.end() ? nullptr : &at->second;
}

}  // namespace tocsin
