// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/name_lookup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyzer/name_story.h"

namespace tocsin {
namespace {

using test::call;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string spelled(const std::optional<ObjectId>& id) {
    if (!id) return "?";
    return *id == ObjectId{} ? "-" : std::to_string(id->inode);
}

// "2/home=10 10/x=11>12" for each name of each call: the entry x of directory 10 led to 11, and to
// 12 once the call was over; "-" nothing, "?" not known.
std::vector<std::string> lookups(const std::string& lines) {
    std::vector<std::string> all;
    for (const auto& operation : test::calls_of(lines)) {
        for (const NameLookup& lookup : lookups_of(*operation)) {
            std::string text;
            for (const Binding& binding : lookup.bindings)
                text += (text.empty() ? "" : " ") + std::to_string(binding.cell.directory.inode) +
                        '/' + std::string(std::string_view(binding.cell.name)) + '=' +
                        spelled(binding.child);
            if (lookup.after != lookup.leaf().child) text += '>' + spelled(lookup.after);
            all.push_back(text);
        }
    }
    return all;
}

const std::string kX = " path=16:\"/home/x\"";
const std::string kTwo = " path#0=16:\"/home/x\" path#1=32:\"/home/y\"";

TEST(NameLookup, EveryKindOfCallThatFindsAFileWentFromTheRootToIt) {
    const std::vector<std::pair<std::string, std::string>> calls = {
        {"access" + kX, "inode_permission named=x"},
        {"newfstatat" + kX, "inode_getattr named=x"},
        {"readlink" + kX, "inode_readlink named=x"},
        {"openat" + kX, "file_open opened=x"},
        {"openat" + kX + " flags=0x200000", "sys_exit returned=x"},
        {"truncate" + kX, "inode_setattr named=x"},
        {"chmod" + kX, "inode_setattr named=x"},
        {"chown" + kX, "inode_setattr named=x"},
        {"utimensat" + kX, "inode_setattr named=x"},
        {"chdir" + kX, "sys_exit cwd=x"},
        {"chroot" + kX, "sys_exit root=x"},
        {"execve" + kX, "sched_process_exec exe=x"},
        {"umount2" + kX, "sys_exit returned=x"},
    };
    for (const auto& [entry, hook] : calls)
        EXPECT_THAT(lookups(call(10, "v", entry, "0", {hook})), ElementsAre("2/home=10 10/x=11"))
            << entry;
}

TEST(NameLookup, ACallWithoutAHookThatNamesTheFileTellsNothing) {
    EXPECT_THAT(
        lookups(call(10, "v", "access" + kX, "-EACCES", {"inode_permission path=\"/home/x\""})),
        IsEmpty());
    EXPECT_THAT(lookups(call(10, "v", "openat" + kX, "-ENOENT")), IsEmpty());
}

TEST(NameLookup, ACallWithoutItsReturnLookedTheNameUpAllTheSame) {
    EXPECT_THAT(lookups(call(10, "v", "openat" + kX, "", {"file_open opened=x"})),
                ElementsAre("2/home=10 10/x=11"));
}

TEST(NameLookup, ACallWithoutItsEntryHasNoNameToLookUp) {
    EXPECT_THAT(lookups("5.1 cpu0 v [cpu0#7] @ file_open opened=x\n"
                        "5.2 cpu0 v [cpu0#7] < openat 3\n"),
                IsEmpty());
}

TEST(NameLookup, AnExecOfAScriptLookedUpTheScript) {
    EXPECT_THAT(lookups(call(10, "v", "execve" + kX, "0",
                             {"bprm_check_security path=\"/home/x\" checked=x",
                              "bprm_check_security path=\"/home/x\" checked=passwd",
                              "sched_process_exec exe=passwd interpreter=\"/etc/passwd\""})),
                ElementsAre("2/home=10 10/x=11"));
    // What the script was is not recorded, and the interpreter is not what was named.
    EXPECT_THAT(lookups(call(10, "v", "execve" + kX, "0",
                             {"sched_process_exec exe=passwd interpreter=\"/etc/passwd\""})),
                IsEmpty());
}

TEST(NameLookup, AnOpenThatMadeTheFileFoundNothingBefore) {
    EXPECT_THAT(
        lookups(call(10, "v", "openat" + kX + " flags=0x41", "3", {"file_open opened=x detail=1"})),
        ElementsAre("2/home=10 10/x=->11"));
}

TEST(NameLookup, CallsThatChangeWhatTheyNameAreKnownBeforeAndAfter) {
    EXPECT_THAT(lookups(call(10, "v", "unlink" + kX, "0", {"path_unlink named=x"})),
                ElementsAre("2/home=10 10/x=11>-"));
    EXPECT_THAT(lookups(call(10, "v", "unlink" + kX, "-EPERM", {"path_unlink named=x"})),
                ElementsAre("2/home=10 10/x=11"));
    EXPECT_THAT(lookups(call(10, "v", "mkdir path=16:\"/home/d\"", "0",
                             {"path_mkdir named=d0", "sys_exit made=d"})),
                ElementsAre("2/home=10 10/d=->20"));
    EXPECT_THAT(lookups(call(10, "v", "mkdir path=16:\"/home/d\"", "0", {"path_mkdir named=d0"})),
                ElementsAre("2/home=10 10/d=->?"));
    EXPECT_THAT(lookups(call(10, "v", "symlink string=32:\"/etc\" path=16:\"/home/d\"", "0",
                             {"path_symlink string=\"/etc\" named=d0", "sys_exit made=dl"})),
                ElementsAre("2/home=10 10/d=->22"));
}

TEST(NameLookup, CallsWithTwoNamesLookBothUp) {
    EXPECT_THAT(lookups(call(10, "v", "rename" + kTwo, "0", {"path_rename named=x second=y"})),
                ElementsAre("2/home=10 10/x=11>-", "2/home=10 10/y=13>11"));
    EXPECT_THAT(
        lookups(call(10, "v", "renameat2 path#1=16:\"/home/x\" path#3=32:\"/home/y\" flags=2", "0",
                     {"path_rename named=x second=y"})),
        ElementsAre("2/home=10 10/x=11>13", "2/home=10 10/y=13>11"));
    EXPECT_THAT(lookups(call(10, "v", "link" + kTwo, "0", {"path_link named=x second=y0"})),
                ElementsAre("2/home=10 10/x=11", "2/home=10 10/y=->11"));
}

TEST(NameLookup, LinksCountForTheNameThatLedThroughThem) {
    EXPECT_THAT(lookups(call(10, "v", "rename path#0=16:\"/home/d/f\" path#1=32:\"/home/y\"", "0",
                             {"inode_follow_link target=\"/etc\" symlink=dl detail=1",
                              "path_rename named=cron second=y0"})),
                ElementsAre("2/home=10 10/d=22 2/etc=3 3/f=6>-", "2/home=10 10/y=->6"));
}

TEST(NameLookup, ABindMountLooksItsSourceUpToo) {
    const std::string names = "mount string#0=16:\"/home/x\" path=32:\"/home/d\" flags=";
    const std::string covered = "sb_mount string#0=\"/home/x\" named=d";
    EXPECT_THAT(
        lookups(call(10, "v", names + "0x1000", "0",
                     {covered, "inode_follow_link target=\"/etc/passwd\" symlink=xl detail=1",
                      "sys_exit second=passwd"})),
        ElementsAre("2/home=10 10/x=12 2/etc=3 3/passwd=4", "2/home=10 10/d=20>?"));
    // What a mount that is moved is the root of hooks do not show.
    EXPECT_THAT(lookups(call(10, "v", names + "0x2000", "0", {covered})),
                ElementsAre("2/home=10 10/d=20>?"));
    // Of a remount the source means nothing.
    EXPECT_THAT(lookups(call(10, "v", names + "0x1020", "0", {covered, "sys_exit second=passwd"})),
                ElementsAre("2/home=10 10/d=20"));
}

TEST(NameLookup, EveryDirectoryAboveAFollowedLinkIsOnTheWay) {
    EXPECT_THAT(lookups(call(10, "v", "access" + kX, "0",
                             {"inode_follow_link target=\"/etc/passwd\" symlink=xl detail=1",
                              "inode_permission named=passwd"})),
                ElementsAre("2/home=10 10/x=12 2/etc=3 3/passwd=4"));
}

TEST(NameLookup, AMissingFileIsKnownByTheLastNameOfItsDirectory) {
    EXPECT_THAT(lookups(call(10, "v", "newfstatat" + kX, "-ENOENT", {"sys_exit named=nothing0"})),
                ElementsAre("2/home=10 10/x=-"));
    EXPECT_THAT(lookups(call(10, "v", "newfstatat path=16:\"/home/x//\"", "-ENOENT",
                             {"sys_exit named=nothing0"})),
                ElementsAre("2/home=10 10/x=-"));
    // The link led to a name that is missing.
    EXPECT_THAT(lookups(call(10, "v", "newfstatat path=16:\"/etc/l\"", "-ENOENT",
                             {"inode_follow_link target=\"/home/gone\" symlink=l detail=2",
                              "sys_exit named=nothing0"})),
                ElementsAre("2/home=10 10/l=12 2/home=10 10/gone=-"));
}

TEST(NameLookup, AMissingDirectoryOnTheWayIsNotTakenForTheFile) {
    // The walk ended in /home, and "f" would have been looked up in /home/d.
    EXPECT_THAT(lookups(call(10, "v", "newfstatat path=16:\"/home/d/f\"", "-ENOENT",
                             {"sys_exit named=nothing0"})),
                IsEmpty());
    // Nor where the missing one is called like the one that it would be in.
    EXPECT_THAT(lookups(call(10, "v", "newfstatat path=16:\"/home/./home//f\"", "-ENOENT",
                             {"sys_exit named=nothing0"})),
                IsEmpty());
    EXPECT_THAT(lookups(call(10, "v", "newfstatat path=16:\"/home/x/..\"", "-ENOENT",
                             {"sys_exit named=nothing0"})),
                IsEmpty());
    // Where the link led is not recorded.
    EXPECT_THAT(lookups(call(10, "v", "newfstatat path=16:\"/home/l\"", "-ENOENT",
                             {"inode_follow_link symlink=l detail=2", "sys_exit named=nothing0"})),
                IsEmpty());
}

TEST(NameLookup, WhatTheKernelMakesUpAndWhatADescriptorStandsForIsLeftOut) {
    const std::string proc =
        "object proc 0:20/1 mode=040555 name=\"proc\" in=root\n"
        "object status 0:20/7 name=\"status\" in=proc\n"
        "object self 0:20/8 mode=0120777 name=\"self\" in=proc\n";
    EXPECT_THAT(lookups(proc + call(10, "v", "openat path=16:\"/proc/status\"", "3",
                                    {"file_open opened=status"})),
                IsEmpty());
    EXPECT_THAT(
        lookups(proc + call(10, "v", "openat path=16:\"/proc/self/fd/3\"", "3",
                            {"inode_follow_link symlink=self detail=2", "file_open opened=x"})),
        IsEmpty());
    EXPECT_THAT(lookups(call(10, "v", "openat path=16:\"/dev/fd/3\"", "3", {"file_open opened=x"})),
                IsEmpty());
    EXPECT_THAT(lookups(call(10, "v", "newfstatat path=16:\"\"", "0", {"inode_getattr named=x"})),
                IsEmpty());
    EXPECT_THAT(
        lookups(call(10, "v", "access path=16:\"/\"", "0", {"inode_permission named=root"})),
        IsEmpty());
}

TEST(NameLookup, ALinkThatSomebodyPutInTheWayIsNoDescriptorOfTheCallers) {
    // proc(5): what lies behind /proc/self/root is reached, and the name is bound in /home.
    const std::string proc =
        "object proc 0:20/1 mode=040555 name=\"proc\" in=root\n"
        "object self 0:20/8 mode=0120777 name=\"self\" in=proc\n"
        "object dev 0:6/1 mode=040755 name=\"dev\" in=root\n"
        "object in 0:6/9 mode=0120777 name=\"stdin\" in=dev\n";
    EXPECT_THAT(lookups(proc + call(10, "v", "openat" + kX, "3",
                                    {"inode_follow_link target=\"/proc/self/root/etc/passwd\" "
                                     "symlink=xl detail=2",
                                     "inode_follow_link symlink=self detail=2",
                                     "file_open opened=passwd"})),
                ElementsAre("2/home=10 10/x=12 2/proc=1 1/self=8 2/etc=3 3/passwd=4"));
    EXPECT_THAT(
        lookups(proc + call(10, "v", "openat path=16:\"/dev/stdin\"", "3",
                            {"inode_follow_link target=\"/proc/self/fd/0\" symlink=in detail=2",
                             "inode_follow_link symlink=self detail=2", "file_open opened=x"})),
        IsEmpty());
}

TEST(NameLookup, ADirectoryThatIsCalledProcIsNotTheKernels) {
    // Deeper than the recorder walks: which directory the topmost is, is not known.
    const std::string maze =
        "object top 8:1/50 mode=040755 name=\"home\" cut\n"
        "object proc 8:1/51 mode=040755 name=\"proc\" in=top\n"
        "object f 8:1/52 name=\"f\" in=proc\n";
    EXPECT_THAT(lookups(maze + call(10, "v", "access path=16:\"proc/f\"", "0",
                                    {"inode_permission named=f"})),
                ElementsAre("50/proc=51 51/f=52"));
}

TEST(NameLookup, ADeepPathHasACellForEachDirectory) {
    std::string objects, above = "root";
    for (int depth = 0; depth < 190; ++depth) {
        const std::string label = "deep" + std::to_string(depth);
        objects += "object " + label + " 8:1/" + std::to_string(1000 + depth) +
                   " mode=040755 name=\"d\" in=" + above + "\n";
        above = label;
    }
    const auto calls = test::calls_of(
        objects + call(10, "v", "access" + kX, "0", {"inode_permission named=" + above}));
    ASSERT_EQ(calls.size(), 1U);
    ASSERT_EQ(lookups_of(*calls[0]).size(), 1U);
    EXPECT_EQ(lookups_of(*calls[0])[0].bindings.size(), 190U);
}

}  // namespace
}  // namespace tocsin
