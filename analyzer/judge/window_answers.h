// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/judge/analysis.h"

namespace tocsin {

// What other windows make of a result that keeps the findings of all (KeptWindows::kAll): the same
// as an analysis in each of them would, but for findings that were not kept, which are counted
// here and not listed, and for set-aside ones of which the first stands for all.
//
// Moves along one axis; built for it in O(n log n), a count is then some binary searches.
class WindowAnswers {
  public:
    // The rest of the window, and what classes have to themselves, stays as in `options`.
    WindowAnswers(const AnalysisResult& result, const AnalysisOptions& options, Axis axis);

    using BySeverity = std::array<uint64_t, kSeverities>;
    // Findings that no rule set aside, those that were not kept included. O(log n).
    BySeverity by_severity(std::chrono::nanoseconds limit) const;
    // Indices into the result's findings, rising: what is alive there, set aside or not.
    // O(findings): two comparisons each.
    std::vector<uint32_t> alive(std::chrono::nanoseconds limit) const;
    // The options with the limit in place, as `tocsin analyze --window` has them.
    AnalysisOptions options_at(std::chrono::nanoseconds limit) const;

  private:
    AnalysisOptions options_;
    Axis axis_;
    Sweep sweep_;                                          // a class is a severity
    std::vector<std::optional<LimitInterval>> intervals_;  // by finding; nullopt: at no limit
};

}  // namespace tocsin
