// SPDX-License-Identifier: Apache-2.0
//
// More findings than are kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "tests/unit/analyzer/analysis_fixture.h"
#include "tests/unit/analyzer/name_story.h"

namespace tocsin {
namespace {

using test::call;
using ::testing::HasSubstr;

// A name that another user swaps between check and use, again and again.
std::string rounds(int swaps) {
    std::string lines;
    for (int i = 0; i < swaps; ++i) {
        const int time = 10 + 40 * i;
        lines += call(time, "v", "newfstatat path=16:\"/home/x\"", "0", {"inode_getattr named=x"});
        lines += call(time + 10, "u", "rename path#0=16:\"/home/y\" path#1=32:\"/home/x\"", "0",
                      {"path_rename named=y second=x"});
        lines += call(time + 20, "v", "openat path=16:\"/home/x\" flags=" + std::to_string(i % 2),
                      "3", {"file_open opened=y", "sys_exit returned=y"});
    }
    return test::story(lines);
}

AnalysisResult analyzed_with(const std::string& trace, size_t most,
                             const std::string& window = "unlimited") {
    AnalysisOptions options;
    options.most_findings = most;
    EXPECT_TRUE(set_windows(options.window, window));
    return test::analyzed(trace, options);
}

uint64_t counted(const AnalysisResult& result) {
    uint64_t count = result.shown_findings();
    for (const auto& [rule, number] : result.set_aside) count += number;
    return count;
}

TEST(ManyFindings, AreAllCountedHoweverFewAreKept) {
    const std::string trace = rounds(20);
    for (const std::string window : {"unlimited", "15ms", "1ms"}) {
        const AnalysisResult all = analyzed_with(trace, 1000, window);
        EXPECT_EQ(all.not_kept, 0U);
        for (const size_t most : {1U, 2U, 3U, 7U, 19U}) {
            SCOPED_TRACE(window + ", " + std::to_string(most));
            const AnalysisResult few = analyzed_with(trace, most, window);
            EXPECT_LE(few.findings.size(), most);
            EXPECT_EQ(few.by_severity, all.by_severity);
            EXPECT_EQ(few.set_aside, all.set_aside);
            EXPECT_EQ(few.outside_window, all.outside_window);
            EXPECT_EQ(few.superseded, all.superseded);
            EXPECT_EQ(few.lifespans.size(), all.lifespans.size());
            uint64_t kept = few.not_kept;
            for (const Finding& finding : few.findings) kept += 1 + finding.more;
            EXPECT_EQ(kept, counted(few));
        }
    }
}

TEST(ManyFindings, TheGravestStay) {
    const AnalysisResult all = analyzed_with(rounds(20), 1000);
    const auto gravity = [](const Finding& finding) { return finding.judgement.severity_score; };
    int gravest = 0;
    for (const Finding& finding : all.findings) gravest = std::max(gravest, gravity(finding));
    const AnalysisResult few = analyzed_with(rounds(20), 4);
    ASSERT_FALSE(few.findings.empty());
    EXPECT_TRUE(std::any_of(few.findings.begin(), few.findings.end(),
                            [&](const Finding& finding) { return gravity(finding) == gravest; }));
}

TEST(ManyFindings, ReportsSayHowManyAreNotKept) {
    const AnalysisResult few = analyzed_with(rounds(20), 4);
    ASSERT_NE(few.not_kept, 0U);
    const std::string count = std::to_string(few.not_kept);
    EXPECT_THAT(test::report_of(few, "text"), HasSubstr("  not kept     " + count + " findings"));
    EXPECT_EQ(
        nlohmann::json::parse(test::report_of(few, "json"))["results"][0]["findings_not_kept"],
        few.not_kept);
    EXPECT_THAT(test::report_of(analyzed_with(rounds(20), 1000), "text"),
                testing::Not(HasSubstr("not kept")));
}

TEST(ManyFindings, TheSameAgainIsSaidOfAll) {
    const AnalysisResult few = analyzed_with(rounds(20), 4);
    const AnalysisResult all = analyzed_with(rounds(20), 1000);
    std::map<std::pair<CallId, Rule>, int> confidence;
    for (const Finding& finding : all.findings)
        confidence[{finding.candidate.operation->call, finding.candidate.rule}] =
            finding.judgement.confidence;
    for (const Finding& finding : few.findings)
        EXPECT_EQ(finding.judgement.confidence,
                  (confidence[{finding.candidate.operation->call, finding.candidate.rule}]));
}

}  // namespace
}  // namespace tocsin
