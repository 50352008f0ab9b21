// SPDX-License-Identifier: Apache-2.0
#include "analyzer/window/lifetime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tocsin {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

constexpr CorrelationWindow kWide{};

// As a detector of swaps makes them of one use: what the check 5 ms before it saw was replaced 4 ms
// before the use, what the check 20 ms before it saw, 2 ms before the use.
const Staircase kExplained = {{5ms, 4ms}, {20ms, 2ms}};
const Lifetime kSwap = {kExplained, {}};
const Lifetime kUnexplained = {{{5ms, 0ns}}, kExplained};

TEST(Staircase, KeepsTheSmallestCornersOnly) {
    Staircase stairs;
    stairs.add({20ms, 9ms});
    stairs.add({30ms, 5ms});
    stairs.add({10ms, 12ms});
    EXPECT_THAT(stairs.corners(),
                ElementsAre(Corner{10ms, 12ms}, Corner{20ms, 9ms}, Corner{30ms, 5ms}));
    stairs.add({30ms, 5ms});
    stairs.add({40ms, 5ms});
    stairs.add({20ms, 10ms});
    EXPECT_EQ(stairs.corners().size(), 3U);
    stairs.add({20ms, 5ms});
    EXPECT_THAT(stairs.corners(), ElementsAre(Corner{10ms, 12ms}, Corner{20ms, 5ms}));
    stairs.add({10ms, 1ms});
    EXPECT_THAT(stairs.corners(), ElementsAre(Corner{10ms, 1ms}));
}

TEST(Staircase, TakesNegativeGapsForZero) {
    const Staircase stairs = {{-5ms, 3ms}, {2ms, std::chrono::nanoseconds::min()}};
    EXPECT_THAT(stairs.corners(), ElementsAre(Corner{0ns, 3ms}, Corner{2ms, 0ns}));
}

TEST(Staircase, WithoutCornersHoldsNowhere) {
    EXPECT_TRUE(Staircase().is_empty());
    EXPECT_FALSE(Staircase().holds_in(kWide));
    EXPECT_EQ(Staircase().first_limit(moves_of(Axis::kBoth), kWide), std::nullopt);
}

TEST(Staircase, LimitsAreInclusive) {
    const Staircase stairs = {{5ms, 2ms}};
    EXPECT_TRUE(stairs.holds_in({5ms, 2ms}));
    EXPECT_FALSE(stairs.holds_in({5ms - 1ns, 2ms}));
    EXPECT_FALSE(stairs.holds_in({5ms, 2ms - 1ns}));
}

TEST(Staircase, AGapBeyondAllLimitsIsAdmittedByUnlimited) {
    const Staircase stairs = {{kUnlimited, kUnlimited}};
    EXPECT_TRUE(stairs.holds_in(kWide));
    EXPECT_FALSE(stairs.holds_in({kUnlimited - 1ns, kUnlimited}));
}

TEST(Lifetime, IsAlwaysUnlessADetectorSaysOtherwise) {
    const Lifetime always;
    EXPECT_TRUE(always.is_alive_in(kWide));
    EXPECT_TRUE(always.is_alive_in({0ns, 0ns}));
    EXPECT_EQ(always.interval(Axis::kBoth, kWide), (LimitInterval{0ns, std::nullopt}));
}

TEST(Lifetime, IsBornWhereItsGapAndAgeAreAdmitted) {
    EXPECT_EQ(kSwap.stage_in({4ms, kUnlimited}), LifeStage::kUnborn);
    EXPECT_EQ(kSwap.stage_in({5ms, 3ms}), LifeStage::kUnborn);
    EXPECT_EQ(kSwap.stage_in({5ms, 4ms}), LifeStage::kAlive);
    EXPECT_EQ(kSwap.stage_in({20ms - 1ns, 2ms}), LifeStage::kUnborn);
    EXPECT_EQ(kSwap.stage_in({20ms, 2ms}), LifeStage::kAlive);
    EXPECT_EQ(kSwap.stage_in(kWide), LifeStage::kAlive);
}

TEST(Lifetime, DiesWhereABetterExplanationIsBorn) {
    EXPECT_EQ(kUnexplained.stage_in({4ms, 1ms}), LifeStage::kUnborn);
    EXPECT_EQ(kUnexplained.stage_in({5ms, 4ms - 1ns}), LifeStage::kAlive);
    EXPECT_EQ(kUnexplained.stage_in({5ms, 4ms}), LifeStage::kSuperseded);
    EXPECT_EQ(kUnexplained.stage_in({20ms, 2ms}), LifeStage::kSuperseded);
    EXPECT_EQ(kUnexplained.stage_in(kWide), LifeStage::kSuperseded);
}

TEST(Lifetime, AndWhatReplacesItAreNeverAliveTogetherNorBothGone) {
    for (auto check_use = 5ms; check_use < 25ms; check_use += 1ms)
        for (auto mutation_use = 0ms; mutation_use < 12ms; mutation_use += 1ms) {
            const CorrelationWindow window{check_use, mutation_use};
            EXPECT_NE(kSwap.is_alive_in(window), kUnexplained.is_alive_in(window));
        }
}

TEST(Lifetime, AlongAnAxisIsOneHalfOpenInterval) {
    const CorrelationWindow window{20ms, 3ms};
    EXPECT_EQ(kUnexplained.interval(Axis::kCheckUse, window), (LimitInterval{5ms, 20ms}));
    EXPECT_EQ(kUnexplained.interval(Axis::kCheckUse, {20ms, 1ms}),
              (LimitInterval{5ms, std::nullopt}));
    EXPECT_EQ(kUnexplained.interval(Axis::kMutationUse, window), (LimitInterval{0ns, 2ms}));
    EXPECT_EQ(kSwap.interval(Axis::kMutationUse, window), (LimitInterval{2ms, std::nullopt}));
    EXPECT_EQ(kSwap.interval(Axis::kBoth, window), (LimitInterval{5ms, std::nullopt}));
    const LimitInterval interval{5ms, 7ms};
    EXPECT_FALSE(interval.contains(5ms - 1ns));
    EXPECT_TRUE(interval.contains(5ms));
    EXPECT_FALSE(interval.contains(7ms));
}

TEST(Lifetime, HasNoIntervalWhereItIsNeverAlive) {
    EXPECT_EQ(kSwap.interval(Axis::kCheckUse, {20ms, 1ms}), std::nullopt);
    // On the diagonal the swap explains it as soon as the check is admitted.
    EXPECT_EQ(kUnexplained.interval(Axis::kBoth, kWide), std::nullopt);
    EXPECT_EQ((Lifetime{Staircase(), {}}).interval(Axis::kBoth, kWide), std::nullopt);
}

TEST(Lifetime, OneThatDiesOnlyAtUnlimitedIsNotOneThatNeverDies) {
    const Lifetime lifetime = {{{1ms, 1ms}}, {{kUnlimited, 1ms}}};
    const auto interval = lifetime.interval(Axis::kBoth, kWide);
    ASSERT_TRUE(interval);
    EXPECT_TRUE(interval->contains(kUnlimited - 1ns));
    EXPECT_FALSE(interval->contains(kUnlimited));
    EXPECT_FALSE(lifetime.is_alive_in(kWide));
}

TEST(GapBetween, NeitherRunsBackNorOverflows) {
    EXPECT_EQ(gap_between({100}, {150}), 50ns);
    EXPECT_EQ(gap_between({150}, {100}), 0ns);
    EXPECT_EQ(gap_between({0}, {UINT64_MAX}), kUnlimited);
}

}  // namespace
}  // namespace tocsin
