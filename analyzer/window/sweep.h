// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analyzer/window/lifetime.h"

namespace tocsin {

// How many things of each class are alive at any limit. Built once, in O(n log n); a count is two
// binary searches, so that a million candidates follow a slider.
class Sweep {
  public:
    struct Item {
        size_t class_index = 0;
        LimitInterval interval;
        uint64_t count = 1;  // things alike in both
    };
    // Class indices are below `classes`.
    Sweep(size_t classes, std::span<const Item> items);

    size_t classes() const { return classes_.size(); }
    // O(log n).
    uint64_t count(size_t class_index, std::chrono::nanoseconds limit) const;
    // The limits at which anything is born or dies, rising, without 0: between two neighbours, from
    // the first on and up to the second, no count changes. Empty: counts are equal at every limit.
    std::span<const std::chrono::nanoseconds> changes() const { return changes_; }

  private:
    struct Step {
        std::chrono::nanoseconds limit{0};
        uint64_t total = 0;  // so many up to that limit, it included
    };
    using Steps = std::vector<Step>;  // by rising limit
    struct OfClass {
        Steps born, died;
    };
    static void add_up(Steps& steps);
    static uint64_t total_at(const Steps& steps, std::chrono::nanoseconds limit);

    std::vector<OfClass> classes_;
    std::vector<std::chrono::nanoseconds> changes_;
};

// What is known of things alike before an axis is chosen.
struct Lifespan {
    size_t class_index = 0;
    Lifetime lifetime;
    uint64_t count = 1;
};
// The sweep of those that are ever alive on the axis, the rest of the window staying as it is, and
// what classes have to themselves, too. A class has an entry in `own`.
Sweep sweep_along(Axis axis, const CorrelationWindow& window, std::span<const OwnLimits> own,
                  std::span<const Lifespan> lifespans);

// Why a row of a table is there.
enum class RowMark : uint8_t { kNone, kHalf, kChosen, kTwice };
struct SweepRow {
    std::chrono::nanoseconds limit{0};
    RowMark mark = RowMark::kNone;
    bool operator==(const SweepRow&) const = default;
};
// The limits that a table shows, rising: 1 us to 1 d on a log scale, unlimited, and around the
// chosen one, where there is one on the axis, its half and its double. Each once; where two marks
// fall together, chosen comes before half before twice.
std::vector<SweepRow> table_rows(std::optional<std::chrono::nanoseconds> chosen);

}  // namespace tocsin
