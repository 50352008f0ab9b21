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

uint64_t open_flags(const Operation& operation) {
    if (const Operand* flags = operation.first_operand(OperandKind::kFlags))
        return flags->register_value;
    const Operand* how = operation.first_operand(OperandKind::kOpenHow);
    uint64_t flags = 0;
    if (how != nullptr && how->entry && how->entry->bytes.size() >= sizeof flags)
        std::copy_n(how->entry->bytes.data(), sizeof flags, reinterpret_cast<char*>(&flags));
    return flags;
}

bool is_use(const Operation& operation) {
    if (operation.syscall->group == SyscallGroup::kOpen)
        return (open_flags(operation) & kOPath) == 0;
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

// In the order of the check's way.
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

// The one that tells the least: of what explains the last ones and another principal's tell most.
void leave_one_out(NameRace& race) {
    const auto weight = [](const Mutation& mutation) {
        return std::tuple(mutation.explains && mutation.standing != Standing::kSamePrincipal,
                          mutation.explains, effect_of(*mutation.operation),
                          mutation.operation->call);
    };
    race.mutations.erase(std::min_element(
        race.mutations.begin(), race.mutations.end(),
        [&](const Mutation& a, const Mutation& b) { return weight(a) < weight(b); }));
    ++race.mutations_left_out;
}

void add_mutation(NameRace& race, const Operation& use, const std::vector<Way>& ways,
                  const std::shared_ptr<const Operation>& operation, const BindingChange& change) {
    const Way* way = way_of(ways, change);
    if (operation.get() == &use || operation == race.check || way == nullptr ||
        !can_be_between(*operation, *race.check, use))
        return;
    const auto known =
        std::find_if(race.mutations.begin(), race.mutations.end(),
                     [&](const Mutation& mutation) { return mutation.operation == operation; });
    Mutation& mutation = known != race.mutations.end() ? *known : race.mutations.emplace_back();
    mutation.operation = operation;
    mutation.standing = standing_of(operation->task, use.task);
    mutation.explains |= explains(change, *way);
    mutation.is_order_certain = is_certainly_between(*operation, *race.check, use);
    if (explains(change, *way)) mutation.swapped = way->from;
    if (race.mutations.size() > NameRace::kMostMutations) leave_one_out(race);
}

// Another principal's rather than the subject's own, the last rather than an earlier one.
std::optional<size_t> best_explanation(const std::vector<Mutation>& mutations) {
    std::optional<size_t> best;
    for (size_t i = 0; i < mutations.size(); ++i) {
        if (!mutations[i].explains) continue;
        const bool is_own = mutations[i].standing == Standing::kSamePrincipal;
        if (!best || !is_own || mutations[*best].standing == Standing::kSamePrincipal) best = i;
    }
    return best;
}

// F1 and what it supersedes: where the window leaves the explanation out, F2.
void put_candidates(std::shared_ptr<NameRace> race, std::shared_ptr<const Operation> use,
                    size_t operand, CandidateSink& sink) {
    std::sort(race->mutations.begin(), race->mutations.end(),
              [](const Mutation& a, const Mutation& b) {
                  return std::pair(effect_of(*a.operation), a.operation->call) <
                         std::pair(effect_of(*b.operation), b.operation->call);
              });
    race->explanation = best_explanation(race->mutations);
    const std::chrono::nanoseconds gap = gap_between(decision_of(*race->check), decision_of(*use));
    Staircase explained;
    for (const Mutation& mutation : race->mutations)
        if (mutation.explains)
            explained.add({gap, gap_between(effect_of(*mutation.operation), decision_of(*use))});
    Candidate candidate;
    candidate.operation = std::move(use);
    candidate.operand = operand;
    candidate.claim = race->name;
    const Mutation* best = race->explained_by();
    if (best == nullptr || best->standing != Standing::kSamePrincipal) {
        Candidate unexplained = candidate;
        auto without = std::make_shared<NameRace>(*race);
        without->explanation.reset();
        unexplained.rule = Rule::kF2;
        unexplained.claim = without->name;
        unexplained.race = std::move(without);
        unexplained.lifetime = {{{gap, {}}}, explained};
        add_name_reasoning(unexplained);
        sink.found(std::move(unexplained));
    }
    if (best == nullptr) return;
    race->swapped = best->swapped;
    candidate.rule = Rule::kF1;
    candidate.race = std::move(race);
    candidate.lifetime = {explained, {}};
    add_name_reasoning(candidate);
    sink.found(std::move(candidate));
}

}  // namespace

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
            for (const size_t index : awaited->second)
                add_mutation(*pending_[index].race, *pending_[index].use, pending_[index].ways,
                             operation, change->change);
        auto& of_cell = changes_[std::move(key)];
        of_cell.push_back(change);
        changes_in_order_.push_back(change);
        if (of_cell.size() > kMostOfCell) {
            ++coverage_.changes_forgotten;
            of_cell.pop_front();
        }
    }
    while (changes_in_order_.size() > kMostChanges) forget_oldest_change();
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
    if (is_use(*operation)) {
        ++coverage_.uses;
        if (before != checks_.end()) compare(operation, lookup, before->second, *name);
    }
    if (!lookup.after) {
        if (before != checks_.end()) checks_.erase(before);
        return;
    }
    checks_.insert_or_assign(std::move(key), Check{operation, std::move(lookup), ++checks_seen_});
    if (checks_.size() > kMostChecks) forget_checks(world);
}

void NameRaceDetector::compare(const std::shared_ptr<const Operation>& use,
                               const NameLookup& lookup, const Check& check,
                               const std::string& name) {
    ++coverage_.uses_compared;
    if (leads_to_the_same(check.lookup, lookup)) return;
    Pending pending;
    pending.ways = ways_apart(check.lookup, lookup);
    if (pending.ways.empty()) return;
    pending.use = use;
    pending.operand = lookup.operand;
    pending.race = std::make_shared<NameRace>();
    NameRace& race = *pending.race;
    race.check = check.operation;
    race.check_operand = check.lookup.operand;
    race.name = name;
    race.expected = check.lookup.leaf().file;
    race.expected_id = *check.lookup.after;
    race.found = lookup.leaf().file;
    race.found_id = lookup.leaf().child;
    const auto first = std::find_if(pending.ways.begin(), pending.ways.end(),
                                    [](const Way& way) { return way.to.has_value(); });
    race.swapped = first != pending.ways.end() ? first->from : pending.ways.back().from;
    for (const Way& way : pending.ways) {
        CellKey key{way.from.cell.directory, std::string(std::string_view(way.from.cell.name))};
        if (const auto known = changes_.find(key); known != changes_.end())
            for (const auto& change : known->second)
                add_mutation(race, *use, pending.ways, change->operation, change->change);
        auto& waiting = awaited_[std::move(key)];
        waiting.push_back(pending_.size());
        if (waiting.size() > kMostOfCell) waiting.pop_front();
    }
    pending_.push_back(std::move(pending));
}

void NameRaceDetector::forget_checks(const WorldState& world) {
    std::erase_if(checks_, [&](const auto& entry) {
        return world.find(entry.second.operation->task.id) == nullptr;
    });
    if (checks_.size() <= kMostChecks / 2) return;
    std::vector<uint64_t> numbers;
    numbers.reserve(checks_.size());
    for (const auto& [key, check] : checks_) numbers.push_back(check.number);
    const auto middle = numbers.begin() + static_cast<ptrdiff_t>(numbers.size() / 2);
    std::nth_element(numbers.begin(), middle, numbers.end());
    const uint64_t oldest_kept = *middle;
    coverage_.checks_forgotten += std::erase_if(
        checks_, [&](const auto& entry) { return entry.second.number < oldest_kept; });
}

void NameRaceDetector::finish(CandidateSink& sink) {
    for (Pending& pending : pending_)
        put_candidates(std::move(pending.race), std::move(pending.use), pending.operand, sink);
    pending_.clear();
    awaited_.clear();
    sink.covered(coverage_);
}

}  // namespace tocsin
