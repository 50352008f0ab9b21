// SPDX-License-Identifier: Apache-2.0
//
// A race over several calls, in the order in which it is told: check, changes, use.
#pragma once

#include <string_view>
#include <vector>

#include "analyzer/detect/candidate.h"

namespace tocsin {

// Good as long as the candidate.
struct Story {
    const Operation* check = nullptr;
    std::vector<const Operation*> changes;  // those that are shown
    const Operation* use = nullptr;
    const Operation* explains = nullptr;  // the change that gaps are measured to; nullptr: none
    std::string_view order;               // how sure it is that it lies between
};

// The candidate must be of a race on a name or on a process.
Story story_of(const Candidate& candidate);

// When one of the calls can have taken effect: check and use between their entry and their
// decision, a change between its hook and its return.
struct StorySpan {
    std::string_view label;  // "check"
    const Operation* operation = nullptr;
    BootTime from, to;
};
std::vector<StorySpan> spans_of(const Story& story);

// From decision to decision.
struct StoryGap {
    std::string_view label;  // "check to use"
    BootTime from, to;
};
std::vector<StoryGap> gaps_of(const Story& story);

// The changes that are shown: the last ones, which are nearest to the use, and always the one that
// explains.
std::vector<const Mutation*> mutations_shown(const NameRace& race);

}  // namespace tocsin
