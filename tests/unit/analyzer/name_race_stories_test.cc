// SPDX-License-Identifier: Apache-2.0
//
// The races on names that samples/ holds, and what comes near them, as stories.
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
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kX = "path=16:\"/home/x\"", kF = "path=16:\"/home/d/f\"";
const std::string kLtoX = "path#0=16:\"/home/l\" path#1=32:\"/home/x\"";
const std::string kThroughX = "inode_follow_link target=\"/etc/passwd\" symlink=xl ";

// "CRITICAL F1: access, rename, openat" of the only finding: check, change and use.
std::string told(std::string_view lines) {
    const auto result = analyzed(story(lines));
    if (result.findings.size() != 1) {
        std::string all = "not one finding:";
        for (const std::string& rule : rules_of(result)) all += ' ' + rule;
        return all;
    }
    const Finding& finding = result.findings.front();
    const NameRace& race = *finding.candidate.race;
    const Mutation* change = race.explained_by();
    return std::string(name_of(finding.judgement.severity)) + ' ' +
           std::string(name_of(finding.candidate.rule)) + ": " +
           std::string(race.check->syscall->name) + ", " +
           (change == nullptr ? "?" : std::string(change->operation->syscall->name)) + " by " +
           (change == nullptr ? "?" : std::to_string(change->operation->task->id.tgid)) + ", " +
           std::string(finding.candidate.operation->syscall->name);
}

const std::string kAccessed = call(10, "v", "access " + kX, "0", {"inode_permission named=x"});
const std::string kLinkRenamed =
    call(20, "u", "rename " + kLtoX, "0", {"path_rename named=l second=x"});
const std::string kOpenedPasswd = call(30, "v", "openat " + kX + " flags=1", "3",
                                       {kThroughX + "detail=2", "file_open opened=passwd"});

TEST(NameRaceStory, AccessThenOpenWithALinkRenamedOverTheNameIsCritical) {
    EXPECT_EQ(told(kAccessed + kLinkRenamed + kOpenedPasswd),
              "critical F1: access, rename by 200, openat");
}

TEST(NameRaceStory, LstatThenOpenWithALinkExchangedForTheNameIsHigh) {
    EXPECT_EQ(
        told(call(10, "v", "newfstatat " + kX + " flags=0x100", "0", {"inode_getattr named=x"}) +
             call(20, "u", "renameat2 path#1=16:\"/home/l\" path#3=32:\"/home/x\" flags=2", "0",
                  {"path_rename named=l second=x"}) +
             call(30, "v", "openat " + kX + " flags=0", "3",
                  {"inode_follow_link target=\"/etc/shadow\" symlink=xl detail=2",
                   "file_open opened=shadow"})),
        "high F1: newfstatat, renameat2 by 200, openat");
}

TEST(NameRaceStory, AnExchangedNameIsAnF1FromEitherSideOfTheExchange) {
    EXPECT_EQ(told(call(10, "v", "newfstatat " + kX, "0", {"inode_getattr named=x"}) +
                   call(20, "u", "renameat2 path#1=16:\"/home/x\" path#3=32:\"/home/l\" flags=2",
                        "0", {"path_rename named=x second=l"}) +
                   kOpenedPasswd),
              "critical F1: newfstatat, renameat2 by 200, openat");
}

const std::string kLookedAtD =
    call(10, "v", "newfstatat path=16:\"/home/d\" flags=0x100", "0", {"inode_getattr named=d"});
const std::string kVolume = "mount string#0=16:\"/home/d\" path=32:\"/etc/f\" flags=";

TEST(NameRaceStory, LstatThenBindMountOfALinksTargetIsCritical) {
    const std::string replaced =
        call(20, "u", "rename path#0=16:\"/home/d\" path#1=32:\"/home/d.old\"", "0",
             {"path_rename named=d second=dold0"}) +
        call(25, "u", "symlink string=16:\"/etc\" path=32:\"/home/d\"", "0",
             {"path_symlink string=\"/etc\" named=d0", "sys_exit made=dl"});
    const std::string link = "inode_follow_link target=\"/etc\" symlink=dl detail=1";
    EXPECT_EQ(told(kLookedAtD + replaced +
                   call(30, "v", kVolume + "0x1000", "0",
                        {"sb_mount string#0=\"/home/d\" named=cron", link, "sys_exit second=etc"})),
              "critical F1: newfstatat, symlink by 200, mount");
    // By a descriptor: what was checked is mounted.
    const std::string held = "mount string#0=16:\"/proc/self/fd/3\" path=32:\"/etc/f\" ";
    EXPECT_EQ(
        told(kLookedAtD + replaced +
             call(30, "v", held + "flags=0x1000", "0",
                  {"sb_mount string#0=\"/proc/self/fd/3\" named=cron", "sys_exit second=dold"})),
        "not one finding:");
}

TEST(NameRaceStory, CreateThenChownOfAnotherFileIsCritical) {
    EXPECT_EQ(
        told(call(10, "v", "openat " + kX + " flags=0x41", "3", {"file_open opened=x detail=1"}) +
             kLinkRenamed +
             call(30, "v", "chown " + kX + " value#1=1000 value#2=1000", "0",
                  {kThroughX + "detail=1", "inode_setattr named=passwd"})),
        "critical F1: openat, rename by 200, chown");
}

// The log that was renamed away is made anew, below a directory that is now a link to /etc.
const std::string kRotated =
    call(10, "v", "rename path#0=16:\"/home/d/f\" path#1=32:\"/home/d/f.1\"", "0",
         {"path_rename named=df second=f1"});
const std::string kF1 = "object f1 0:0/0 mode=0 links=0 name=\"f.1\" in=d\n";
const std::string kDirectoryRenamed =
    call(20, "u", "rename path#0=16:\"/home/d\" path#1=32:\"/home/d.old\"", "0",
         {"path_rename named=d second=dold0"});
const std::string kDirectoryLinked =
    call(24, "u", "symlink string=16:\"/etc\" path=32:\"/home/d\"", "0",
         {"path_symlink string=\"/etc\" named=d0", "sys_exit made=dl"});
const std::string kMadeInEtc = call(
    40, "v", "openat " + kF + " flags=0x41", "3",
    {"inode_follow_link target=\"/etc\" symlink=dl detail=2", "file_open opened=cron detail=1"});

TEST(NameRaceStory, RenameThenOpenBelowADirectoryTurnedIntoALinkIsCritical) {
    EXPECT_EQ(told(kF1 + kRotated + kDirectoryRenamed + kDirectoryLinked + kMadeInEtc),
              "critical F1: rename, symlink by 200, openat");
}

TEST(NameRaceStory, WhatIsDoneInTheDirectoryThatIsOutOfTheWayExplainsNothing) {
    const std::string rotated_away =
        call(30, "w", "unlink path=16:\"/home/d.old/f\"", "0", {"path_unlink named=doldf"});
    EXPECT_EQ(told(call(10, "v", "access " + kF, "0", {"inode_permission named=df"}) +
                   kDirectoryRenamed + kDirectoryLinked + rotated_away +
                   call(40, "v", "openat " + kF + " flags=1", "3",
                        {"inode_follow_link target=\"/etc\" symlink=dl detail=2",
                         "file_open opened=cron"})),
              "critical F1: access, symlink by 200, openat");
}

TEST(NameRaceStory, ADirectoryAboveALinkIsPartOfTheWay) {
    const std::string objects =
        "object home2 8:1/30 gen=1 mode=040755 owner=1000:1000 name=\"home\" in=root\n"
        "object xl2 8:1/31 gen=1 mode=0120777 owner=1000:1000 name=\"x\" in=home2\n"
        "object homenew 8:1/30 gen=1 mode=040755 owner=1000:1000 name=\"home.new\" in=root\n";
    EXPECT_EQ(told(objects +
                   call(10, "v", "stat " + kX, "0",
                        {"inode_follow_link target=\"/etc/shadow\" symlink=xl detail=1",
                         "inode_getattr named=shadow"}) +
                   call(20, "u", "renameat2 path#1=16:\"/home.new\" path#3=32:\"/home\" flags=2",
                        "0", {"path_rename named=homenew second=home"}) +
                   call(30, "v", "openat " + kX + " flags=1", "3",
                        {"inode_follow_link target=\"/etc/passwd\" symlink=xl2 detail=2",
                         "file_open opened=passwd"})),
              "critical F1: stat, renameat2 by 200, openat");
}

TEST(NameRaceStory, AProcessDoesNotRaceItselfWhateverRightsItWearsMeanwhile) {
    const std::string own =
        call(20, "ve", "rename " + kLtoX, "0", {"path_rename named=l second=x"});
    EXPECT_THAT(rules_of(analyzed(story(kAccessed + own + kOpenedPasswd))),
                ElementsAre("[F1 path]"));
}

TEST(NameRaceStory, AThreadsCheckThatWasDecidedAfterTheUseIsNone) {
    // Decided at 32 and over at 33, while the open of the other thread, decided at 31, goes on.
    const std::string lines = line(30, "v5", "> openat " + kX + " flags=1") +
                              line(31, "v5", "@ file_open opened=x2") +
                              call(31, "v", "access " + kX, "0", {"inode_permission named=x"}) +
                              line(34, "v5", "< openat 3");
    EXPECT_THAT(rules_of(analyzed(story(lines))), IsEmpty());
}

TEST(NameRaceStory, ACheckIsNotForgottenForAnotherThreadsThatCameAfterTheUse) {
    const std::string lines =
        kAccessed + kLinkRenamed + line(30, "v", "> openat " + kX + " flags=1") +
        line(31, "v", "@ " + kThroughX + "detail=2") + line(32, "v", "@ file_open opened=passwd") +
        call(32, "v5", "access " + kX, "0",
             {kThroughX + "detail=1", "inode_permission named=passwd"}) +
        line(37, "v", "< openat 3");
    EXPECT_EQ(told(lines), "critical F1: access, rename by 200, openat");
}

TEST(NameRaceStory, AnotherThreadsCheckCounts) {
    const std::string used = call(30, "v5", "openat " + kX + " flags=1", "3",
                                  {kThroughX + "detail=2", "file_open opened=passwd"});
    EXPECT_EQ(told(kAccessed + kLinkRenamed + used), "critical F1: access, rename by 200, openat");
}

TEST(NameRaceStory, AMountOrTreeThatIsOnlyLookedAtIsNoUse) {
    // open_tree(2): without OPEN_TREE_CLONE it is an open with O_PATH.
    const auto tree = [](const std::string& flags) {
        return call(30, "v", "open_tree " + kX + " flags=" + flags, "3", {"sys_exit returned=x2"});
    };
    EXPECT_THAT(rules_of(analyzed(story(kAccessed + tree("0")))), IsEmpty());
    EXPECT_THAT(rules_of(analyzed(story(kAccessed + tree("1")))), ElementsAre("F2 path"));
}

}  // namespace
}  // namespace tocsin
