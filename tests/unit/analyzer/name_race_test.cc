// SPDX-License-Identifier: Apache-2.0
//
// Races on names, as text traces: root checks a name in a user's directory and uses it; somebody
// rebinds it. Times are tenths of a millisecond after 5.0 seconds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "analyzer/detect/name_race.h"
#include "tests/unit/analyzer/analysis_fixture.h"

namespace tocsin {
namespace {

using namespace std::chrono_literals;
using test::analyzed;
using test::races_of;
using test::rules_of;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kCapabilities = " permitted=0x1ffffffffff";

// v: root's process; a: a user's; r: another one of root's; v2: v with the user's own rights.
std::string story(std::string_view lines) {
    const std::string all = kCapabilities;
    return "tocsin-text 1\n"
           "task v tgid=100 comm=\"victim\" uid=0" +
           all +
           "\n"
           "task v2 tgid=100 comm=\"victim\" uid=0 euid=1000 fsuid=1000\n"
           "task a tgid=200 comm=\"attacker\" uid=1000 gid=1000\n"
           "task b tgid=201 comm=\"peer\" uid=1001 gid=1001\n"
           "task r tgid=300 comm=\"root\" uid=0" +
           all +
           "\n"
           "object root 8:1/2 mode=040755 name=\"/\"\n"
           "object etc 8:1/3 mode=040755 name=\"etc\" in=root\n"
           "object passwd 8:1/4 gen=1 mode=0100644 name=\"passwd\" in=etc\n"
           "object shadow 8:1/5 gen=1 mode=0100600 name=\"shadow\" in=etc\n"
           "object home 8:1/10 mode=040755 owner=1000:1000 name=\"home\" in=root\n"
           "object x 8:1/11 gen=1 mode=0100644 owner=1000:1000 name=\"x\" in=home\n"
           "object x0 0:0/0 mode=0 links=0 name=\"x\" in=home\n"
           "object nox 0:0/0 mode=0 links=0 in=home\n"
           "object l 8:1/12 gen=1 mode=0120777 owner=1000:1000 name=\"l\" in=home\n"
           "object xl 8:1/12 gen=1 mode=0120777 owner=1000:1000 name=\"x\" in=home\n"
           "object x2 8:1/13 gen=1 mode=0100644 owner=1000:1000 name=\"x\" in=home\n"
           "object x2t 8:1/13 gen=1 mode=0100644 owner=1000:1000 name=\"x.new\" in=home\n"
           "object x3 8:1/11 gen=2 mode=0100644 owner=1000:1000 name=\"x\" in=home\n"
           "object y 8:1/11 gen=1 mode=0100644 owner=1000:1000 links=2 name=\"y\" in=home\n"
           "object xy 8:1/11 gen=1 mode=0100644 owner=1000:1000 links=2 name=\"x\" in=home\n" +
           std::string(lines) + "seal \"stopped\"\n";
}

const std::string kName = "path=16:\"/home/x\"", kCopy = " path=\"/home/x\"";

std::string at(int time, const std::string& cpu_and_task, const std::string& rest) {
    char text[16];
    std::snprintf(text, sizeof text, "5.%04d00 ", time);
    return text + cpu_and_task + " " + rest + "\n";
}

// access of /home/x at 10, decided at 12.
std::string checked(const std::string& object = "x", const std::string& task = "v") {
    return at(10, "cpu0 " + task, "> access " + kName + " value=2") +
           at(11, "cpu0 " + task, "@ inode_permission" + kCopy) +
           at(12, "cpu0 " + task, "@ inode_permission named=" + object) +
           at(13, "cpu0 " + task, "< access 0 " + kName);
}

// rename of a prepared link over x, with its effect at `time` + 1.
std::string swapped(int time = 20, const std::string& task = "a", const std::string& result = "0") {
    const std::string names = "path#0=16:\"/home/l\" path#1=32:\"/home/x\"";
    return at(time, "cpu1 " + task, "> rename " + names) +
           at(time + 1, "cpu1 " + task, "@ path_rename named=l second=x") +
           at(time + 2, "cpu1 " + task, "< rename " + result + " " + names);
}

// open of /home/x for writing at 30, decided at 33; through the link to /etc/passwd.
std::string used(const std::string& object = "passwd", const std::string& task = "v",
                 bool through_link = true) {
    std::string lines = at(30, "cpu0 " + task, "> openat " + kName + " flags=1") +
                        at(31, "cpu0 " + task, "@ inode_permission" + kCopy);
    if (through_link)
        lines += at(32, "cpu0 " + task,
                    "@ inode_follow_link target=\"/etc/passwd\" symlink=xl detail=2");
    return lines + at(33, "cpu0 " + task, "@ file_open opened=" + object) +
           at(34, "cpu0 " + task, "< openat 3 " + kName);
}

const Finding& only(const AnalysisResult& result) {
    EXPECT_EQ(result.findings.size(), 1U);
    return result.findings.at(0);
}

TEST(NameRace, ACheckedNameThatLeadsElsewhereAtItsUseIsAnF1WithTheMutationNamed) {
    const auto result = analyzed(story(checked() + swapped() + used()));
    const Finding& finding = only(result);
    EXPECT_EQ(finding.candidate.rule, Rule::kF1);
    EXPECT_EQ(finding.judgement.severity, Severity::kCritical);
    const NameRace& race = *finding.candidate.race;
    EXPECT_EQ(race.name, "/home/x");
    EXPECT_EQ(race.check->syscall->name, "access");
    ASSERT_NE(race.explained_by(), nullptr);
    EXPECT_EQ(race.explained_by()->operation->syscall->name, "rename");
    EXPECT_EQ(race.explained_by()->operation->task->id.tgid, 200);
    EXPECT_TRUE(race.explained_by()->is_order_certain);
    EXPECT_EQ(race.place.file->path(), "/home/x");
    const std::string report = test::report_of(result, "text");
    EXPECT_THAT(report, AllOf(HasSubstr("#1 CRITICAL F1"), HasSubstr("to scale"),
                              HasSubstr("check to change 900 µs"), HasSubstr("rename(")))
        << report;
}

// What a ring does has no entry and no return: its hooks are all that is recorded.
TEST(NameRace, ARenameByIoUringExplainsASwapAndItsOwnerIsNamed) {
    const auto result = analyzed(
        story(std::string("task aw tgid=200 tid=209 comm=\"iou-wrk-200\" uid=1000 gid=1000\n") +
              checked() + at(21, "cpu1 aw", "@ path_rename named=l second=x") + used()));
    ASSERT_THAT(rules_of(result), ElementsAre("[orphan path]", "F1 path"));
    const Mutation* mutation = result.findings[1].candidate.race->explained_by();
    ASSERT_NE(mutation, nullptr);
    EXPECT_EQ(mutation->operation->task->id.tgid, 200);
    EXPECT_EQ(mutation->operation->syscall->name, "path_rename");
    EXPECT_EQ(result.findings[1].judgement.severity, Severity::kCritical);
}

TEST(NameRace, AnOpenByIoUringIsAUseWhereItsNameStartsAtTheRoot) {
    const auto opened_as = [](const std::string& name) {
        return races_of(
            analyzed(story(checked() + swapped() +
                           at(33, "cpu0 v", "@ file_open path=\"" + name + "\" opened=shadow"))));
    };
    EXPECT_THAT(opened_as("/home/x"), ElementsAre("orphan path", "F1 path"));
    EXPECT_THAT(opened_as("x"), ElementsAre("orphan path"))
        << "which directory it starts from is not recorded";
}

TEST(NameRace, TheSameFileThroughoutIsNone) {
    EXPECT_THAT(races_of(analyzed(story(checked() + used("x", "v", false)))), IsEmpty());
}

TEST(NameRace, AChangeBeforeTheCheckOrAfterTheUseExplainsNothing) {
    EXPECT_THAT(rules_of(analyzed(story(swapped(1) + checked() + used()))), ElementsAre("F2 path"));
    EXPECT_THAT(rules_of(analyzed(story(checked() + used() + swapped(50)))),
                ElementsAre("F2 path"));
}

TEST(NameRace, AFailedChangeExplainsNothing) {
    EXPECT_THAT(rules_of(analyzed(story(checked() + swapped(20, "a", "-EACCES") + used()))),
                ElementsAre("F2 path"));
}

TEST(NameRace, WithoutTheChangeItIsAnF2AndLow) {
    const auto result = analyzed(story(checked() + used()));
    EXPECT_EQ(only(result).candidate.rule, Rule::kF2);
    EXPECT_LE(only(result).judgement.severity, Severity::kLow);
}

TEST(NameRace, TheSamePrincipalsChangeIsSetAside) {
    const auto result = analyzed(story(checked() + swapped(20, "r") + used()));
    EXPECT_EQ(only(result).judgement.set_aside_by, "same-principal");
}

TEST(NameRace, AMorePrivilegedUsersChangeIsSetAside) {
    const auto result = analyzed(story(checked("x", "b") + swapped(20, "r") + used("passwd", "b")));
    EXPECT_EQ(only(result).judgement.set_aside_by, "trusted-mutator");
}

TEST(NameRace, AnotherSubjectsCheckIsNone) {
    EXPECT_THAT(rules_of(analyzed(story(checked("x", "r") + swapped() + used()))), IsEmpty());
    // Whoever gives its rights up for the use is another subject.
    EXPECT_THAT(rules_of(analyzed(story(checked() + swapped() + used("passwd", "v2")))), IsEmpty());
}

TEST(NameRace, AHardLinkToTheSameFileIsNone) {
    const std::string relinked =
        at(20, "cpu1 a", "> rename path#0=16:\"/home/y\" path#1=32:\"/home/x\"") +
        at(21, "cpu1 a", "@ path_rename named=y second=x") + at(22, "cpu1 a", "< rename 0");
    EXPECT_THAT(races_of(analyzed(story(checked() + relinked + used("xy", "v", false)))),
                IsEmpty());
}

TEST(NameRace, AReusedInodeNumberIsToldByItsGeneration) {
    EXPECT_THAT(rules_of(analyzed(story(checked() + used("x3", "v", false)))),
                ElementsAre("F2 path"));
}

TEST(NameRace, AnAttackersOwnFileGivesNothingAwayToAReader) {
    const std::string saved =
        at(20, "cpu1 a", "> rename path#0=16:\"/home/x.new\" path#1=32:\"/home/x\"") +
        at(21, "cpu1 a", "@ path_rename named=x2t second=x") + at(22, "cpu1 a", "< rename 0");
    const std::string read = at(30, "cpu0 v", "> openat " + kName + " flags=0") +
                             at(31, "cpu0 v", "@ inode_permission" + kCopy) +
                             at(33, "cpu0 v", "@ file_open opened=x2") +
                             at(34, "cpu0 v", "< openat 3 " + kName);
    const auto result = analyzed(story(checked() + saved + read));
    EXPECT_EQ(only(result).candidate.rule, Rule::kF1);
    EXPECT_EQ(only(result).judgement.set_aside_by, "no-boundary-crossed");
}

TEST(NameRace, APlantedLinkWhereNothingWasIsAnF1) {
    const std::string absent = at(10, "cpu0 v", "> newfstatat " + kName) +
                               at(11, "cpu0 v", "@ inode_permission" + kCopy) +
                               at(12, "cpu0 v", "@ sys_exit named=nox") +
                               at(13, "cpu0 v", "< newfstatat -ENOENT " + kName);
    const std::string planted =
        at(20, "cpu1 a", "> symlink string=16:\"/etc/passwd\" path=32:\"/home/x\"") +
        at(21, "cpu1 a", "@ path_symlink string=\"/etc/passwd\" named=x0") +
        at(22, "cpu1 a", "@ sys_exit made=xl") + at(23, "cpu1 a", "< symlink 0");
    const auto result = analyzed(story(absent + planted + used()));
    EXPECT_EQ(only(result).candidate.rule, Rule::kF1);
    EXPECT_EQ(only(result).judgement.severity, Severity::kCritical);
    // Nothing there and made by the open itself: as it was checked.
    const std::string made = at(30, "cpu0 v", "> openat " + kName + " flags=0x41") +
                             at(31, "cpu0 v", "@ inode_permission" + kCopy) +
                             at(33, "cpu0 v", "@ file_open opened=x detail=1") +
                             at(34, "cpu0 v", "< openat 3 " + kName);
    EXPECT_THAT(races_of(analyzed(story(absent + made))), IsEmpty());
}

TEST(NameRace, WhatTheSubjectMadeItselfIsItsNextExpectation) {
    const std::string own =
        at(20, "cpu0 v", "> rename path#0=16:\"/home/x.new\" path#1=32:\"/home/x\"") +
        at(21, "cpu0 v", "@ path_rename named=x2t second=x") + at(22, "cpu0 v", "< rename 0");
    EXPECT_THAT(races_of(analyzed(story(checked() + own + used("x2", "v", false)))), IsEmpty());
}

TEST(NameRace, LstatOfALinkAndOpenThroughItAgree) {
    const std::string lstat = at(10, "cpu0 v", "> newfstatat " + kName + " flags=0x100") +
                              at(11, "cpu0 v", "@ inode_permission" + kCopy) +
                              at(12, "cpu0 v", "@ inode_getattr named=xl") +
                              at(13, "cpu0 v", "< newfstatat 0 " + kName);
    EXPECT_THAT(races_of(analyzed(story(lstat + used()))), IsEmpty());
}

TEST(NameRace, AChangeThatReturnsAfterTheUseStillExplains) {
    const std::string names = "path#0=16:\"/home/l\" path#1=32:\"/home/x\"";
    const auto result = analyzed(story(checked() + at(20, "cpu1 a", "> rename " + names) +
                                       at(21, "cpu1 a", "@ path_rename named=l second=x") + used() +
                                       at(40, "cpu1 a", "< rename 0")));
    EXPECT_EQ(only(result).candidate.rule, Rule::kF1);
    EXPECT_FALSE(only(result).candidate.race->explained_by()->is_order_certain);
}

TEST(NameRace, AChangeByIoUringExplains) {
    const auto result =
        analyzed(story(checked() + at(21, "cpu1 a", "@ path_rename named=l second=x") + used()));
    ASSERT_THAT(rules_of(result), ElementsAre("[orphan path]", "F1 path"));
}

TEST(NameRace, AClockThatIsOffByFiftyMicrosecondsChangesNothing) {
    for (const int late : {7, 23})  // overlapping the check, overlapping the use
        EXPECT_THAT(rules_of(analyzed(story(checked() + swapped(late) + used()))),
                    ElementsAre("F1 path"))
            << late;
}

TEST(NameRace, AClockThatStepsBySecondsHidesTheChangeAndNotTheSwap) {
    const std::string names = "path#0=16:\"/home/l\" path#1=32:\"/home/x\"";
    const std::string stepped = "9.0 cpu1 a > rename " + names +
                                "\n9.1 cpu1 a @ path_rename named=l second=x\n"
                                "9.2 cpu1 a < rename 0\n";
    EXPECT_THAT(rules_of(analyzed(story(checked() + used() + stepped))), ElementsAre("F2 path"));
}

TEST(NameRace, LostRecordsBetweenCheckAndUseLowerTheConfidence) {
    const std::string lossy = at(30, "cpu0 #90 v", "> openat " + kName + " flags=1") +
                              at(31, "cpu0 v", "@ inode_permission" + kCopy) +
                              at(33, "cpu0 v", "@ file_open opened=passwd") +
                              at(34, "cpu0 v", "< openat 3 " + kName);
    const auto whole = analyzed(story(checked() + used()));
    const auto result = analyzed(story(checked() + lossy));
    EXPECT_EQ(only(result).candidate.rule, Rule::kF2);
    EXPECT_LT(only(result).judgement.confidence, only(whole).judgement.confidence);
    EXPECT_THAT(test::report_of(result, "text"), HasSubstr("not evaluated there"));
}

TEST(NameRace, MissingEntriesAndReturnsAreNoChecks) {
    EXPECT_THAT(
        rules_of(analyzed(story(at(12, "cpu0 v", "[cpu0#7] @ inode_permission named=x") +
                                at(13, "cpu0 v", "[cpu0#7] < access 0") + swapped() + used()))),
        Not(ElementsAre("F1 path")));
    // A use without its return is one all the same: the hook says what was found.
    const std::string unfinished = at(30, "cpu0 v", "> openat " + kName + " flags=1") +
                                   at(31, "cpu0 v", "@ inode_permission" + kCopy) +
                                   at(33, "cpu0 v", "@ file_open opened=passwd");
    EXPECT_THAT(rules_of(analyzed(story(checked() + swapped() + unfinished))),
                ElementsAre("F1 path"));
}

TEST(NameRace, OfManyChangesThoseThatTellMostAreKept) {
    std::string flips;
    for (int i = 0; i < 300; ++i) {
        const std::string time = "5.002" + std::to_string(1000 + i);
        flips += time + "00 cpu1 a > rename path#0=16:\"/home/l\" path#1=32:\"/home/x\"\n" + time +
                 "10 cpu1 a @ path_rename named=" + (i % 2 == 0 ? "l" : "x2t") + " second=x\n" +
                 time + "20 cpu1 a < rename 0\n";
    }
    const auto result = analyzed(story(checked() + flips + used()));
    const auto found =
        std::find_if(result.findings.begin(), result.findings.end(),
                     [](const Finding& finding) { return finding.candidate.rule == Rule::kF1; });
    ASSERT_NE(found, result.findings.end());
    const NameRace& race = *found->candidate.race;
    EXPECT_EQ(race.mutations.size(), NameRace::kMostMutations);
    EXPECT_EQ(race.explanation, race.mutations.size() - 1) << "the last one that explains";
    EXPECT_EQ(race.mutations.size() + race.mutations_left_out, CellChanges::kMostOfKey);
    EXPECT_GT(result.coverage.names.changes_forgotten, 0U);
    EXPECT_THAT(test::report_of(result, "text"), HasSubstr("more of the same entries"));
}

TEST(NameRace, TheWindowTellsF1FromF2FromNothingAtTheGapItself) {
    const std::string lines = story(checked() + swapped() + used());
    const auto rules_in = [&](std::chrono::nanoseconds check_use,
                              std::chrono::nanoseconds mutation_use) {
        AnalysisOptions options;
        options.window.check_use = check_use;
        options.window.mutation_use = mutation_use;
        return rules_of(analyzed(lines, options));
    };
    // Decided at 12, changed at 21, used at 33.
    EXPECT_THAT(rules_in(2100us, 1200us), ElementsAre("F1 path"));
    EXPECT_THAT(rules_in(2100us, 1200us - 1ns), ElementsAre("F2 path"));
    EXPECT_THAT(rules_in(2100us - 1ns, 1200us), IsEmpty());
}

TEST(NameRace, ADescriptorsNameIsAnchoredToItsFile) {
    const std::string objects =
        "object proc 0:20/1 mode=040555 name=\"proc\" in=root\n"
        "object fd 0:20/9 mode=0120777 name=\"3\" in=proc\n";
    const auto look = [](int time, const std::string& object) {
        return at(time, "cpu0 v", "> openat path=16:\"/proc/self/fd/3\" flags=0") +
               at(time + 1, "cpu0 v", "@ inode_follow_link symlink=fd detail=2") +
               at(time + 2, "cpu0 v", "@ file_open opened=" + object) +
               at(time + 3, "cpu0 v", "< openat 4");
    };
    EXPECT_THAT(rules_of(analyzed(story(objects + look(10, "x") + look(20, "passwd")))), IsEmpty());
}

TEST(NameRace, NamesBelowProcAreLeftOut) {
    const std::string objects =
        "object proc 0:20/1 mode=040555 name=\"proc\" in=root\n"
        "object p1 0:20/7 name=\"status\" in=proc\nobject p2 0:20/8 name=\"status\" in=proc\n";
    const auto look = [](int time, const std::string& object) {
        return at(time, "cpu0 v", "> openat path=16:\"/proc/status\" flags=0") +
               at(time + 1, "cpu0 v", "@ file_open path=\"/proc/status\" opened=" + object) +
               at(time + 2, "cpu0 v", "< openat 3");
    };
    EXPECT_THAT(rules_of(analyzed(story(objects + look(10, "p1") + look(20, "p2")))), IsEmpty());
}

}  // namespace
}  // namespace tocsin
