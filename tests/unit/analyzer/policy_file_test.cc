// SPDX-License-Identifier: Apache-2.0
#include "analyzer/judge/policy_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/judge/analysis.h"
#include "tests/unit/analyzer/analysis_fixture.h"
#include "tests/unit/analyzer/name_story.h"

namespace tocsin {
namespace {

using test::call;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> mistakes_in(std::string_view text) {
    std::vector<std::string> mistakes;
    for (const PolicyMistake& mistake : parse_policy(text, "p").mistakes)
        mistakes.push_back(std::to_string(mistake.line) + ':' + std::to_string(mistake.column) +
                           ": " + mistake.what);
    return mistakes;
}

TEST(PolicyFile, KnowsEveryTable) {
    const ParsedPolicy parsed = parse_policy(
        "[windows]\ncheck-use = \"2s\"\norphan = \"5ms\"\n[thresholds]\nconfidence = 50\n"
        "[[trusted]]\nuid = 0\nprogram = \"/usr/bin/*\"\nreason = \"r\"\n"
        "[[sensitive]]\npath = \"/srv/**\"\ncategory = \"keys\"\n"
        "[[off]]\nrule = \"F4\"\nreason = \"r\"\n[[off]]\nfinding = \"885165d0\"\nreason = \"r\"\n",
        "p");
    EXPECT_THAT(parsed.mistakes, IsEmpty());
    EXPECT_EQ(parsed.policy.windows, "check-use=2s,orphan=5ms");
    EXPECT_EQ(parsed.policy.confidence, 50);
    ASSERT_EQ(parsed.policy.trusted.size(), 1U);
    EXPECT_EQ(parsed.policy.trusted[0].uid, 0U);
    EXPECT_TRUE(parsed.policy.trusted[0].program->matches("/usr/bin/dpkg"));
    ASSERT_EQ(parsed.policy.sensitive.size(), 1U);
    EXPECT_EQ(parsed.policy.sensitive[0].category, "keys");
    ASSERT_EQ(parsed.policy.off.size(), 2U);
    EXPECT_EQ(parsed.policy.off[0].rule, Rule::kF4);
    EXPECT_EQ(parsed.policy.off[1].finding, "885165d0");
}

TEST(PolicyFile, HasWindowsOfClasses) {
    EXPECT_EQ(parse_policy("[windows]\ncheck-use = \"2s\"\n[windows.F1]\nmutation-use = \"1ms\"\n"
                           "[windows.P1]\ncheck-use = \"unlimited\"\n",
                           "p")
                  .policy.windows,
              "check-use=2s,F1:mutation-use=1ms,P1:check-use=unlimited");
    EXPECT_THAT(mistakes_in("[windows.F1]\norphan = \"1ms\"\n"),
                ElementsAre("2:1: there is no \"orphan\" here; known are check-use, mutation-use"));
    EXPECT_THAT(mistakes_in("[windows.A1]\n"),
                ElementsAre(testing::StartsWith("1:10: there is no")));
    EXPECT_THAT(mistakes_in("[windows]\nF1 = \"1ms\"\n"),
                ElementsAre("2:6: F1 is a table: write [F1]"));
}

TEST(PolicyFile, SuggestsTheNearestKey) {
    EXPECT_THAT(mistakes_in("[threshold]\n"),
                ElementsAre(testing::HasSubstr("did you mean thresholds?")));
    EXPECT_THAT(mistakes_in("[windows]\ncheckuse = \"1s\"\n"),
                ElementsAre(testing::HasSubstr("did you mean check-use?")));
}

TEST(PolicyFile, AnEmptyOneSaysNothing) {
    EXPECT_THAT(mistakes_in(""), IsEmpty());
    EXPECT_THAT(mistakes_in("[windows]\n[thresholds]\n"), IsEmpty());
}

TEST(PolicyFile, KeysNestedWithoutEndAreAMistake) {
    std::string deep = "[windows]\n";
    for (int i = 0; i < 100'000; ++i) deep += "a.";
    EXPECT_THAT(mistakes_in(deep + "a = 1\n"),
                ElementsAre("2:1: no key of a policy is nested as deep as this line's"));
    const std::string dots(1000, '.');
    EXPECT_THAT(mistakes_in("[[off]]\nrule = \"F4\"\nreason = \"" + dots + "\"\n"), IsEmpty());
}

TEST(PolicyFile, MistakesHaveTheirPlace) {
    EXPECT_THAT(mistakes_in("[trust]\n"), ElementsAre(testing::StartsWith("1:2: there is no")));
    EXPECT_THAT(mistakes_in("[thresholds]\nconfidence = 101\n"),
                ElementsAre("2:14: confidence is a number from 0 to 100"));
    EXPECT_THAT(mistakes_in("[thresholds]\nconfidence = \"50\"\n"),
                ElementsAre("2:14: confidence is a number from 0 to 100"));
    EXPECT_THAT(mistakes_in("windows = 3\n"),
                ElementsAre("1:11: windows is a table: write [windows]"));
    EXPECT_THAT(mistakes_in("[off]\nrule = \"F4\"\n"),
                ElementsAre(testing::EndsWith("off is a list of tables: write [[off]]")));
    EXPECT_THAT(mistakes_in("[[off]]\nrule = \"F9\"\nreason = \"r\"\n"),
                ElementsAre(testing::StartsWith("2:8: \"F9\" is no class; there are A0")));
    EXPECT_THAT(mistakes_in("[[off]]\nreason = \"r\"\n"),
                ElementsAre(testing::HasSubstr("it sets everything aside")));
    EXPECT_THAT(mistakes_in("[[off]]\nfinding = \"xyz\"\nreason = \"r\"\n"),
                ElementsAre(testing::StartsWith("2:11: \"xyz\" is no id")));
    EXPECT_THAT(mistakes_in("[[trusted]]\nreason = \"r\"\n"),
                ElementsAre(testing::HasSubstr("it trusts everybody")));
    EXPECT_THAT(mistakes_in("[[trusted]]\nuid = -1\nreason = \"r\"\n"),
                ElementsAre("2:7: uid is a number from 0 to 4294967295"));
    EXPECT_THAT(mistakes_in("[[trusted]]\nuid = 0\n"),
                ElementsAre(testing::HasSubstr("it has no reason")));
    EXPECT_THAT(mistakes_in("[[trusted]]\nuid = 0\nreason = \"\\u001b\"\n"),
                ElementsAre(testing::HasSubstr("beyond ASCII")));
    EXPECT_THAT(mistakes_in("[[sensitive]]\npath = \"/a[\"\ncategory = \"c\"\n"),
                ElementsAre(testing::StartsWith("2:8: path is no pattern")));
    EXPECT_THAT(mistakes_in("[windows]\ncheck-use = \"5\"\n"),
                ElementsAre(testing::StartsWith("2:13: ")));
    EXPECT_THAT(mistakes_in("[windows]\ncheck-use = \"5ms,50ms\"\n"),
                ElementsAre(testing::StartsWith("2:13: check-use is one time")));
}

TEST(PolicyFile, AllMistakesAreToldInTheOrderOfTheFile) {
    EXPECT_THAT(mistakes_in("[[off]]\nreason = \"\"\n[thresholds]\nconfidence = -1\n"),
                ElementsAre(testing::StartsWith("1:"), testing::StartsWith("2:"),
                            testing::StartsWith("4:")));
}

TEST(PolicyFile, WhatIsNoTomlIsOneMistake) {
    for (const char* text : {"= 3", "[", "[a]\n[a]\n", "x = \"", "\xff\xfe", "a = 1\na = 2\n"})
        EXPECT_THAT(mistakes_in(text), ElementsAre(testing::HasSubstr("this is no TOML"))) << text;
}

// A check, another user's swap, and the use.
AnalysisResult analyzed_with(const std::string& policy) {
    AnalysisOptions options;
    ParsedPolicy parsed = parse_policy(policy, "p");
    EXPECT_THAT(parsed.mistakes, IsEmpty());
    options.policy = std::make_shared<const Policy>(std::move(parsed.policy));
    const auto reader = test::reader_of(test::story(
        call(10, "v", "newfstatat path=16:\"/home/x\"", "0", {"inode_getattr named=x"}) +
        call(20, "u", "rename path#0=16:\"/home/y\" path#1=32:\"/home/x\"", "0",
             {"path_rename named=y second=x"}) +
        call(30, "v", "openat path=16:\"/home/x\" flags=1", "3",
             {"file_open opened=y", "sys_exit returned=y"})));
    return analyze(reader, "t", options);
}

TEST(PolicyFile, ItsReasonIsKept) {
    const auto result = analyzed_with("[[off]]\nrule = \"F1\"\nreason = \"why not\"\n");
    ASSERT_EQ(result.findings.size(), 1U);
    EXPECT_EQ(result.findings[0].judgement.set_aside_reason, "why not");
}

std::string set_aside_with(const std::string& policy) {
    const auto result = analyzed_with(policy);
    EXPECT_EQ(result.findings.size(), 1U);
    return std::string(result.findings.at(0).judgement.set_aside_by);
}

TEST(PolicyFile, SetsAsideWhatItTrustsTurnsOffOrIsUnsureOf) {
    EXPECT_EQ(set_aside_with(""), "");
    EXPECT_EQ(set_aside_with("[[trusted]]\nuid = 1000\nreason = \"r\"\n"), "policy-trusted");
    EXPECT_EQ(set_aside_with("[[trusted]]\nuid = 1001\nreason = \"r\"\n"), "");
    EXPECT_EQ(set_aside_with("[[off]]\nrule = \"F1\"\nreason = \"r\"\n"), "policy-off");
    EXPECT_EQ(set_aside_with("[[off]]\nrule = \"F2\"\nreason = \"r\"\n"), "");
    const std::string id = analyzed_with("").findings.at(0).fingerprint;
    EXPECT_EQ(set_aside_with("[[off]]\nfinding = \"" + id + "\"\nreason = \"r\"\n"), "policy-off");
    EXPECT_EQ(set_aside_with("[[off]]\nrule = \"F2\"\nfinding = \"" + id + "\"\nreason = \"r\"\n"),
              "");
    EXPECT_EQ(set_aside_with("[thresholds]\nconfidence = 100\n"), "policy-confidence");
    EXPECT_EQ(set_aside_with("[thresholds]\nconfidence = 10\n"), "");
}

}  // namespace
}  // namespace tocsin
