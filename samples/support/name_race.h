// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "samples/support/request.h"

// What became of one try of a race on a name, as the victim found it out afterwards.
struct NameRace {
    enum class Verdict {
        kWon,      // the use reached the file that the attacker aimed at, not the one checked
        kKept,     // it reached the file that was checked
        kChanged,  // it reached another, but not through an attack
        kFailed    // the check or the use failed
    };
    Verdict verdict;
    std::string check;  // the name that was checked
    std::string used;   // the path of what the use reached; empty if it failed
    int error = 0;      // errno, if it failed
    pid_t user = 0;     // the process that made the use; 0: this one
};

// The try in which the last call failed.
NameRace failed_race(const std::string& check);

// Judges an open of the checked name by the file that its descriptor, which is closed,
// stands for: the verdict to give where that is the attacker's target, and where it is
// what the name says now. Where it is neither, complains and gives nothing.
std::optional<NameRace> judge_open(const std::string& check, int descriptor,
                                   const std::string& target, NameRace::Verdict at_target,
                                   NameRace::Verdict at_name);

// Judges a use that leaves a mark, such as an owner, by what has it now: the attacker's target, or
// the file that was checked. Where neither has it, complains and gives nothing.
std::optional<NameRace> judge_mark(const std::string& check, const std::string& target,
                                   bool is_on_target, bool is_on_checked);

// Makes the tries that were asked for and prints a line for each. A try gives nothing
// where it cannot be judged; it has complained of that.
Tally make_tries(const Request& request, pid_t attacker,
                 const std::function<std::optional<NameRace>(uint32_t try_number)>& race);

// What conclude() advises where no try succeeded.
inline constexpr char kAdviceOnNames[] =
    "see that nothing else touches the scratch directory, or name another with --scratch DIR";
