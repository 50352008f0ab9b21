// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/mutations.h"

#include <algorithm>
#include <tuple>

#include "analyzer/detect/name_reasoning.h"

namespace tocsin {
namespace {

bool is_certainly_between(const Operation& change, const Operation& check, const Operation& use) {
    return change.ended && effect_of(change) > later(decision_of(check), kClockUncertaintyNs) &&
           use.began > later(*change.ended, kClockUncertaintyNs);
}

}  // namespace

NameRace race_of(const CheckedUse& pair) {
    NameRace race;
    race.check = pair.check;
    race.check_operand = pair.check_operand;
    race.name = pair.name;
    return race;
}

bool can_be_between(const Operation& change, const Operation& check, const Operation& use,
                    uint64_t slack_ns) {
    const BootTime end = change.ended.value_or(BootTime{UINT64_MAX});
    return later(end, slack_ns) >= check.began &&
           effect_of(change) <= later(decision_of(use), slack_ns);
}

Standing standing_to(const Operation& use, const Operation& change) {
    if (change.task->id.tgid == use.task->id.tgid) return Standing::kSamePrincipal;
    return standing_of(change.task, use.task);
}

bool is_own(const Mutation& mutation) {
    return mutation.standing == Standing::kSamePrincipal;
}

Mutation& mutation_by(NameRace& race, const Operation& use,
                      const std::shared_ptr<const Operation>& operation) {
    for (Mutation& mutation : race.mutations)
        if (mutation.operation == operation) return mutation;
    Mutation& mutation = race.mutations.emplace_back();
    mutation.operation = operation;
    mutation.standing = standing_to(use, *operation);
    mutation.is_order_certain = is_certainly_between(*operation, *race.check, use);
    return mutation;
}

// Of what explains the last ones and another principal's tell most.
void keep_the_most(NameRace& race) {
    const auto weight = [](const Mutation& mutation) {
        return std::tuple(mutation.explains && !is_own(mutation), mutation.explains,
                          effect_of(*mutation.operation), mutation.operation->call);
    };
    if (race.mutations.size() <= NameRace::kMostMutations) return;
    race.mutations.erase(std::min_element(
        race.mutations.begin(), race.mutations.end(),
        [&](const Mutation& a, const Mutation& b) { return weight(a) < weight(b); }));
    ++race.mutations_left_out;
}

void sort_by_time(NameRace& race) {
    std::sort(race.mutations.begin(), race.mutations.end(),
              [](const Mutation& a, const Mutation& b) {
                  return std::pair(effect_of(*a.operation), a.operation->call) <
                         std::pair(effect_of(*b.operation), b.operation->call);
              });
}

void put(Rule rule, const CheckedUse& pair, NameRace race, Lifetime lifetime, CandidateSink& sink,
         uint64_t occurrences) {
    auto shared = std::make_shared<const NameRace>(std::move(race));
    Candidate candidate;
    candidate.rule = rule;
    candidate.operation = pair.use;
    candidate.operand = pair.operand;
    candidate.claim = shared->name;
    candidate.race = std::move(shared);
    candidate.lifetime = std::move(lifetime);
    candidate.occurrences = occurrences;
    add_name_reasoning(candidate);
    sink.found(std::move(candidate));
}

}  // namespace tocsin
