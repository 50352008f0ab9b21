// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "analyzer/detect/change_log.h"
#include "analyzer/detect/mutations.h"
#include "analyzer/replay/name_lookup.h"

namespace tocsin {

// A cell that the check went through and the use did not, or not to the same child.
struct Way {
    Binding from;
    std::optional<ObjectId> to;  // what the use found there; nullopt: it did not come there
};

// Names that lead elsewhere at their use than at their check: F1 and F2, and F3 where a changed
// name made the use fail.
//
// Decides on identities that hooks recorded, never on times: times only choose which changes can
// have come between. A race waits to the end for what may explain it: a change is known when its
// call returns, which may be after the use has.
class NameSwaps {
  public:
    // Races that wait for one change of a cell.
    static constexpr size_t kMostOfCell = CellChanges::kMostOfKey;

    // `checked` and `used` are what the names of the pair led to; `after` is what the check left in
    // the last cell of its. Nothing where both led to the same file: false.
    bool compare(const CheckedUse& pair, const NameLookup& checked, const ObjectId& after,
                 const NameLookup& used, const CellChanges& changes);
    void note(const CellChanges::Change& change);
    void finish(CandidateSink& sink);

  private:
    struct Pending {
        CheckedUse pair;
        NameRace race;
        std::vector<Way> ways;
        // Of what explains it: from the last change to the use.
        std::optional<std::chrono::nanoseconds> age_of_own, age_of_others;
    };
    static void add(Pending& pending, const CellChanges::Change& change);
    static void put_candidates(Pending pending, CandidateSink& sink);

    std::vector<Pending> pending_;
    std::unordered_map<CellKey, std::deque<size_t>, ChangeKeyHash, ChangeKeyEqual> awaited_;
};

}  // namespace tocsin
