// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analyzer/judge/finding.h"
#include "analyzer/judge/policy_file.h"
#include "analyzer/replay/event_order.h"

namespace tocsin {

// What else in the trace bears on how sure a candidate is.
struct Circumstances {
    bool losses_meanwhile = false;  // records are missing between the call's begin and end
    uint64_t repetitions = 1;       // candidates with the same fingerprint, this one included
    // The change can only have come between check and use: by births and awaited deaths, or by what
    // those told each other who have to trust each other.
    bool is_ordered_by_lineage = false, is_ordered_in_trust_domain = false;
    bool sees_changes = true;  // hooks record what changes directories
    std::string_view fingerprint;
    const Policy* policy = nullptr;  // nullptr: the built-in one alone
    // fs.protected_symlinks: who follows a link in a sticky directory must own it (proc(5)).
    bool protects_symlinks = false;
};

// Severity and confidence in integer arithmetic, each with its reasons, and the rule, if any,
// that sets the candidate aside. Depends on nothing but the arguments.
Judgement judge(const Candidate& candidate, const Circumstances& circumstances);

// The times in which records are known to be missing.
class LossMap {
  public:
    LossMap(std::span<const LossInterval> losses, std::span<const DamagedChunk> damage);
    // Whether any lies at least partly between the two, limits included. O(log losses).
    bool overlaps(BootTime began, BootTime ended) const;

  private:
    struct Span {
        BootTime first;
        BootTime last_of_all;  // the latest end of this and every earlier span
    };
    std::vector<Span> spans_;  // by `first`
};

}  // namespace tocsin
