// SPDX-License-Identifier: Apache-2.0
#include "analyzer/window/lifetime.h"

#include <algorithm>

namespace tocsin {
namespace {

using std::chrono::nanoseconds;

// The smallest limit on the axis with which the corner lies within the window.
std::optional<nanoseconds> first_limit_of(const Corner& corner, Axis axis,
                                          const CorrelationWindow& window) {
    switch (axis) {
        case Axis::kBoth:
            return std::max(corner.check_use, corner.mutation_use);
        case Axis::kCheckUse:
            if (corner.mutation_use > window.mutation_use) return std::nullopt;
            return corner.check_use;
        case Axis::kMutationUse:
            if (corner.check_use > window.check_use) return std::nullopt;
            return corner.mutation_use;
    }
    return std::nullopt;
}

}  // namespace

nanoseconds gap_between(BootTime earlier, BootTime later) {
    if (later <= earlier) return nanoseconds(0);
    const uint64_t gap = later.ns - earlier.ns;
    return gap > static_cast<uint64_t>(kUnlimited.count())
               ? kUnlimited
               : nanoseconds(static_cast<nanoseconds::rep>(gap));
}

Staircase::Staircase(std::initializer_list<Corner> corners) {
    for (const Corner& corner : corners) add(corner);
}

void Staircase::add(Corner corner) {
    corner.check_use = std::max(corner.check_use, nanoseconds(0));
    corner.mutation_use = std::max(corner.mutation_use, nanoseconds(0));
    const auto is_left_of = [](const Corner& a, const Corner& b) {
        return a.check_use < b.check_use;
    };
    // Of those with no larger check_use, the last one has the smallest mutation_use.
    const auto behind = std::upper_bound(corners_.begin(), corners_.end(), corner, is_left_of);
    if (behind != corners_.begin() && std::prev(behind)->mutation_use <= corner.mutation_use)
        return;
    const auto first = std::lower_bound(corners_.begin(), behind, corner, is_left_of);
    const auto last = std::find_if(first, corners_.end(), [&](const Corner& other) {
        return other.mutation_use < corner.mutation_use;
    });
    corners_.insert(corners_.erase(first, last), corner);
}

bool Staircase::holds_in(const CorrelationWindow& window) const {
    const auto behind = std::upper_bound(
        corners_.begin(), corners_.end(), window.check_use,
        [](nanoseconds limit, const Corner& corner) { return limit < corner.check_use; });
    return behind != corners_.begin() && std::prev(behind)->is_within(window);
}

std::optional<nanoseconds> Staircase::first_limit(Axis axis,
                                                  const CorrelationWindow& window) const {
    std::optional<nanoseconds> first;
    for (const Corner& corner : corners_)
        if (const auto limit = first_limit_of(corner, axis, window))
            first = std::min(first.value_or(*limit), *limit);
    return first;
}

LifeStage Lifetime::stage_in(const CorrelationWindow& window) const {
    if (!births.holds_in(window)) return LifeStage::kUnborn;
    return deaths.holds_in(window) ? LifeStage::kSuperseded : LifeStage::kAlive;
}

std::optional<LimitInterval> Lifetime::interval(Axis axis, const CorrelationWindow& window) const {
    const auto birth = births.first_limit(axis, window);
    if (!birth) return std::nullopt;
    const auto death = deaths.first_limit(axis, window);
    if (death && *death <= *birth) return std::nullopt;
    return LimitInterval{*birth, death};
}

}  // namespace tocsin
