// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/replay_pace.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

const ReplayPace::Clock::time_point kNow{seconds(1000)};
constexpr uint64_t kSecond = 1'000'000'000;

TEST(ReplayPace, TheFirstLineIsDueAtOnceHoweverLateItComesInTheTrace) {
    EXPECT_EQ(ReplayPace(1).due({77 * kSecond}, kNow), kNow);
}

TEST(ReplayPace, GapsPassAsTheyDidOrFasterOrSlower) {
    for (const auto& [speed, gap] : {std::pair{1.0, milliseconds(2000)},
                                     {10.0, milliseconds(200)},
                                     {0.5, milliseconds(4000)}}) {
        ReplayPace pace(speed);
        pace.due({5 * kSecond}, kNow);
        EXPECT_EQ(pace.due({7 * kSecond}, kNow), kNow + gap);
    }
}

TEST(ReplayPace, DelaysDoNotAddUp) {
    ReplayPace pace(1);
    pace.due({kSecond}, kNow);
    for (int i = 1; i <= 1000; ++i)
        EXPECT_EQ(pace.due({kSecond + static_cast<uint64_t>(i) * 1'000'000},
                           kNow + milliseconds(i + 7 * i)),
                  kNow + milliseconds(i));
}

TEST(ReplayPace, TimesThatRunBackAreDueAtOnce) {
    ReplayPace pace(1);
    pace.due({5 * kSecond}, kNow);
    EXPECT_EQ(pace.due({3 * kSecond}, kNow + seconds(1)), kNow);
}

TEST(ReplayPace, NoGapIsLongerThanAYear) {
    ReplayPace pace(1e-300);
    pace.due({0}, kNow);
    EXPECT_EQ(pace.due({UINT64_MAX}, kNow), kNow + hours(365 * 24));
}

}  // namespace
}  // namespace tocsin
