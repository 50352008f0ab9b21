// SPDX-License-Identifier: Apache-2.0
#include "analyzer/judge/analysis_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/judge/analysis.h"
#include "tests/unit/analyzer/analysis_fixture.h"
#include "tests/unit/analyzer/name_story.h"

namespace tocsin {
namespace {

using namespace std::chrono_literals;
using test::call;
using ::testing::HasSubstr;

// A check, 10 ms later another user's swap, and 10 ms later the use: F1, or F2 where no change is
// near enough.
std::vector<std::string_view> found_in(const std::string& windows) {
    AnalysisOptions options;
    EXPECT_TRUE(set_windows(options, windows)) << windows;
    const auto reader = test::reader_of(test::story(
        call(10, "v", "newfstatat path=16:\"/home/x\"", "0", {"inode_getattr named=x"}) +
        call(20, "u", "rename path#0=16:\"/home/y\" path#1=32:\"/home/x\"", "0",
             {"path_rename named=y second=x"}) +
        call(30, "v", "openat path=16:\"/home/x\" flags=1", "3",
             {"file_open opened=y", "sys_exit returned=y"})));
    std::vector<std::string_view> found;
    const auto result = analyze(reader, "t", options);
    for (const Finding& finding : result.findings) found.push_back(name_of(finding.candidate.rule));
    EXPECT_EQ(result.shown_findings(), found.size());
    return found;
}

using Found = std::vector<std::string_view>;

TEST(Windows, OfAClassWinOverTheCommonOnes) {
    EXPECT_EQ(found_in("unlimited"), (Found{"F1"}));
    EXPECT_EQ(found_in("1us"), Found());
    EXPECT_EQ(found_in("1us,F1:unlimited"), (Found{"F1"}));
    EXPECT_EQ(found_in("F1:unlimited,1us"), (Found{"F1"}));
    EXPECT_EQ(found_in("F1:1us,F2:1us"), Found());
}

TEST(Windows, WhatAClassIsTooNarrowForGivesWayToNothing) {
    EXPECT_EQ(found_in("F1:mutation-use=1us"), (Found{"F2"}));
    EXPECT_EQ(found_in("F1:check-use=1us"), (Found{"F2"}));
}

TEST(Windows, AreOfClassesThatPairCalls) {
    for (const char* item : {"A1:5ms", "orphan:5ms", "F9:5ms", ":5ms", "F1 :5ms"}) {
        AnalysisOptions options;
        const auto set = set_windows(options, item);
        ASSERT_FALSE(set) << item;
        EXPECT_THAT(set.error().message, HasSubstr("of no class that has one")) << item;
    }
    for (const char* item : {"F1:orphan=5ms", "F1:", "F1:5", "F1:F1:5ms", "5ms,F1:x"}) {
        AnalysisOptions options;
        EXPECT_FALSE(set_windows(options, item)) << item;
        EXPECT_EQ(options.window, CorrelationWindow());
        EXPECT_FALSE(options.own_limits[static_cast<size_t>(Rule::kF1)].any());
    }
}

}  // namespace
}  // namespace tocsin
