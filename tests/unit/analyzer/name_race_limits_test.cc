// SPDX-License-Identifier: Apache-2.0
//
// Races on names in traces that are too large, too dense or not whole.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/detect/name_race.h"
#include "formats/check.h"
#include "tests/unit/analyzer/analysis_fixture.h"
#include "tests/unit/analyzer/name_story.h"

namespace tocsin {
namespace {

using namespace std::chrono_literals;
using test::call;
using test::line;
using test::story;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kX = " path=16:\"/home/x\"";
const std::string kLtoX = " path#0=16:\"/home/l\" path#1=32:\"/home/x\"";

AnalysisResult analyzed(const std::string& lines, const NameRaceLimits& limits = {}) {
    std::vector<std::unique_ptr<Detector>> detectors;
    detectors.push_back(std::make_unique<NameRaceDetector>(limits));
    return analyze(test::reader_of(story(lines)), "test.tocsin", {}, detectors);
}

// What is found of the victim's uses: the others act on names, too.
std::vector<const Finding*> of_opens(const AnalysisResult& result) {
    std::vector<const Finding*> found;
    for (const Finding& finding : result.findings)
        if (finding.candidate.operation->syscall->name == "openat") found.push_back(&finding);
    return found;
}
const Finding& only(const AnalysisResult& result) {
    const auto found = of_opens(result);
    CHECK(found.size() == 1);
    return *found.front();
}

std::string checked(int time, const std::string& task = "v") {
    return call(time, task, "access" + kX, "0", {"inode_permission named=x"});
}
std::string renamed(int time, const std::string& task = "u") {
    return call(time, task, "rename" + kLtoX, "0", {"path_rename named=l second=x"});
}
std::string used(int time, const std::string& task = "v") {
    return call(time, task, "openat" + kX + " flags=1", "3",
                {"inode_follow_link target=\"/etc/passwd\" symlink=xl detail=2",
                 "file_open opened=passwd"});
}
// One look at a name that nothing else in the story has.
std::string looked_at(int time, int number) {
    return call(time, "v", fmt::format("access path=16:\"/home/{}\"", number), "0",
                {"inode_permission named=y"});
}

TEST(NameRaceLimits, TheOldestChecksAreForgottenAndCounted) {
    std::string others;
    for (int i = 0; i < 8; ++i) others += looked_at(100 + 10 * i, i);
    const std::string lines = checked(10) + others + renamed(200) + used(210);
    EXPECT_EQ(analyzed(lines).findings.size(), 1U);
    const auto few = analyzed(lines, {.checks = 4});
    EXPECT_THAT(few.findings, IsEmpty());
    EXPECT_GT(few.coverage.names.checks_forgotten, 0U);
    EXPECT_EQ(few.coverage.names.uses_compared, 0U);
}

TEST(NameRaceLimits, ChecksOfEndedProcessesGoFirstAndAreNotMissed) {
    std::string lines = checked(10);
    for (int i = 0; i < 20; ++i) {
        const std::string child = fmt::format("c{}", i);
        lines = fmt::format("task {} tgid={} uid=0\n", child, 400 + i) + lines +
                line(20 + 10 * i, "v", "fork " + child) +
                call(21 + 10 * i, child, "access" + kX, "0", {"inode_permission named=x"}) +
                line(28 + 10 * i, child, "exit code=0 last");
    }
    const auto result = analyzed(lines + renamed(400) + used(410), {.checks = 8});
    EXPECT_EQ(result.findings.size(), 1U);
    EXPECT_EQ(result.coverage.names.checks_forgotten, 0U);
}

TEST(NameRaceLimits, TheOldestChangesAreForgottenAndCounted) {
    std::string others;
    for (int i = 0; i < 4; ++i)
        others +=
            call(30 + 10 * i, "u", "unlink path=16:\"/home/y\"", "0", {"path_unlink named=y"});
    const std::string lines = checked(10) + renamed(20) + others + used(100);
    EXPECT_EQ(only(analyzed(lines)).candidate.rule, Rule::kF1);
    const auto few = analyzed(lines, {.changes = 4});
    EXPECT_EQ(only(few).candidate.rule, Rule::kF2);
    EXPECT_EQ(few.coverage.names.changes, 6U);
    EXPECT_EQ(few.coverage.names.changes_forgotten, 2U);
}

TEST(NameRaceLimits, ARaceKeepsTheChangesThatTellTheMostAndSaysThatThereWereMore) {
    // Two of others' explain it; then their owner saves the name again and again.
    std::string saves;
    for (int i = 0; i < 40; ++i)
        saves += call(60 + 10 * i, "u", "unlink" + kX, "0", {"path_unlink named=x2"});
    const auto result = analyzed(checked(10) + renamed(20) + renamed(30, "w") + saves + used(500));
    const NameRace& race = *only(result).candidate.race;
    EXPECT_EQ(race.mutations_left_out, 42U - NameRace::kMostMutations);
    EXPECT_EQ(race.mutations.size(), NameRace::kMostMutations);
    ASSERT_NE(race.explained_by(), nullptr);
    EXPECT_EQ(race.explained_by()->operation->task->id.tgid, 202);
}

TEST(NameRaceLimits, TheAgeIsThatOfTheLastExplanationEvenWhereItIsOneOfMany) {
    std::string swaps;
    for (int i = 0; i < 40; ++i) swaps += renamed(100 + 10 * i);
    const auto result = analyzed(checked(10) + swaps + used(600));
    const auto& births = only(result).candidate.lifetime.births;
    // Decided at 602; the last change takes effect at 491.
    EXPECT_THAT(births.corners(), ElementsAre(Corner{59100us, 11100us}));
}

TEST(NameRaceLimits, TenThousandsOfNamesAndChangesOfOneNameAreNoHardship) {
    // Times in microseconds: the attacker swaps all the time, the victim looks every now and then.
    const auto at = [](int us, const char* task, const std::string& rest) {
        return fmt::format("5.{:06} cpu{} {} {}\n", us, *task == 'v' ? 0 : 1, task, rest);
    };
    std::string lines;
    for (int i = 0; i < 10'000; ++i) {
        const int us = 10 + 30 * i;
        lines += at(us, "u", "> rename" + kLtoX) +
                 at(us + 1, "u", "@ path_rename named=l second=x") + at(us + 2, "u", "< rename 0");
        if (i % 5 == 0) {
            lines += at(us + 3, "v", "> access" + kX) +
                     at(us + 4, "v", "@ inode_permission named=x") + at(us + 5, "v", "< access 0");
            lines += at(us + 6, "v", "> openat" + kX + " flags=1") +
                     at(us + 7, "v", "@ file_open opened=passwd") + at(us + 8, "v", "< openat 3");
        }
        lines += at(us + 9, "v", fmt::format("> access path=16:\"/home/{}\"", i)) +
                 at(us + 10, "v", "@ inode_permission named=y") + at(us + 11, "v", "< access 0");
    }
    const auto result = analyzed(lines, {.checks = 1000, .changes = 4'000});
    EXPECT_EQ(of_opens(result).size(), 2000U);
    EXPECT_GT(result.coverage.names.checks_forgotten, 8'000U);
    EXPECT_EQ(result.coverage.names.changes_forgotten, 19'488U);
}

TEST(NameRaceLimits, TracesWithoutEntriesOrReturnsOrForksDoNotMakeUpARace) {
    const std::string checked_v = checked(10), renamed_u = renamed(20), used_v = used(30);
    const auto without = [](const std::string& lines, char kind) {
        std::string left;
        for (size_t at = 0; at < lines.size();) {
            const size_t end = lines.find('\n', at) + 1;
            const std::string one = lines.substr(at, end - at);
            if (one.find(std::string(" ") + kind + " ") == std::string::npos) left += one;
            at = end;
        }
        return left;
    };
    // Without the entries no hook belongs to a call, and nobody has looked a name up.
    for (const auto& lines : {without(checked_v, '>') + renamed_u + used_v,
                              checked_v + renamed_u + without(used_v, '>'),
                              without(checked_v + renamed_u + used_v, '>')}) {
        const auto result = analyzed(lines);
        EXPECT_THAT(result.findings, IsEmpty());
        EXPECT_EQ(result.coverage.names.uses_compared, 0U);
    }
    // Without the returns it is as it was: the next call says that the last one is over.
    EXPECT_EQ(analyzed(without(checked_v + renamed_u + used_v, '<')).findings.at(0).candidate.rule,
              Rule::kF1);
    // Without the hooks there is nothing to compare.
    EXPECT_THAT(analyzed(without(checked_v + renamed_u + used_v, '@')).findings, IsEmpty());
}

TEST(NameRaceLimits, ClocksThatStepBetweenCpusNeitherCrashNorHideThatTheFileDiffers) {
    for (const char* second : {"0", "4", "6", "4000000000", "9223372036"}) {
        std::string stepped = renamed(20);
        for (size_t at = 0; (at = stepped.find("5.", at)) != std::string::npos; at += 2)
            if (at == 0 || stepped[at - 1] == '\n') stepped.replace(at, 1, second);
        const auto result = analyzed(checked(10) + used(30) + stepped);
        ASSERT_EQ(result.findings.size(), 1U) << second;
        EXPECT_EQ(result.findings[0].candidate.race->found_id.inode, 4U);
    }
}

}  // namespace
}  // namespace tocsin
