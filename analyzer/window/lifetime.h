// SPDX-License-Identifier: Apache-2.0
//
// In which windows a candidate exists. Its gaps are computed once, without any limit; which of
// them a window admits is looked up here.
#pragma once

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

#include "analyzer/window/correlation_window.h"
#include "formats/event.h"

namespace tocsin {

// From one time to a later one. Clocks of a hostile trace may run back or far ahead: never below
// zero, at most kUnlimited.
std::chrono::nanoseconds gap_between(BootTime earlier, BootTime later);

// The smallest limits at which one explanation holds: its check-use gap and its mutation-use age.
struct Corner {
    std::chrono::nanoseconds check_use{0};
    std::chrono::nanoseconds mutation_use{0};

    bool is_within(const CorrelationWindow& window) const {
        return check_use <= window.check_use && mutation_use <= window.mutation_use;
    }
    bool operator==(const Corner&) const = default;
};

// Explanations of one thing, any of which suffices. Keeps the corners that no other one makes
// superfluous: as one limit grows, the other falls, hence the name.
class Staircase {
  public:
    Staircase() = default;  // without any explanation: holds in no window
    Staircase(std::initializer_list<Corner> corners);

    // Negative limits count as zero. O(log corners) where corners come by rising check_use, else
    // up to O(corners).
    void add(Corner corner);

    bool is_empty() const { return corners_.empty(); }
    // By rising check_use and falling mutation_use.
    std::span<const Corner> corners() const { return corners_; }
    // Whether some corner lies within the window. O(log corners).
    bool holds_in(const CorrelationWindow& window) const;
    // The smallest value of the moved limits from which on it holds, the rest of the window staying
    // as it is; 0 where it always does, nullopt where it never does.
    std::optional<std::chrono::nanoseconds> first_limit(Moves moves,
                                                        const CorrelationWindow& window) const;

    bool operator==(const Staircase&) const = default;

  private:
    std::vector<Corner> corners_;
};

// Limits from `birth` up to but without `death`; nullopt: without end, kUnlimited included.
struct LimitInterval {
    std::chrono::nanoseconds birth{0};
    std::optional<std::chrono::nanoseconds> death;

    bool contains(std::chrono::nanoseconds limit) const {
        return birth <= limit && (!death || limit < *death);
    }
    bool operator==(const LimitInterval&) const = default;
};

enum class LifeStage : uint8_t {
    kUnborn,  // the window is too narrow for it
    kAlive,
    kSuperseded,  // the window is wide enough for a better explanation
};

// A candidate exists from where its own explanation holds to where a better one does: the F2 of a
// use with check-use gap g is Lifetime{{{g, 0ns}}, explained}, the F1 that replaces it
// Lifetime{explained}, with a corner {gap, age} in `explained` for each mutation.
struct Lifetime {
    Staircase births = {Corner{}};  // by default in every window, as a call's own argument
    Staircase deaths = {};
    size_t better_class = 0;  // of the better explanations, where there are any

    // Births and deaths are of classes that may have limits of their own: `own` and `better`.
    LifeStage stage_in(const CorrelationWindow& window, const OwnLimits& own = {},
                       const OwnLimits& better = {}) const;
    bool is_alive_in(const CorrelationWindow& window) const {
        return stage_in(window) == LifeStage::kAlive;
    }
    // The limits on the axis at which it is alive, the rest of the window staying as it is. One
    // interval at most: what holds at a limit holds at every larger one.
    std::optional<LimitInterval> interval(Axis axis, const CorrelationWindow& window,
                                          const OwnLimits& own = {},
                                          const OwnLimits& better = {}) const;

    bool operator==(const Lifetime&) const = default;
};

}  // namespace tocsin
