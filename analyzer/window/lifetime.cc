// SPDX-License-Identifier: Apache-2.0
#include "analyzer/window/lifetime.h"

#include <algorithm>
#include <tuple>

namespace tocsin {
namespace {

using std::chrono::nanoseconds;

// The smallest value of the moved limits with which the corner lies within the window.
std::optional<nanoseconds> first_limit_of(const Corner& corner, Moves moves,
                                          const CorrelationWindow& window) {
    nanoseconds first{0};
    for (const auto& [is_moved, needed, limit] :
         {std::tuple(moves.check_use, corner.check_use, window.check_use),
          std::tuple(moves.mutation_use, corner.mutation_use, window.mutation_use)}) {
        if (!is_moved && needed > limit) return std::nullopt;
        if (is_moved) first = std::max(first, needed);
    }
    return first;
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

std::optional<nanoseconds> Staircase::first_limit(Moves moves,
                                                  const CorrelationWindow& window) const {
    std::optional<nanoseconds> first;
    for (const Corner& corner : corners_)
        if (const auto limit = first_limit_of(corner, moves, window))
            first = std::min(first.value_or(*limit), *limit);
    return first;
}

LifeStage Lifetime::stage_in(const CorrelationWindow& window, const OwnLimits& own,
                             const OwnLimits& better) const {
    if (!births.holds_in(with(window, own))) return LifeStage::kUnborn;
    return deaths.holds_in(with(window, better)) ? LifeStage::kSuperseded : LifeStage::kAlive;
}

std::optional<LimitInterval> Lifetime::interval(Axis axis, const CorrelationWindow& window,
                                                const OwnLimits& own,
                                                const OwnLimits& better) const {
    const auto birth = births.first_limit(moves_of(axis, own), with(window, own));
    if (!birth) return std::nullopt;
    const auto death = deaths.first_limit(moves_of(axis, better), with(window, better));
    if (death && *death <= *birth) return std::nullopt;
    return LimitInterval{*birth, death};
}

}  // namespace tocsin
