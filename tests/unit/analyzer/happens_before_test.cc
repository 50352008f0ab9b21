// SPDX-License-Identifier: Apache-2.0
//
// Changes that the kernel's own order puts between check and use: no race, but what somebody set
// going and waited for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyzer/analysis_fixture.h"
#include "tests/unit/analyzer/name_story.h"

namespace tocsin {
namespace {

using test::analyzed;
using test::call;
using test::line;
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

}  // namespace
}  // namespace tocsin
