// SPDX-License-Identifier: Apache-2.0
//
// Lifetimes and sweeps against an oracle that asks every corner about every window.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <random>
#include <vector>

#include "analyzer/window/sweep.h"

namespace tocsin {
namespace {

using std::chrono::nanoseconds;

constexpr size_t kClasses = 4;
constexpr uint32_t kSeeds = 300;

// What a detector found, as it found it.
struct Found {
    size_t class_index = 0, better_class = 0;
    std::vector<Corner> births, deaths;
    uint64_t count = 1;
};

bool admits(const std::vector<Corner>& corners, const CorrelationWindow& window) {
    return std::any_of(corners.begin(), corners.end(), [&](const Corner& corner) {
        return std::max(corner.check_use, nanoseconds(0)) <= window.check_use &&
               std::max(corner.mutation_use, nanoseconds(0)) <= window.mutation_use;
    });
}

using OwnOfClasses = std::array<OwnLimits, kClasses>;

CorrelationWindow window_of(const OwnLimits& own, CorrelationWindow window) {
    if (own.check_use) window.check_use = *own.check_use;
    if (own.mutation_use) window.mutation_use = *own.mutation_use;
    return window;
}

bool is_alive(const Found& found, const CorrelationWindow& window, const OwnOfClasses& own = {}) {
    return admits(found.births, window_of(own[found.class_index], window)) &&
           !admits(found.deaths, window_of(own[found.better_class], window));
}

Staircase staircase_of(const std::vector<Corner>& corners) {
    Staircase staircase;
    for (const Corner& corner : corners) staircase.add(corner);
    return staircase;
}

// Few values, so that they meet, or any, on a log scale; some below zero, some at the end.
class RandomFinds {
  public:
    explicit RandomFinds(uint32_t seed) : random_(seed), crowded_(below(2) == 0) {}

    std::vector<Found> finds() {
        std::vector<Found> finds(1 + below(12));
        for (Found& found : finds) {
            found.class_index = below(kClasses);
            found.better_class = below(kClasses);
            found.births = corners(below(10) == 0 ? 0 : 1 + below(6));
            found.deaths = corners(below(2) == 0 ? 0 : below(6));
            found.count = 1 + below(3);
        }
        return finds;
    }
    nanoseconds limit() {
        if (below(20) == 0) return kUnlimited;
        return nanoseconds(crowded_ ? static_cast<int64_t>(below(12)) : logarithmic());
    }

    // Of most classes none.
    OwnOfClasses own_limits() {
        OwnOfClasses own;
        for (OwnLimits& limits : own) {
            if (below(3) == 0) limits.check_use = limit();
            if (below(3) == 0) limits.mutation_use = limit();
        }
        return own;
    }

  private:
    uint64_t below(uint64_t end) { return random_() % end; }
    int64_t logarithmic() { return static_cast<int64_t>(random_() >> (1 + below(63))); }
    std::vector<Corner> corners(size_t count) {
        std::vector<Corner> corners(count);
        for (Corner& corner : corners) corner = {gap(), gap()};
        return corners;
    }
    nanoseconds gap() { return below(15) == 0 ? -limit() : limit(); }

    std::mt19937_64 random_;
    bool crowded_;
};

// Zero, the end, some others, and each corner's limits with their neighbours.
std::vector<nanoseconds> limits_to_try(const std::vector<Found>& finds, RandomFinds& random) {
    std::vector<nanoseconds> limits = {nanoseconds(0), kUnlimited};
    for (int i = 0; i < 5; ++i) limits.push_back(random.limit());
    for (const Found& found : finds)
        for (const auto* corners : {&found.births, &found.deaths})
            for (const Corner& corner : *corners)
                for (const nanoseconds exact : {corner.check_use, corner.mutation_use}) {
                    if (exact < nanoseconds(0)) continue;
                    limits.push_back(exact);
                    if (exact > nanoseconds(0)) limits.push_back(exact - nanoseconds(1));
                    if (exact < kUnlimited) limits.push_back(exact + nanoseconds(1));
                }
    std::sort(limits.begin(), limits.end());
    limits.erase(std::unique(limits.begin(), limits.end()), limits.end());
    return limits;
}

// One in `step` of the pairs of limits.
template <typename Check>
void for_windows(const std::vector<nanoseconds>& limits, size_t step, const Check& check) {
    for (size_t i = 0; i < limits.size() * limits.size(); i += step)
        check(CorrelationWindow{limits[i / limits.size()], limits[i % limits.size()]});
}

std::vector<Lifespan> lifespans_of(const std::vector<Found>& finds) {
    std::vector<Lifespan> lifespans;
    for (const Found& found : finds)
        lifespans.push_back(
            {found.class_index,
             {staircase_of(found.births), staircase_of(found.deaths), found.better_class},
             found.count});
    return lifespans;
}

uint64_t alive_of(const std::vector<Found>& finds, size_t class_index,
                  const CorrelationWindow& window, const OwnOfClasses& own) {
    uint64_t count = 0;
    for (const Found& found : finds)
        if (found.class_index == class_index && is_alive(found, window, own)) count += found.count;
    return count;
}

TEST(Lifetime, IsAliveWhereSomeBirthAndNoDeathIsAdmitted) {
    for (uint32_t seed = 1; seed <= kSeeds; ++seed) {
        SCOPED_TRACE(seed);
        RandomFinds random(seed);
        const auto finds = random.finds();
        const auto lifespans = lifespans_of(finds);
        const auto limits = limits_to_try(finds, random);
        for (size_t i = 0; i < finds.size(); ++i)
            for_windows(limits, 1 + limits.size() / 20, [&](const CorrelationWindow& window) {
                ASSERT_EQ(lifespans[i].lifetime.is_alive_in(window), is_alive(finds[i], window))
                    << "candidate " << i << " at " << text_of(window);
            });
    }
}

TEST(Staircase, NoCornerMakesAnotherSuperfluous) {
    for (uint32_t seed = 1; seed <= kSeeds; ++seed) {
        SCOPED_TRACE(seed);
        for (const Lifespan& lifespan : lifespans_of(RandomFinds(seed).finds())) {
            const auto corners = lifespan.lifetime.births.corners();
            for (size_t i = 1; i < corners.size(); ++i) {
                EXPECT_LT(corners[i - 1].check_use, corners[i].check_use);
                EXPECT_GT(corners[i - 1].mutation_use, corners[i].mutation_use);
            }
        }
    }
}

class AlongAnAxis : public ::testing::TestWithParam<Axis> {};
INSTANTIATE_TEST_SUITE_P(All, AlongAnAxis,
                         ::testing::Values(Axis::kBoth, Axis::kCheckUse, Axis::kMutationUse),
                         [](const auto& axis) {
                             return axis.param == Axis::kBoth       ? "Both"
                                    : axis.param == Axis::kCheckUse ? "CheckUse"
                                                                    : "MutationUse";
                         });

TEST_P(AlongAnAxis, TheIntervalHoldsTheLimitsAtWhichItIsAlive) {
    for (uint32_t seed = 1; seed <= kSeeds; ++seed) {
        SCOPED_TRACE(seed);
        RandomFinds random(seed);
        const auto finds = random.finds();
        const auto lifespans = lifespans_of(finds);
        const auto limits = limits_to_try(finds, random);
        for (size_t i = 0; i < finds.size(); ++i)
            for (int round = 0; round < 8; ++round) {
                const CorrelationWindow window{random.limit(), random.limit()};
                const OwnOfClasses own = random.own_limits();
                const auto interval = lifespans[i].lifetime.interval(
                    GetParam(), window, own[finds[i].class_index], own[finds[i].better_class]);
                for (const nanoseconds limit : limits)
                    ASSERT_EQ(interval && interval->contains(limit),
                              is_alive(finds[i], moved_to(window, GetParam(), limit), own))
                        << "candidate " << i << " at " << limit.count() << " of "
                        << text_of(window);
            }
    }
}

TEST_P(AlongAnAxis, TheSweepCountsWhatIsAliveAtEveryLimit) {
    for (uint32_t seed = 1; seed <= kSeeds; ++seed) {
        SCOPED_TRACE(seed);
        RandomFinds random(seed);
        const auto finds = random.finds();
        const auto lifespans = lifespans_of(finds);
        const auto limits = limits_to_try(finds, random);
        for (int round = 0; round < 4; ++round) {
            const CorrelationWindow window{random.limit(), random.limit()};
            const OwnOfClasses own = random.own_limits();
            const Sweep sweep = sweep_along(GetParam(), window, own, lifespans);
            const auto changes = sweep.changes();
            for (const nanoseconds limit : limits) {
                const auto behind = std::upper_bound(changes.begin(), changes.end(), limit);
                const nanoseconds last_change =
                    behind == changes.begin() ? nanoseconds(0) : *std::prev(behind);
                for (size_t c = 0; c < kClasses; ++c) {
                    ASSERT_EQ(sweep.count(c, limit),
                              alive_of(finds, c, moved_to(window, GetParam(), limit), own))
                        << "class " << c << " at " << limit.count() << " of " << text_of(window);
                    ASSERT_EQ(sweep.count(c, limit), sweep.count(c, last_change));
                }
            }
        }
    }
}

TEST(CorrelationWindow, AnyThatAnOptionCanStateIsReadBack) {
    std::mt19937_64 random(1);
    constexpr uint64_t kTenYears = 315360000'000'000'000;
    for (int i = 0; i < 20000; ++i) {
        const auto limit = [&] {
            return random() % 9 == 0
                       ? kUnlimited
                       : nanoseconds(static_cast<int64_t>(random() % kTenYears >> random() % 58) +
                                     1);
        };
        const CorrelationWindow window{limit(), limit(), nanoseconds(random() % kTenYears)};
        CorrelationWindow read;
        const auto set = set_windows(read, option_of(window));
        ASSERT_TRUE(set.ok()) << set.error().message;
        ASSERT_EQ(read, window) << option_of(window);
    }
}

}  // namespace
}  // namespace tocsin
