// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/time_scale.h"

#include <gtest/gtest.h>

namespace tocsin::gui {
namespace {

TEST(TimeScale, IsExactToAPixelFarFromTheOrigin) {
    const uint64_t months = 8'000'000'000'000'000'000U;
    const TimeScale scale(months, months + 1000, 100, 1000);
    EXPECT_DOUBLE_EQ(scale.x_of(months + 1), 101.0);
    EXPECT_DOUBLE_EQ(scale.x_of(months - 1), 99.0);
    EXPECT_EQ(scale.ns_of(101.0), months + 1);
    EXPECT_EQ(TimeScale(5, 10, 0, 5).ns_of(-100), 0U);
}

TEST(TimeScale, TicksAreRoundAndFarEnoughApart) {
    const TimeScale scale(1'000'000'000, 1'010'000'000, 0, 1000);
    const auto ticks = scale.ticks(1'000'000'000, 80);
    ASSERT_GE(ticks.size(), 10U);
    EXPECT_EQ(ticks[0].label, QStringLiteral("0 ms"));
    EXPECT_EQ(ticks[1].label, QStringLiteral("1 ms"));
    EXPECT_GE(scale.x_of(ticks[1].ns) - scale.x_of(ticks[0].ns), 80);
}

TEST(TimeScale, TicksBeforeZeroAreNegative) {
    const auto ticks = TimeScale(900, 1100, 0, 200).ticks(1000, 40);
    ASSERT_FALSE(ticks.empty());
    EXPECT_EQ(ticks.front().label, QStringLiteral("−100 ns"));
}

TEST(TimeScale, EndsWhereTimeDoes) {
    EXPECT_LE(TimeScale(UINT64_MAX - 10, UINT64_MAX, 0, 100).ticks(0, 10).size(), 20U);
    EXPECT_LE(TimeScale(0, UINT64_MAX, 0, 1e9).ticks(0, 1e-9).size(), 2000U);
}

TEST(DurationText, HasAtMostFourDigits) {
    EXPECT_EQ(duration_text(0), QStringLiteral("0 ns"));
    EXPECT_EQ(duration_text(999), QStringLiteral("999 ns"));
    EXPECT_EQ(duration_text(184'200), QString::fromUtf8("184.2 µs"));
    EXPECT_EQ(duration_text(1'250'000'000), QStringLiteral("1.25 s"));
    EXPECT_EQ(duration_text(3'600'000'000'000), QStringLiteral("3600 s"));
}

}  // namespace
}  // namespace tocsin::gui
