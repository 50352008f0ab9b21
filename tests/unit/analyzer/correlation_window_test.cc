// SPDX-License-Identifier: Apache-2.0
#include "analyzer/window/correlation_window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tocsin {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;

CorrelationWindow window_of(const std::string& items) {
    CorrelationWindow window;
    const auto set = set_windows(window, items);
    EXPECT_TRUE(set.ok()) << set.error().message;
    return window;
}

// What is wrong with the items; the window must stay as it is.
std::string error_of(const std::string& items) {
    CorrelationWindow window{7ns, 8ns, 9ns};
    const auto set = set_windows(window, items);
    EXPECT_EQ(window, (CorrelationWindow{7ns, 8ns, 9ns})) << items;
    return set.ok() ? "none" : set.error().message;
}

TEST(CorrelationWindow, IsUnlimitedUnlessNarrowed) {
    EXPECT_EQ(CorrelationWindow(), (CorrelationWindow{kUnlimited, kUnlimited, 10ms}));
}

TEST(CorrelationWindow, ABareValueSetsBothLimits) {
    EXPECT_EQ(window_of("50ms"), (CorrelationWindow{50ms, 50ms, 10ms}));
    EXPECT_EQ(window_of("unlimited"), CorrelationWindow());
}

TEST(CorrelationWindow, ANamedValueSetsOneLimit) {
    EXPECT_EQ(window_of("check-use=2s"), (CorrelationWindow{2s, kUnlimited, 10ms}));
    EXPECT_EQ(window_of("mutation-use=100ms"), (CorrelationWindow{kUnlimited, 100ms, 10ms}));
    EXPECT_EQ(window_of("orphan=250us"), (CorrelationWindow{kUnlimited, kUnlimited, 250us}));
    EXPECT_EQ(window_of("1s,check-use=unlimited"), (CorrelationWindow{kUnlimited, 1s, 10ms}));
}

TEST(CorrelationWindow, LaterItemsWin) {
    EXPECT_EQ(window_of("50ms,check-use=2s"), (CorrelationWindow{2s, 50ms, 10ms}));
    EXPECT_EQ(window_of("check-use=2s,50ms"), (CorrelationWindow{50ms, 50ms, 10ms}));
    EXPECT_EQ(window_of("check-use=2s,check-use=3s").check_use, 3s);
}

TEST(CorrelationWindow, OfZeroIsForOrphansAlone) {
    EXPECT_EQ(window_of("orphan=0ns").orphan, 0ns);
    for (const char* item : {"0ns", "0ms", "check-use=0s", "mutation-use=0ns", "0.1ns"})
        EXPECT_THAT(error_of(item), HasSubstr("admits no time at all")) << item;
}

TEST(CorrelationWindow, WithoutEndIsNotForOrphans) {
    EXPECT_THAT(error_of("orphan=unlimited"), HasSubstr("has no end"));
}

TEST(CorrelationWindow, RefusesWhatIsNoneAndQuotesIt) {
    for (const std::string& item : {"0"s,
                                    "-5ms"s,
                                    "abc"s,
                                    ""s,
                                    "1e30s"s,
                                    "5"s,
                                    "check-use="s,
                                    "=5ms"s,
                                    "foo=5ms"s,
                                    "check-use=5ms=3"s,
                                    "5ms\0"s,
                                    "check-use=\n"s,
                                    "\0"s,
                                    "check-use=5\x1bms"s,
                                    " 5ms"s,
                                    "5 ms"s,
                                    "50ms "s,
                                    "Unlimited"s,
                                    "unlimited "s,
                                    "inf"s,
                                    "nan"s,
                                    "="s,
                                    "=="s,
                                    "check-use"s,
                                    "check_use=5ms"s,
                                    "CHECK-USE=5ms"s,
                                    "check-use =5ms"s,
                                    "orphan=-1ns"s,
                                    "orphan=0"s,
                                    "3651d"s,
                                    "9223372036854775807ns"s,
                                    "99999999999999999999999h"s})
        EXPECT_THAT(error_of(item), AllOf(HasSubstr("'" + item + "'"), HasSubstr(" write ")))
            << item;
}

TEST(CorrelationWindow, RefusesAnEmptyItemBetweenCommas) {
    for (const char* items : {",", "5ms,", ",5ms", "5ms,,check-use=2s"})
        EXPECT_THAT(error_of(items), HasSubstr("the window '' states no time with a unit"))
            << items;
}

TEST(CorrelationWindow, NoItemOfARefusedListHolds) {
    EXPECT_THAT(error_of("5ms,check-use=bad"), HasSubstr("'check-use=bad'"));
}

TEST(CorrelationWindow, HasOneTextForPeople) {
    EXPECT_EQ(text_of(CorrelationWindow{50ms, kUnlimited}),
              "check-use 50 ms, mutation-use unlimited");
    EXPECT_EQ(text_of(CorrelationWindow{90s, 24h, 0ns}),
              "check-use 90 s, mutation-use 1 d, orphan 0 ns");
}

TEST(CorrelationWindow, ItsOptionIsTakenBack) {
    EXPECT_EQ(option_of(CorrelationWindow()), "check-use=unlimited,mutation-use=unlimited");
    for (const CorrelationWindow& window :
         {CorrelationWindow(), CorrelationWindow{50ms, 2s}, CorrelationWindow{1ns, kUnlimited, 0ns},
          CorrelationWindow{9007199254740993ns, 3650 * 24h, 1234567ns}})
        EXPECT_EQ(window_of(option_of(window)), window) << option_of(window);
}

TEST(Axis, MovesItsLimitsAndNoOther) {
    const CorrelationWindow window{1ms, 2ms, 3ms};
    EXPECT_EQ(moved_to(window, Axis::kBoth, 5ms), (CorrelationWindow{5ms, 5ms, 3ms}));
    EXPECT_EQ(moved_to(window, Axis::kCheckUse, 5ms), (CorrelationWindow{5ms, 2ms, 3ms}));
    EXPECT_EQ(moved_to(window, Axis::kMutationUse, 5ms), (CorrelationWindow{1ms, 5ms, 3ms}));
}

TEST(Axis, AWindowOfTwoLimitsHasNoPlaceOnTheirDiagonal) {
    EXPECT_EQ(position_of({1ms, 2ms}, Axis::kBoth), std::nullopt);
    EXPECT_EQ(position_of({2ms, 2ms}, Axis::kBoth), 2ms);
    EXPECT_EQ(position_of({1ms, 2ms}, Axis::kCheckUse), 1ms);
    EXPECT_EQ(position_of({1ms, 2ms}, Axis::kMutationUse), 2ms);
}

TEST(Axis, IsFoundByItsName) {
    for (const Axis axis : {Axis::kBoth, Axis::kCheckUse, Axis::kMutationUse})
        EXPECT_EQ(axis_named(name_of(axis)), axis);
    EXPECT_EQ(axis_named("orphan"), std::nullopt);
}

}  // namespace
}  // namespace tocsin
