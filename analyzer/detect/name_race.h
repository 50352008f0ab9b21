// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "analyzer/detect/detector.h"
#include "analyzer/replay/binding_changes.h"

namespace tocsin {

struct NameRaceLimits {
    size_t checks = size_t{1} << 17U;   // names with their last checks
    size_t changes = size_t{1} << 17U;  // of entries of directories
};

// Finds names that lead elsewhere when they are used than they did when they were checked: the
// classes F1 and F2.
//
// Each call of a subject (a process and its credentials) that looks a name up is a check of that
// name for the next one: of what it led to, or that it led nowhere. A use is a call that acts on
// what the name leads to. It decides on identities that hooks recorded, never on times: times only
// choose which changes can have come between. A call's own change is taken into account.
//
// What is anchored to a descriptor looks no name up and so opens no window.
//
// Memory is bounded by NameRaceLimits but for the races themselves, and of one place there are at
// most kMostOfCell changes; the oldest are forgotten first, and counted. Checks of processes that
// have ended go before.
class NameRaceDetector : public Detector {
  public:
    // Changes, and races that wait for one, of a single entry of a directory: each race looks at
    // each change of its way.
    static constexpr size_t kMostOfCell = 256;

    explicit NameRaceDetector(const NameRaceLimits& limits = {}) : limits_(limits) {}

    void observe(const std::shared_ptr<const Operation>& operation, const WorldState& world,
                 CandidateSink& sink) override;
    void finish(CandidateSink& sink) override;

    // A cell that the check went through and the use did not, or not to the same child.
    struct Way {
        Binding from;
        std::optional<ObjectId> to;  // what the use found there; nullopt: it did not come there
    };

  private:
    // Without the lookup itself, which is larger than what it is made from.
    struct Check {
        std::shared_ptr<const Operation> operation;
        size_t operand = 0;
        ObjectId after;
        uint64_t number = 0;                   // of all checks, in their order
        std::shared_ptr<const Check> earlier;  // the last one before it of another thread
    };
    struct Change {
        std::shared_ptr<const Operation> operation;
        BindingChange change;
    };
    // A race whose explanation may still come: a change is handed on when its call returns, which
    // may be after the use has.
    struct Pending {
        std::shared_ptr<NameRace> race;
        std::shared_ptr<const Operation> use;
        size_t operand = 0;
        std::vector<Way> ways;
        // Of what explains it: from the last change to the use.
        std::optional<std::chrono::nanoseconds> age_of_own, age_of_others;
    };
    using CellKey = std::pair<ObjectId, std::string>;

    void note_changes(const std::shared_ptr<const Operation>& operation);
    void forget_oldest_change();
    static void add_mutation(Pending& pending, const Change& change);
    static void put_candidates(Pending pending, CandidateSink& sink);
    void look_at(const std::shared_ptr<const Operation>& operation, NameLookup lookup,
                 const WorldState& world);
    static const Check* last_before(const Operation& operation, const Check& last);
    void compare(const std::shared_ptr<const Operation>& use, const NameLookup& lookup,
                 const Check& check, const std::string& name);
    void forget_checks(const WorldState& world);

    const NameRaceLimits limits_;
    std::unordered_map<std::string, Check> checks_;  // by subject and name
    std::map<CellKey, std::deque<std::shared_ptr<const Change>>> changes_;
    std::deque<std::shared_ptr<const Change>> changes_in_order_;
    std::vector<Pending> pending_;
    std::map<CellKey, std::deque<size_t>> awaited_;  // indices into pending_
    uint64_t checks_seen_ = 0;
    NameCoverage coverage_;
};

}  // namespace tocsin
