// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/judge/analysis.h"
#include "analyzer/window/sweep.h"

namespace tocsin::gui {

// A part of the axis of gaps; both ends belong to it.
struct GapRange {
    std::chrono::nanoseconds from{0}, to{0};
    bool contains(std::chrono::nanoseconds gap) const { return from <= gap && gap <= to; }
    bool operator==(const GapRange&) const = default;
};

// How wide a window each candidate needs, in bars on a logarithmic axis: a candidate's gap is the
// smallest limit on the axis at which it is there, the rest of the window staying as it is. Built
// once for an axis, in O(n log n); what a limit makes of a bar is then some binary searches.
//
// Candidates that a rule set aside are not in it.
class GapDistribution {
  public:
    static constexpr int kBarsADecade = 10;
    using BySeverity = std::array<uint64_t, kSeverities>;

    GapDistribution(const AnalysisResult& result, const AnalysisOptions& options, Axis axis);

    Axis axis() const { return axis_; }
    // The axis goes from one power of ten ns to another: from 100 ns to 10 s, or further where gaps
    // do.
    int first_decade() const { return first_decade_; }
    int last_decade() const { return last_decade_; }
    size_t bars() const { return born_.size(); }
    // A bar has the gaps above from_of() it, up to to_of() it; the first one all below, too.
    std::chrono::nanoseconds from_of(size_t bar) const { return edges_[bar]; }
    std::chrono::nanoseconds to_of(size_t bar) const { return edges_[bar + 1]; }

    // Of the bar's candidates: all, and those that are there at the limit.
    const BySeverity& born(size_t bar) const { return born_[bar]; }
    BySeverity alive(size_t bar, std::chrono::nanoseconds limit) const;
    uint64_t most_in_a_bar() const { return most_in_a_bar_; }

    // Of a race within one call, which no window leaves out: they are in no bar.
    uint64_t without_gap() const { return without_gap_; }
    // That need more than the limit, or more than the rest of the window has. O(log n).
    uint64_t beyond(std::chrono::nanoseconds limit) const;
    // Of a finding, by its index; nullopt: it has none, or no limit on the axis has it.
    std::optional<std::chrono::nanoseconds> gap_of(size_t finding) const { return gaps_[finding]; }

  private:
    void choose_decades(std::chrono::nanoseconds least, std::chrono::nanoseconds most);
    size_t bar_of(std::chrono::nanoseconds gap) const;

    Axis axis_;
    int first_decade_ = 2, last_decade_ = 10;
    std::vector<std::chrono::nanoseconds> edges_;  // one more than bars
    std::vector<BySeverity> born_;                 // by bar
    uint64_t most_in_a_bar_ = 0, without_gap_ = 0, never_ = 0, born_at_all_ = 0;
    std::optional<Sweep> alive_;  // a class is a bar's severity
    std::optional<Sweep> begun_;  // one class: all that have a gap, without their ends
    std::vector<std::optional<std::chrono::nanoseconds>> gaps_;  // by finding
};

}  // namespace tocsin::gui
