// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/name_race.h"

#include <algorithm>
#include <tuple>

#include "analyzer/detect/name_reasoning.h"
#include "analyzer/replay/name_text.h"

namespace tocsin {
namespace {

using Way = NameRaceDetector::Way;

// Records of different CPUs that lie nearer than this have no order.
constexpr uint64_t kClockUncertaintyNs = 1'000;
// A change that seems to lie so much outside may still have come between: clocks of CPUs drift, and
// identities, not times, are the proof.
constexpr uint64_t kSlackNs = 100'000;

constexpr uint64_t kOPath = 010000000;  // open(2)
constexpr uint64_t kOpenTreeClone = 1;  // open_tree(2): without it, an open with O_PATH

bool is_use(const Operation& operation) {
    if (operation.syscall->group == SyscallGroup::kOpen)
        return (open_flags_of(operation) & kOPath) == 0;
    if (operation.syscall->name == "open_tree") {
        const Operand* flags = operation.first_operand(OperandKind::kFlags);
        return flags != nullptr && (flags->register_value & kOpenTreeClone) != 0;
    }
    return operation.syscall->group != SyscallGroup::kCheck;
}

// The caller and its rights, as bytes.
std::string subject_of(const Operation& operation, const WorldState& world) {
    const Process* process = world.find(operation.task.id);
    const Credentials& ids = operation.task.credentials;
    const uint64_t started = process != nullptr ? process->id.started.ns : 0;
    std::string key;
    for (const uint64_t number :
         {static_cast<uint64_t>(operation.task.id.tgid), started, uint64_t{ids.uid},
          uint64_t{ids.euid}, uint64_t{ids.suid}, uint64_t{ids.fsuid}, uint64_t{ids.gid},
          uint64_t{ids.egid}, uint64_t{ids.sgid}, uint64_t{ids.fsgid}, ids.permitted,
          ids.effective})
        key.append(reinterpret_cast<const char*>(&number), sizeof number);
    return key;
}

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
bool leads_to_the_same(const NameLookup& check, const NameLookup& use) {
    if (*check.after == use.leaf().child &&
        (!use.found_nothing() || check.leaf().cell == use.leaf().cell))
        return true;
    return comes_through(use, check.leaf().cell, *check.after) ||
           comes_through(check, use.leaf().cell, use.leaf().child);
}

// Where the two part, in the order of the check's way. Where both came through an entry and found
// different things there, what lies behind it on one of the ways does not matter: nobody made the
// use go elsewhere by changing what it did not come to.
std::vector<Way> ways_apart(const NameLookup& check, const NameLookup& use) {
    std::vector<Way> ways;
    for (const Binding& binding : check.bindings) {
        Way way{binding, {}};
        if (&binding == &check.leaf()) way.from.child = *check.after;
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

// Whether the kernel decided about this call of another thread after that one, though it was over
// before: it is then no check for that one, but the later of the two.
bool has_overtaken(const Operation& call, const Operation& slower) {
    return call.task.id.tid != slower.task.id.tid && decision_of(call) > decision_of(slower);
}

NameLookup lookup_of(const Operation& operation, size_t operand) {
    auto lookups = lookups_of(operation);
    const auto at = std::find_if(lookups.begin(), lookups.end(), [&](const NameLookup& lookup) {
        return lookup.operand == operand;
    });
    return std::move(*at);
}

BootTime later(BootTime time, uint64_t ns) {
    return {time.ns > UINT64_MAX - ns ? UINT64_MAX : time.ns + ns};
}

// Whether a change that takes effect between its hook and its return can have come after the check
// began and before the use was decided.
bool can_be_between(const Operation& change, const Operation& check, const Operation& use) {
    const BootTime end = change.ended.value_or(BootTime{UINT64_MAX});
    return later(end, kSlackNs) >= check.began &&
           effect_of(change) <= later(decision_of(use), kSlackNs);
}

bool is_certainly_between(const Operation& change, const Operation& check, const Operation& use) {
    return change.ended && effect_of(change) > later(decision_of(check), kClockUncertaintyNs) &&
           use.began > later(*change.ended, kClockUncertaintyNs);
}

// A process does not race itself, whatever rights it has put on or off meanwhile.
Standing standing_to(const Operation& use, const Operation& change) {
    if (change.task.id.tgid == use.task.id.tgid) return Standing::kSamePrincipal;
    return standing_of(change.task, use.task);
}

bool is_own(const Mutation& mutation) {
    return mutation.standing == Standing::kSamePrincipal;
}

// The one that tells the least: of what explains the last ones and another principal's tell most.
void leave_one_out(NameRace& race) {
    const auto weight = [](const Mutation& mutation) {
        return std::tuple(mutation.explains && !is_own(mutation), mutation.explains,
                          effect_of(*mutation.operation), mutation.operation->call);
    };
    race.mutations.erase(std::min_element(
        race.mutations.begin(), race.mutations.end(),
        [&](const Mutation& a, const Mutation& b) { return weight(a) < weight(b); }));
    ++race.mutations_left_out;
}

// The last one that explains, of the subject's own or of others'.
std::optional<size_t> last_explanation(const std::vector<Mutation>& mutations, bool of_own) {
    for (size_t i = mutations.size(); i > 0; --i)
        if (mutations[i - 1].explains && is_own(mutations[i - 1]) == of_own) return i - 1;
    return std::nullopt;
}

void put(Rule rule, std::shared_ptr<const Operation> use, size_t operand, NameRace race,
         Lifetime lifetime, CandidateSink& sink) {
    if (const Mutation* mutation = race.explained_by()) race.swapped = mutation->swapped;
    auto shared = std::make_shared<const NameRace>(std::move(race));
    Candidate candidate;
    candidate.rule = rule;
    candidate.operation = std::move(use);
    candidate.operand = operand;
    candidate.claim = shared->name;
    candidate.race = std::move(shared);
    candidate.lifetime = std::move(lifetime);
    add_name_reasoning(candidate);
    sink.found(std::move(candidate));
}

}  // namespace

uint64_t open_flags_of(const Operation& operation) {
    if (const Operand* flags = operation.first_operand(OperandKind::kFlags))
        return flags->register_value;
    const Operand* how = operation.first_operand(OperandKind::kOpenHow);
    uint64_t flags = 0;
    if (how != nullptr && how->entry && how->entry->bytes.size() >= sizeof flags)
        std::copy_n(how->entry->bytes.data(), sizeof flags, reinterpret_cast<char*>(&flags));
    return flags;
}

BootTime decision_of(const Operation& operation) {
    return operation.decided.value_or(operation.ended.value_or(operation.began));
}

BootTime effect_of(const Operation& operation) {
    return decision_of(operation);
}

void NameRaceDetector::observe(const std::shared_ptr<const Operation>& operation,
                               const WorldState& world, CandidateSink&) {
    note_changes(operation);
    if (operation->is_orphan) return;
    for (NameLookup& lookup : lookups_of(*operation)) look_at(operation, std::move(lookup), world);
}

void NameRaceDetector::note_changes(const std::shared_ptr<const Operation>& operation) {
    for (BindingChange& made : binding_changes(*operation)) {
        ++coverage_.changes;
        CellKey key{made.directory, std::string(std::string_view(made.name))};
        const auto change = std::make_shared<const Change>(Change{operation, std::move(made)});
        if (const auto awaited = awaited_.find(key); awaited != awaited_.end())
            for (const size_t index : awaited->second) add_mutation(pending_[index], *change);
        auto& of_cell = changes_[std::move(key)];
        of_cell.push_back(change);
        changes_in_order_.push_back(change);
        if (of_cell.size() > kMostOfCell) {
            ++coverage_.changes_forgotten;
            of_cell.pop_front();
        }
    }
    while (changes_in_order_.size() > limits_.changes) forget_oldest_change();
}

void NameRaceDetector::forget_oldest_change() {
    const auto oldest = std::move(changes_in_order_.front());
    changes_in_order_.pop_front();
    const BindingChange& change = oldest->change;
    const auto at = changes_.find({change.directory, std::string(std::string_view(change.name))});
    if (at == changes_.end() || at->second.front() != oldest) return;  // its cell forgot it before
    ++coverage_.changes_forgotten;
    at->second.pop_front();
    if (at->second.empty()) changes_.erase(at);
}

void NameRaceDetector::look_at(const std::shared_ptr<const Operation>& operation, NameLookup lookup,
                               const WorldState& world) {
    ++coverage_.looked_up;
    const auto name = absolute_name(*operation, operation->operands[lookup.operand], world);
    if (!name) {
        ++coverage_.of_unknown_place;
        return;
    }
    std::string key = subject_of(*operation, world) + *name;
    const auto before = checks_.find(key);
    const Check* last = before != checks_.end() ? &before->second : nullptr;
    const Check* check = last != nullptr ? last_before(*operation, *last) : nullptr;
    if (is_use(*operation)) {
        ++coverage_.uses;
        if (check != nullptr) compare(operation, lookup, *check, *name);
    }
    if (check != last) return;
    if (!lookup.after) {
        if (last != nullptr) checks_.erase(before);
        return;
    }
    Check made{operation, lookup.operand, *lookup.after, ++checks_seen_, nullptr};
    if (last != nullptr && last->operation->task.id.tid == operation->task.id.tid)
        made.earlier = last->earlier;
    else if (last != nullptr)
        made.earlier = std::make_shared<const Check>(
            Check{last->operation, last->operand, last->after, last->number, nullptr});
    checks_.insert_or_assign(std::move(key), std::move(made));
    if (checks_.size() > limits_.checks) forget_checks(world);
}

// nullptr: the kernel decided about each of them after the operation.
const NameRaceDetector::Check* NameRaceDetector::last_before(const Operation& operation,
                                                             const Check& last) {
    if (!has_overtaken(*last.operation, operation)) return &last;
    const Check* earlier = last.earlier.get();
    return earlier != nullptr && !has_overtaken(*earlier->operation, operation) ? earlier : nullptr;
}

void NameRaceDetector::compare(const std::shared_ptr<const Operation>& use,
                               const NameLookup& lookup, const Check& check,
                               const std::string& name) {
    ++coverage_.uses_compared;
    if (check.after == lookup.leaf().child && !lookup.found_nothing()) return;
    const NameLookup checked = lookup_of(*check.operation, check.operand);
    if (leads_to_the_same(checked, lookup)) return;
    Pending pending;
    pending.ways = ways_apart(checked, lookup);
    if (pending.ways.empty()) return;
    pending.use = use;
    pending.operand = lookup.operand;
    pending.race = std::make_shared<NameRace>();
    NameRace& race = *pending.race;
    race.check = check.operation;
    race.check_operand = check.operand;
    race.name = name;
    race.expected = checked.leaf().file;
    race.expected_id = check.after;
    race.found = lookup.leaf().file;
    race.found_id = lookup.leaf().child;
    race.swapped = pending.ways.front().to ? pending.ways.front().from : pending.ways.back().from;
    for (const Way& way : pending.ways) {
        CellKey key{way.from.cell.directory, std::string(std::string_view(way.from.cell.name))};
        if (const auto known = changes_.find(key); known != changes_.end())
            for (const auto& change : known->second) add_mutation(pending, *change);
        auto& waiting = awaited_[std::move(key)];
        waiting.push_back(pending_.size());
        if (waiting.size() > kMostOfCell) waiting.pop_front();
    }
    pending_.push_back(std::move(pending));
}

void NameRaceDetector::add_mutation(Pending& pending, const Change& change) {
    NameRace& race = *pending.race;
    const auto& operation = change.operation;
    const Way* way = way_of(pending.ways, change.change);
    if (operation == pending.use || operation == race.check || way == nullptr ||
        !can_be_between(*operation, *race.check, *pending.use))
        return;
    auto& mutations = race.mutations;
    auto known = std::find_if(mutations.begin(), mutations.end(), [&](const Mutation& mutation) {
        return mutation.operation == operation;
    });
    if (known == mutations.end()) {
        known = mutations.insert(known, Mutation{});
        known->operation = operation;
        known->standing = standing_to(*pending.use, *operation);
        known->is_order_certain = is_certainly_between(*operation, *race.check, *pending.use);
    }
    if (explains(change.change, *way)) {
        known->explains = true;
        known->swapped = way->from;
        const auto age = gap_between(effect_of(*operation), decision_of(*pending.use));
        auto& least = is_own(*known) ? pending.age_of_own : pending.age_of_others;
        least = least ? std::min(*least, age) : age;
    }
    if (mutations.size() > NameRace::kMostMutations) leave_one_out(race);
}

void NameRaceDetector::forget_checks(const WorldState& world) {
    std::erase_if(checks_, [&](const auto& entry) {
        return world.find(entry.second.operation->task.id) == nullptr;
    });
    if (checks_.size() <= limits_.checks / 2) return;
    std::vector<uint64_t> numbers;
    numbers.reserve(checks_.size());
    for (const auto& [key, check] : checks_) numbers.push_back(check.number);
    const auto middle = numbers.begin() + static_cast<ptrdiff_t>(numbers.size() / 2);
    std::nth_element(numbers.begin(), middle, numbers.end());
    const uint64_t oldest_kept = *middle;
    coverage_.checks_forgotten += std::erase_if(
        checks_, [&](const auto& entry) { return entry.second.number < oldest_kept; });
}

// Each explanation has the place of a lesser one where the window admits it: others' change that of
// an own one, and either that of none. Where only own changes explain it there is nothing to be
// said without them, either.
void NameRaceDetector::put_candidates(Pending pending, CandidateSink& sink) {
    NameRace& race = *pending.race;
    std::sort(race.mutations.begin(), race.mutations.end(),
              [](const Mutation& a, const Mutation& b) {
                  return std::pair(effect_of(*a.operation), a.operation->call) <
                         std::pair(effect_of(*b.operation), b.operation->call);
              });
    const auto gap = gap_between(decision_of(*race.check), decision_of(*pending.use));
    const auto own = last_explanation(race.mutations, true);
    const auto others = last_explanation(race.mutations, false);
    Staircase by_own, by_others, by_any;
    if (own) by_own.add({gap, *pending.age_of_own});
    if (others) by_others.add({gap, *pending.age_of_others});
    for (const Staircase* staircase : {&by_own, &by_others})
        for (const Corner& corner : staircase->corners()) by_any.add(corner);
    if (others || !own)
        put(Rule::kF2, pending.use, pending.operand, race, {{{gap, {}}}, by_any}, sink);
    if (own && (!others || *pending.age_of_own < *pending.age_of_others)) {
        race.explanation = own;
        put(Rule::kF1, pending.use, pending.operand, race, {by_own, by_others}, sink);
    }
    if (others) {
        race.explanation = others;
        put(Rule::kF1, pending.use, pending.operand, std::move(race), {by_others, {}}, sink);
    }
}

void NameRaceDetector::finish(CandidateSink& sink) {
    for (Pending& pending : pending_) put_candidates(std::move(pending), sink);
    pending_.clear();
    awaited_.clear();
    sink.covered(coverage_);
}

}  // namespace tocsin
