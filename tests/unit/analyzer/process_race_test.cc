// SPDX-License-Identifier: Apache-2.0
//
// Pids that stand for another process, or for one of other rights, than when they were checked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyzer/analysis_fixture.h"
#include "tests/unit/analyzer/name_story.h"

namespace tocsin {
namespace {

using test::analyzed;
using test::call;
using test::line;
using test::rules_of;
using test::story;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// p, a user's process, and what it is after it has run a set-uid program (px) or another one of its
// own (po); k, its child, a set-uid program after its exec (kx). d, a daemon of root's. a, a
// process of user 1000's, and b, one of user 1001's that gets its id, and a2, one of 1000's.
const std::string kCast =
    "task p tgid=400 started=1.0 uid=1000 gid=1000\n"
    "task px tgid=400 started=1.0 uid=1000 euid=0 suid=0 fsuid=0 gid=1000 permitted=0x1ffffffffff\n"
    "task k tgid=401 started=5.0 uid=1000 gid=1000\n"
    "task kx tgid=401 started=5.0 uid=1000 euid=0 suid=0 fsuid=0 gid=1000 "
    "permitted=0x1ffffffffff\n"
    "task d tgid=500 started=1.0 uid=0 permitted=0x1ffffffffff\n"
    "task a tgid=600 started=2.0 uid=1000 gid=1000\n"
    "task b tgid=600 started=5.002 uid=1001 gid=1001\n"
    "task a2 tgid=600 started=5.002 uid=1000 gid=1000\n"
    "object suid 8:1/70 mode=0104755 name=\"tool\" in=etc\n"
    "object stat 0:22/71 mode=0100444 name=\"stat\"\n";

std::string executed(int time, const std::string& before, const std::string& after) {
    return line(time, before, "> execve path=16:\"/etc/tool\"") +
           line(time + 1, after, "@ sched_process_exec path=\"/etc/tool\" exe=suid") +
           line(time + 2, after, "< execve 0");
}

std::string asked(int time, const std::string& task, const std::string& pid) {
    return call(time, task, "openat path=16:\"/proc/" + pid + "/stat\" flags=0", "3",
                {"file_open opened=stat"});
}

std::string lived(int time, const std::string& task) {
    return call(time, task, "access path=16:\"/etc\"", "0", {"inode_permission named=etc"});
}

const Finding& only(const AnalysisResult& result) {
    EXPECT_EQ(result.findings.size(), 1U);
    return result.findings.at(0);
}

const std::string kSpawned = line(1, "p", "fork k") + executed(10, "k", "kx");

TEST(ProcessRace, AParentThatGotOtherRightsSinceTheSetUidProgramBeganIsCritical) {
    const auto result =
        analyzed(story(kCast + kSpawned + executed(20, "p", "px") + asked(30, "kx", "400")));
    const Finding& finding = only(result);
    EXPECT_EQ(finding.candidate.rule, Rule::kP1);
    EXPECT_EQ(finding.judgement.severity, Severity::kCritical);
    const ProcessRace& race = *finding.candidate.process_race;
    EXPECT_EQ(race.expected.state.credentials.euid, 1000U);
    EXPECT_EQ(race.found.state.credentials.euid, 0U);
    ASSERT_NE(race.change, nullptr);
    EXPECT_EQ(race.change->task->id.tgid, 400);
    EXPECT_THAT(test::report_of(result, "text"),
                AllOf(HasSubstr("CRITICAL P1"), HasSubstr("had the rights of uid 1000 at execve")));
    EXPECT_THAT(test::report_of(result, "json"), HasSubstr("\"is_another_process\":false"));
}

TEST(ProcessRace, AParentThatRunsAnotherProgramWithTheSameRightsIsNone) {
    EXPECT_THAT(rules_of(analyzed(
                    story(kCast + kSpawned + executed(20, "p", "p") + asked(30, "kx", "400")))),
                IsEmpty());
}

TEST(ProcessRace, AParentThatGotOtherRightsAfterItWasLookedAtIsNone) {
    EXPECT_THAT(rules_of(analyzed(
                    story(kCast + kSpawned + asked(20, "kx", "400") + executed(30, "p", "px")))),
                IsEmpty());
}

std::string reused(const std::string& next) {
    return lived(1, "a") + asked(10, "d", "600") + line(15, "a", "exit code=0 last") +
           line(18, "p", "fork " + next);
}
const std::string kKilled = call(30, "d", "kill value=9 pid=600", "0");

TEST(ProcessRace, APidThatAnotherUsersProcessTookOverIsCriticalWhereItIsActedOn) {
    const auto result = analyzed(story(kCast + reused("b") + kKilled));
    const Finding& finding = only(result);
    EXPECT_EQ(finding.judgement.severity, Severity::kCritical);
    EXPECT_TRUE(finding.candidate.process_race->is_another_process());
    EXPECT_THAT(test::report_of(result, "text"), AllOf(HasSubstr("was another one when openat had"),
                                                       HasSubstr("its id was given anew")));
}

TEST(ProcessRace, APidThatAnotherUsersProcessTookOverIsLowWhereItIsOnlyLookedAt) {
    EXPECT_EQ(only(analyzed(story(kCast + reused("b") + asked(30, "d", "600")))).judgement.severity,
              Severity::kLow);
}

TEST(ProcessRace, APidThatIsTakenOverAfterItsUseIsNone) {
    const std::string after = lived(1, "a") + asked(10, "d", "600") +
                              call(12, "d", "kill value=9 pid=600", "0") +
                              line(15, "a", "exit code=0 last") + line(18, "p", "fork b");
    EXPECT_THAT(rules_of(analyzed(story(kCast + after))), IsEmpty());
}

TEST(ProcessRace, APidThatAProcessOfTheSamePrincipalTookOverIsSetAside) {
    EXPECT_EQ(only(analyzed(story(kCast + reused("a2") + kKilled))).judgement.set_aside_by,
              "no-boundary-crossed");
}

TEST(ProcessRace, WhatAnotherPidNamespaceNamesIsNotKnown) {
    const std::string cast = kCast + "task c tgid=700 uid=0 pidns=99 permitted=0x1ffffffffff\n";
    const auto result = analyzed(story(cast + lived(1, "a") + asked(10, "c", "600") +
                                       line(15, "a", "exit code=0 last") + line(18, "p", "fork b") +
                                       asked(30, "c", "600")));
    EXPECT_THAT(rules_of(result), IsEmpty());
    EXPECT_EQ(result.coverage.pids.unknown, 2U);
    EXPECT_EQ(result.coverage.pids.compared, 0U);
}

TEST(ProcessRace, WithoutTheBirthOfTheSecondOneItIsStillToldByItsStart) {
    const std::string lines = lived(1, "a") + asked(10, "d", "600") + lived(20, "b") + kKilled;
    EXPECT_EQ(only(analyzed(story(kCast + lines))).candidate.rule, Rule::kP1);
}

}  // namespace
}  // namespace tocsin
