// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/name_swap.h"

#include <algorithm>

namespace tocsin {
namespace {

const Binding* binding_at(const NameLookup& lookup, const Cell& cell) {
    const auto at = std::find_if(lookup.bindings.begin(), lookup.bindings.end(),
                                 [&](const Binding& binding) { return binding.cell == cell; });
    return at == lookup.bindings.end() ? nullptr : &*at;
}

// Whether the lookup came, on its way to the end, through what the end of another one is.
bool comes_through(const NameLookup& lookup, const Cell& cell, const ObjectId& child) {
    const Binding* there = binding_at(lookup, cell);
    return there != nullptr && there != &lookup.leaf() && there->child == child;
}

// One of the two may have stopped at the symbolic link that the other one followed: lstat and open,
// or open and unlink.
bool leads_to_the_same(const NameLookup& check, const ObjectId& after, const NameLookup& use) {
    if (after == use.leaf().child && (!use.found_nothing() || check.leaf().cell == use.leaf().cell))
        return true;
    return comes_through(use, check.leaf().cell, after) ||
           comes_through(check, use.leaf().cell, use.leaf().child);
}

// Where the two part, in the order of the check's way. Where both came through an entry and found
// different things there, what lies behind it on one of the ways does not matter: nobody made the
// use go elsewhere by changing what it did not come to.
std::vector<Way> ways_apart(const NameLookup& check, const ObjectId& after, const NameLookup& use) {
    std::vector<Way> ways;
    for (const Binding& binding : check.bindings) {
        Way way{binding, {}};
        if (&binding == &check.leaf()) way.from.child = after;
        if (const Binding* there = binding_at(use, binding.cell)) {
            if (there->child == way.from.child) continue;
            way.to = there->child;
        }
        ways.push_back(std::move(way));
    }
    const auto is_parting = [](const Way& way) { return way.to.has_value(); };
    if (std::any_of(ways.begin(), ways.end(), is_parting))
        std::erase_if(ways, [&](const Way& way) { return !is_parting(way); });
    return ways;
}

bool explains(const BindingChange& change, const Way& way) {
    if (way.to) return !change.after || *change.after == *way.to;
    return (!change.before || *change.before == way.from.child) &&
           (!change.after || *change.after != way.from.child);
}

const Way* way_of(const std::vector<Way>& ways, const BindingChange& change) {
    const Cell cell{change.directory, change.name};
    const auto at = std::find_if(ways.begin(), ways.end(),
                                 [&](const Way& way) { return way.from.cell == cell; });
    return at == ways.end() ? nullptr : &*at;
}

// The last one that explains, of the subject's own or of others'.
std::optional<size_t> last_explanation(const std::vector<Mutation>& mutations, bool of_own) {
    for (size_t i = mutations.size(); i > 0; --i)
        if (mutations[i - 1].explains && is_own(mutations[i - 1]) == of_own) return i - 1;
    return std::nullopt;
}

Rule rule_of_explained(const CheckedUse& pair) {
    return pair.use->succeeded().value_or(true) ? Rule::kF1 : Rule::kF3;
}

void put_explained(const CheckedUse& pair, NameRace race, size_t explanation, Lifetime lifetime,
                   CandidateSink& sink) {
    race.explanation = explanation;
    race.place = race.mutations[explanation].place;
    put(rule_of_explained(pair), pair, std::move(race), std::move(lifetime), sink);
}

}  // namespace

bool NameSwaps::compare(const CheckedUse& pair, const NameLookup& checked, const ObjectId& after,
                        const NameLookup& used, const CellChanges& changes) {
    if (leads_to_the_same(checked, after, used)) return false;
    Pending pending{pair, race_of(pair), ways_apart(checked, after, used), {}, {}};
    if (pending.ways.empty()) return false;
    NameRace& race = pending.race;
    race.expected = checked.leaf().file;
    race.expected_id = after;
    race.found = used.leaf().file;
    race.found_id = used.leaf().child;
    race.place = pending.ways.front().to ? pending.ways.front().from : pending.ways.back().from;
    for (const Way& way : pending.ways) {
        const CellView cell(way.from.cell);
        if (const auto* known = changes.find(cell))
            for (const auto& change : *known) add(pending, *change);
        auto& waiting = awaited_[static_cast<CellKey>(cell)];
        waiting.push_back(pending_.size());
        if (waiting.size() > kMostOfCell) waiting.pop_front();
    }
    pending_.push_back(std::move(pending));
    return true;
}

void NameSwaps::note(const CellChanges::Change& change) {
    if (const auto awaited = awaited_.find(key_of(change.what)); awaited != awaited_.end())
        for (const size_t index : awaited->second) add(pending_[index], change);
}

void NameSwaps::add(Pending& pending, const CellChanges::Change& change) {
    NameRace& race = pending.race;
    const Operation& use = *pending.pair.use;
    const auto& operation = change.operation;
    const Way* way = way_of(pending.ways, change.what);
    if (operation.get() == &use || operation == race.check || way == nullptr ||
        !can_be_between(*operation, *race.check, use, kClockSlackNs))
        return;
    Mutation& mutation = mutation_by(race, use, operation);
    if (explains(change.what, *way)) {
        mutation.explains = true;
        mutation.place = way->from;
        const auto age = gap_between(effect_of(*operation), decision_of(use));
        auto& least = is_own(mutation) ? pending.age_of_own : pending.age_of_others;
        least = least ? std::min(*least, age) : age;
    }
    keep_the_most(race);
}

// Each explanation has the place of a lesser one where the window admits it: others' change that of
// an own one, and either that of none. Where only own changes explain it there is nothing to be
// said without them, either.
void NameSwaps::put_candidates(Pending pending, CandidateSink& sink) {
    NameRace& race = pending.race;
    sort_by_time(race);
    const auto gap = gap_between(decision_of(*race.check), decision_of(*pending.pair.use));
    const auto own = last_explanation(race.mutations, true);
    const auto others = last_explanation(race.mutations, false);
    Staircase by_own, by_others, by_any;
    if (own) by_own.add({gap, *pending.age_of_own});
    if (others) by_others.add({gap, *pending.age_of_others});
    for (const Staircase* staircase : {&by_own, &by_others})
        for (const Corner& corner : staircase->corners()) by_any.add(corner);
    const auto explained = static_cast<size_t>(rule_of_explained(pending.pair));
    if (others || !own) put(Rule::kF2, pending.pair, race, {{{gap, {}}}, by_any, explained}, sink);
    if (own && (!others || *pending.age_of_own < *pending.age_of_others))
        put_explained(pending.pair, race, *own, {by_own, by_others, explained}, sink);
    if (others) put_explained(pending.pair, std::move(race), *others, {by_others}, sink);
}

void NameSwaps::finish(CandidateSink& sink) {
    for (Pending& pending : pending_) put_candidates(std::move(pending), sink);
    pending_.clear();
    awaited_.clear();
}

}  // namespace tocsin
