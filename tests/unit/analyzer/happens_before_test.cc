// SPDX-License-Identifier: Apache-2.0
//
// Changes that the kernel's own order, or the word of those who have to trust each other, puts
// between check and use: no race, but what somebody set going and waited for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyzer/analysis_fixture.h"
#include "tests/unit/analyzer/name_story.h"

namespace tocsin {
namespace {

using test::analyzed;
using test::call;
using test::line;
using test::stamp;
using test::story;

// s: a child of v's that has become user 1000; g: a child of s's; h: another child of v's.
const std::string kChildren =
    "task s tgid=250 started=5.0 uid=1000 gid=1000\n"
    "task g tgid=251 started=5.0 uid=1000 gid=1000\n"
    "task h tgid=252 started=5.0 uid=0 permitted=0x1ffffffffff\n";
const std::string kX = "path=16:\"/home/x\"";
const std::string kAccessed = call(10, "v", "access " + kX, "0", {"inode_permission named=x"});
const std::string kUsed = call(
    90, "v", "openat " + kX + " flags=1", "3",
    {"inode_follow_link target=\"/etc/passwd\" symlink=xl detail=2", "file_open opened=passwd"});

std::string forked(int time, const std::string& parent, const std::string& child) {
    return line(time, parent, "fork " + child);
}
std::string swapped(const std::string& task) {
    return call(30, task, "rename path#0=16:\"/home/l\" path#1=32:\"/home/x\"", "0",
                {"path_rename named=l second=x"});
}
std::string ended(int time, const std::string& task) {
    return line(time, task, "exit code=0 last");
}
std::string waited(int time, const std::string& task, const std::string& pid) {
    return call(time, task, "wait4 pid=-1 value=0", pid);
}

// The rule that sets the one race aside; empty: none.
std::string set_aside(const std::string& lines) {
    const auto result = analyzed(story(kChildren + lines));
    for (const Finding& finding : result.findings)
        if (finding.candidate.rule == Rule::kF1) return std::string(finding.judgement.set_aside_by);
    ADD_FAILURE() << "no F1";
    return "?";
}

TEST(HappensBefore, WhatAChildDidThatWasWaitedForIsNoRace) {
    EXPECT_EQ(set_aside(kAccessed + forked(20, "v", "s") + swapped("s") + ended(40, "s") +
                        waited(50, "v", "250") + kUsed),
              "ordered-by-lineage");
}

TEST(HappensBefore, WaitidTellsWhomItFoundInItsOutput) {
    // si_signo, si_errno, si_code, padding or pid, ...: pid 250 at byte 12.
    const std::string wait =
        line(50, "v", "> waitid value#0=0 pid=0 value#3=4") +
        line(51, "v",
             "< waitid 0 output=48:\"\\x11\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x01\\x00\\x00\\x00"
             "\\xfa\\x00\\x00\\x00\\xe8\\x03\\x00\\x00\\x00\\x00\\x00\\x00\"");
    EXPECT_EQ(
        set_aside(kAccessed + forked(20, "v", "s") + swapped("s") + ended(40, "s") + wait + kUsed),
        "ordered-by-lineage");
}

TEST(HappensBefore, ReachesThroughAGrandchild) {
    EXPECT_EQ(set_aside(kAccessed + forked(20, "v", "s") + forked(22, "s", "g") + swapped("g") +
                        ended(40, "g") + waited(42, "s", "251") + ended(45, "s") +
                        waited(50, "v", "250") + kUsed),
              "ordered-by-lineage");
}

TEST(HappensBefore, AChildThatRanBeforeTheCheckIsARace) {
    EXPECT_EQ(set_aside(forked(5, "v", "s") + kAccessed + swapped("s") + ended(40, "s") +
                        waited(50, "v", "250") + kUsed),
              "");
}

TEST(HappensBefore, AChildThatNobodyWaitedForIsARace) {
    EXPECT_EQ(set_aside(kAccessed + forked(20, "v", "s") + swapped("s") + ended(40, "s") + kUsed),
              "");
    // A wait for another child says nothing of this one.
    EXPECT_EQ(set_aside(kAccessed + forked(20, "v", "s") + forked(21, "v", "h") + swapped("s") +
                        ended(40, "s") + ended(41, "h") + waited(50, "v", "252") + kUsed),
              "");
}

TEST(HappensBefore, AGrandchildThatItsParentDidNotWaitForIsARace) {
    EXPECT_EQ(set_aside(kAccessed + forked(20, "v", "s") + forked(22, "s", "g") + swapped("g") +
                        ended(45, "s") + waited(50, "v", "250") + kUsed),
              "");
}

TEST(HappensBefore, AWaitThatEndsAfterTheUseBeganIsTooLate) {
    EXPECT_EQ(set_aside(kAccessed + forked(20, "v", "s") + swapped("s") + ended(40, "s") + kUsed +
                        waited(95, "v", "250")),
              "");
}

// b: a worker of v's under an account of the system's, a child of v's; p, q: pipes.
const std::string kWorkers =
    "task b tgid=253 started=5.0 uid=42 gid=42\n"
    "task b5 tgid=253 tid=255 started=5.0 uid=42 gid=42\n"
    "object p 0:13/90 mode=010600\n"
    "object q 0:13/91 mode=010600\n";

// A whole read of a pipe that begins at one time, when so many buffers wait, and ends at another;
// with one write between.
std::string told(int time, const std::string& reader, int until, const std::string& writer,
                 const std::string& pipe, int waiting = 0) {
    const std::string written =
        call(until - 5, writer, "write write-fd=4 value=1", "1", {"sys_enter written=" + pipe});
    return line(time, reader, "> read read-fd=3 value=1") +
           line(time + 1, reader,
                "@ sys_enter read=" + pipe + " detail=" + std::to_string(1 + waiting)) +
           written + line(until, reader, "< read 1");
}

// v checks and tells `task`, which changes the name and tells v, which uses it.
std::string asked_and_answered(const std::string& task, int waiting = 0) {
    return kWorkers + forked(5, "v", "b") + kAccessed + told(15, task, 28, "v", "p", waiting) +
           swapped(task) + told(50, "v", 60, task, "q") + kUsed;
}

TEST(HappensBefore, WhatAWorkerWasAskedForByAPipeIsNoRace) {
    EXPECT_EQ(set_aside(asked_and_answered("b")), "ordered-in-trust-domain");
}

TEST(HappensBefore, AUserWhoWasAskedForItIsNotBelieved) {
    EXPECT_EQ(set_aside(asked_and_answered("u")), "");
    // Nor one in whose name the victim has started something.
    EXPECT_EQ(set_aside(forked(4, "v", "s") + asked_and_answered("s")), "");
}

TEST(HappensBefore, AnAccountOfTheSystemsThatTheVictimDidNotStartIsNotBelieved) {
    std::string story = asked_and_answered("b");
    const std::string fork = forked(5, "v", "b");
    story.replace(story.find(fork), fork.size(), "");
    EXPECT_EQ(set_aside(story), "");
}

TEST(HappensBefore, NobodyIsBelievedByHearsay) {
    // What the worker knows it has from a user.
    const std::string by_hearsay = kWorkers + "object n 0:13/92 mode=010600\n" +
                                   forked(5, "v", "b") + kAccessed + told(12, "u", 18, "v", "p") +
                                   told(19, "b", 28, "u", "n") + swapped("b") +
                                   told(50, "v", 60, "b", "q") + kUsed;
    EXPECT_EQ(set_aside(by_hearsay), "");
}

TEST(HappensBefore, WhatMayHaveLainInThePipeBeforeSaysNothing) {
    EXPECT_EQ(set_aside(asked_and_answered("b", 1)), "");
}

TEST(HappensBefore, WhatTwoMayHaveWrittenSaysNothing) {
    std::string story = asked_and_answered("b");
    const std::string end = line(60, "v", "< read 1");
    story.replace(story.find(end), 0,
                  call(56, "r", "write write-fd=4 value=1", "1", {"sys_enter written=q"}));
    EXPECT_EQ(set_aside(story), "");
}

TEST(HappensBefore, RecordsThatAreMissingMeanwhileMayHaveBeenWrites) {
    std::string story = asked_and_answered("b");
    story.replace(story.find(stamp(32) + " cpu1"), stamp(32).size() + 5, stamp(32) + " cpu1 #99");
    EXPECT_EQ(set_aside(story), "");
}

}  // namespace
}  // namespace tocsin
