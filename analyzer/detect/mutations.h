// SPDX-License-Identifier: Apache-2.0
//
// What lies between a check and its use, and who did it.
#pragma once

#include <cstdint>
#include <memory>

#include "analyzer/detect/candidate.h"
#include "analyzer/detect/detector.h"
#include "analyzer/replay/clock.h"

namespace tocsin {

// Where identities and not times are the proof, what seems to lie so much outside may still have
// come between: clocks of CPUs drift.
inline constexpr uint64_t kClockSlackNs = 100'000;

// A check of a name, and the use of it that follows.
struct CheckedUse {
    std::shared_ptr<const Operation> check;
    size_t check_operand = 0;
    std::shared_ptr<const Operation> use;
    size_t operand = 0;
    std::string name;
};

// With what the pair says; what was expected and found is left to the caller.
NameRace race_of(const CheckedUse& pair);

// Whether a change that takes effect between its hook and its return can have come after the check
// began and before the use was decided, by clocks that are off by no more than the slack.
bool can_be_between(const Operation& change, const Operation& check, const Operation& use,
                    uint64_t slack_ns);

// A process does not race itself, whatever rights it has put on or off meanwhile.
Standing standing_to(const Operation& use, const Operation& change);
bool is_own(const Mutation& mutation);

// The race's mutation by that operation, added where there is none yet. Good until the next call.
Mutation& mutation_by(NameRace& race, const Operation& use,
                      const std::shared_ptr<const Operation>& operation);
// Leaves out what tells the least where there are more than the race may have.
void keep_the_most(NameRace& race);
void sort_by_time(NameRace& race);

// Hands the race over as a candidate, with its reasoning.
void put(Rule rule, const CheckedUse& pair, NameRace race, Lifetime lifetime, CandidateSink& sink,
         uint64_t occurrences = 1);

}  // namespace tocsin
