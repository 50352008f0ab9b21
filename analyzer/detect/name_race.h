// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "analyzer/detect/change_log.h"
#include "analyzer/detect/detector.h"
#include "analyzer/detect/held_name.h"
#include "analyzer/detect/name_checks.h"
#include "analyzer/detect/name_swap.h"

namespace tocsin {

struct NameRaceLimits {
    size_t checks = size_t{1} << 17U;   // names with their last checks
    size_t changes = size_t{1} << 17U;  // of entries of directories, and as many of files
};

// Finds races between the check of a name and its use: the classes F1 to F5.
//
// Each call of a subject (a process and its credentials) that looks a name up is a check of that
// name for the next one: of what it led to, or that it led nowhere. A use is a call that acts on
// what the name leads to. A call's own change is taken into account. What is anchored to a
// descriptor looks no name up and so opens no window.
//
// Memory is bounded by NameRaceLimits but for the races themselves.
class NameRaceDetector : public Detector {
  public:
    explicit NameRaceDetector(const NameRaceLimits& limits = {});

    void observe(const std::shared_ptr<const Operation>& operation, const WorldState& world,
                 CandidateSink& sink) override;
    void finish(CandidateSink& sink) override;

  private:
    void note_changes(const std::shared_ptr<const Operation>& operation);
    void look_at(const std::shared_ptr<const Operation>& operation, NameEnd end,
                 const WorldState& world);
    void look_at_failure(const std::shared_ptr<const Operation>& operation, size_t operand,
                         const WorldState& world);
    void compare(CheckedUse pair, NameEnd end, const ObjectId& checked, const WorldState& world);

    NameChecks checks_;
    CellChanges cell_changes_;
    FileChanges file_changes_;
    NameSwaps swaps_;
    HeldNames held_;
    NameCoverage coverage_;
};

}  // namespace tocsin
