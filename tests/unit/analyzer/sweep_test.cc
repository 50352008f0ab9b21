// SPDX-License-Identifier: Apache-2.0
#include "analyzer/window/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace tocsin {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

RowMark mark_of(const std::vector<SweepRow>& rows, nanoseconds limit) {
    for (const SweepRow& row : rows)
        if (row.limit == limit) return row.mark;
    ADD_FAILURE() << "no row at " << limit.count();
    return RowMark::kNone;
}

TEST(Sweep, CountsWhatIsBornAndNotDead) {
    const std::vector<Sweep::Item> items = {
        {0, {2ms, 5ms}}, {0, {3ms, {}}}, {0, {3ms, 9ms}, 10}, {2, {0ns, {}}}};
    const Sweep sweep(3, items);
    EXPECT_EQ(sweep.count(0, 2ms - 1ns), 0U);
    EXPECT_EQ(sweep.count(0, 2ms), 1U);
    EXPECT_EQ(sweep.count(0, 3ms), 12U);
    EXPECT_EQ(sweep.count(0, 5ms), 11U);
    EXPECT_EQ(sweep.count(0, kUnlimited), 1U);
    EXPECT_EQ(sweep.count(1, kUnlimited), 0U);
    EXPECT_EQ(sweep.count(2, 0ns), 1U);
}

TEST(Sweep, KnowsWhereCountsChange) {
    const std::vector<Sweep::Item> items = {
        {0, {2ms, 5ms}}, {1, {5ms, {}}}, {0, {2ms, {}}}, {0, {0ns, {}}}};
    EXPECT_THAT(Sweep(2, items).changes(), ElementsAre(2ms, 5ms));
}

constexpr std::array<OwnLimits, 2> kNoOwnLimits{};

TEST(Sweep, OfWhatIsAlwaysAliveNeverChanges) {
    const std::vector<Lifespan> lifespans = {{0, {}, 7}, {1, {}, 2}};
    const Sweep sweep = sweep_along(Axis::kBoth, {}, kNoOwnLimits, lifespans);
    EXPECT_THAT(sweep.changes(), IsEmpty());
    EXPECT_EQ(sweep.count(0, 0ns), 7U);
    EXPECT_EQ(sweep.count(1, kUnlimited), 2U);
}

TEST(Sweep, AlongAnAxisHasWhatTheOtherLimitAdmits) {
    const std::vector<Lifespan> lifespans = {{0, {{{5ms, 2ms}}, {}}}};
    EXPECT_EQ(sweep_along(Axis::kCheckUse, {1ms, 2ms}, kNoOwnLimits, lifespans).count(0, 5ms), 1U);
    EXPECT_EQ(sweep_along(Axis::kCheckUse, {9ms, 1ms}, kNoOwnLimits, lifespans).count(0, 5ms), 0U);
    EXPECT_EQ(sweep_along(Axis::kBoth, {1ms, 1ms}, kNoOwnLimits, lifespans).count(0, 5ms), 1U);
}

TEST(Sweep, DoesNotMoveWhatAClassHasToItself) {
    const std::vector<Lifespan> lifespans = {{0, {{{5ms, 2ms}}}}, {1, {{{5ms, 2ms}}}}};
    std::array<OwnLimits, 2> own{};
    own[1].check_use = 5ms;
    const Sweep sweep = sweep_along(Axis::kBoth, {}, own, lifespans);
    EXPECT_EQ(sweep.count(0, 2ms), 0U);
    EXPECT_EQ(sweep.count(1, 2ms), 1U);
    own[1].mutation_use = 1ms;
    EXPECT_EQ(sweep_along(Axis::kBoth, {}, own, lifespans).count(1, kUnlimited), 0U);
}

TEST(Sweep, OfNothingCountsNothing) {
    const Sweep sweep(1, {});
    EXPECT_EQ(sweep.classes(), 1U);
    EXPECT_EQ(sweep.count(0, kUnlimited), 0U);
}

TEST(TableRows, MarkTheChosenWindowItsHalfAndItsDouble) {
    const auto rows = table_rows(50ms);
    EXPECT_EQ(rows.size(), 15U);
    EXPECT_EQ(mark_of(rows, 25ms), RowMark::kHalf);
    EXPECT_EQ(mark_of(rows, 50ms), RowMark::kChosen);
    EXPECT_EQ(mark_of(rows, 100ms), RowMark::kTwice);
    EXPECT_EQ(mark_of(rows, 1us), RowMark::kNone);
    EXPECT_EQ(rows.front().limit, 1us);
    EXPECT_EQ(rows.back().limit, kUnlimited);
}

TEST(TableRows, RiseAndHaveEachLimitOnce) {
    for (const nanoseconds chosen : {0ns, 1ns, nanoseconds(2us), nanoseconds(1s), nanoseconds(48h),
                                     kUnlimited - 1ns, kUnlimited}) {
        const auto rows = table_rows(chosen);
        for (size_t i = 1; i < rows.size(); ++i) EXPECT_LT(rows[i - 1].limit, rows[i].limit);
        EXPECT_EQ(mark_of(rows, chosen), RowMark::kChosen);
    }
}

TEST(TableRows, UnlimitedHasNeitherHalfNorDouble) {
    EXPECT_EQ(table_rows(kUnlimited).size(), table_rows({}).size());
}

TEST(TableRows, WithoutAChosenWindowHaveNoMark) {
    for (const SweepRow& row : table_rows({})) EXPECT_EQ(row.mark, RowMark::kNone);
}

}  // namespace
}  // namespace tocsin
