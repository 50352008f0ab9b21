// SPDX-License-Identifier: Apache-2.0
#include "formats/quantity.h"

#include <gtest/gtest.h>

#include <string>

namespace tocsin {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(ParseDuration, TakesEveryUnit) {
    EXPECT_EQ(parse_duration("7ns").value(), nanoseconds(7));
    EXPECT_EQ(parse_duration("250us").value(), microseconds(250));
    EXPECT_EQ(parse_duration("5ms").value(), milliseconds(5));
    EXPECT_EQ(parse_duration("30s").value(), seconds(30));
    EXPECT_EQ(parse_duration("2m").value(), minutes(2));
    EXPECT_EQ(parse_duration("1h").value(), hours(1));
    EXPECT_EQ(parse_duration("1d").value(), hours(24));
    EXPECT_EQ(parse_duration("1.5s").value(), milliseconds(1500));
    EXPECT_EQ(parse_duration("0.5ms").value(), microseconds(500));
}

TEST(ParseDuration, TenYearsAreTheMost) {
    EXPECT_TRUE(parse_duration("87600h").ok());
    EXPECT_FALSE(parse_duration("87601h").ok());
    EXPECT_FALSE(parse_duration("9223372036854775807h").ok());
}

TEST(ParseDuration, IsExactForWholeNumbers) {
    // The first whole number that a double does not hold.
    EXPECT_EQ(parse_duration("9007199254740993ns").value(), nanoseconds(9007199254740993));
}

TEST(ParseDuration, RefusesWhatIsNotOneAndQuotesIt) {
    for (const std::string text : {"",      "0",     "0s",    "5",    "-5ms",
                                   "+5ms",  "abc",   "s",     "5x",   "5sec",
                                   "5S",    " 5s",   "5 s",   "5s ",  "1e30s",
                                   "1e3s",  "nan",   "nans",  "inf",  "infs",
                                   "-infs", "0x10s", "0.1ns", "1,5s", "99999999999999999999999h",
                                   "5s5s",  "--5s"}) {
        const auto parsed = parse_duration(text);
        ASSERT_FALSE(parsed.ok()) << text;
        EXPECT_EQ(parsed.error().message,
                  "'" + text + "' is not a duration; write for example 250ms, 30s or 5m");
    }
}

TEST(ParseDuration, TakesZeroOnlyWhereItIsAllowed) {
    EXPECT_EQ(parse_duration("0s", nanoseconds(0)).value(), nanoseconds(0));
    EXPECT_FALSE(parse_duration("0s").ok());
    EXPECT_FALSE(parse_duration("0", nanoseconds(0)).ok());
    EXPECT_FALSE(parse_duration("-1s", nanoseconds(0)).ok());
}

TEST(DurationText, TakesTheLargestUnitThatIsExact) {
    EXPECT_EQ(duration_text(nanoseconds(0)), "0 ns");
    EXPECT_EQ(duration_text(nanoseconds(1234567)), "1234567 ns");
    EXPECT_EQ(duration_text(microseconds(250)), "250 us");
    EXPECT_EQ(duration_text(milliseconds(1500)), "1500 ms");
    EXPECT_EQ(duration_text(seconds(90)), "90 s");
    EXPECT_EQ(duration_text(seconds(120)), "2 m");
    EXPECT_EQ(duration_text(hours(24)), "1 d");
    EXPECT_EQ(duration_text(milliseconds(50), ""), "50ms");
}

TEST(DurationText, WithoutTheBlankIsReadBack) {
    for (const int64_t ns : {1L, 999L, 1000L, 60'000'000'000L, 9007199254740993L, 3600'000'000'001L,
                             315360000'000'000'000L})
        EXPECT_EQ(parse_duration(duration_text(nanoseconds(ns), "")).value(), nanoseconds(ns));
}

TEST(ParseQuantity, SplitsTheNumberFromWhatFollows) {
    const auto quantity = parse_quantity("1.5 apples");
    ASSERT_TRUE(quantity);
    EXPECT_EQ(quantity->number, 1.5);
    EXPECT_EQ(quantity->unit, " apples");
    EXPECT_FALSE(parse_quantity("apples"));
    EXPECT_FALSE(parse_quantity(""));
}

}  // namespace
}  // namespace tocsin
