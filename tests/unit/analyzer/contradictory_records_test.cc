// SPDX-License-Identifier: Apache-2.0
//
// Records that cannot all be true: they make up no race, and hide none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyzer/analysis_fixture.h"
#include "tests/unit/analyzer/name_story.h"

namespace tocsin {
namespace {

using test::analyzed;
using test::call;
using test::line;
using test::races_of;
using test::story;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string in_home(std::string_view name, int buffer = 16) {
    return std::to_string(buffer) + ":\"/home/" + std::string(name) + '"';
}
std::string checked(int time) {
    return call(time, "v", "access path=" + in_home("x"), "0", {"inode_permission named=x"});
}
std::string swapped(int time) {
    return call(time, "u", "rename path#0=" + in_home("l") + " path#1=" + in_home("x", 32), "0",
                {"path_rename named=l second=x"});
}
std::string used_swapped(int time) {
    return call(time, "v", "openat path=" + in_home("x") + " flags=1", "3",
                {"inode_follow_link target=\"/etc/passwd\" symlink=xl detail=2",
                 "file_open opened=passwd"});
}
std::string used(int time) {
    return call(time, "v", "openat path=" + in_home("x") + " flags=1", "3", {"file_open opened=x"});
}

// Each at a time of its own between 40 and 60, some of several lines.
const std::vector<std::string> kContradictions = {
    // The attacker dies twice, and is not dead.
    line(40, "u", "exit code=0 last") + line(41, "u", "exit code=0 last"),
    // The victim is born while it lives, by one that is its own child.
    line(40, "r", "fork v") + line(41, "v", "fork r") + line(42, "r", "fork v"),
    // A process is its own child.
    line(40, "v", "fork v"),
    // A thread is born twice.
    line(40, "v", "fork v5 shares-files shares-place") +
        line(41, "v", "fork v5 shares-files shares-place"),
    // A call returns that nobody made, in the name of a CPU that is not there.
    line(40, "v", "[cpu7#999] < openat 3"),
    // Another process's hook and return name the call that the victim is in.
    line(40, "v", "[cpu0#1000] > access path=" + in_home("y")) +
        line(41, "w", "[cpu0#1000] @ inode_permission named=passwd") +
        line(42, "w", "[cpu0#1000] < access 0"),
    // A call returns twice, and its hook fires when it is over.
    call(40, "v", "access path=" + in_home("y"), "0", {"inode_permission named=y"}) +
        line(45, "v", "[-] < access -ENOENT") + line(46, "v", "[-] @ inode_permission named=y0"),
    // An unsuccessful rename of what is not there is said to have fired its hook twice.
    call(40, "u", "rename path#0=" + in_home("l") + " path#1=" + in_home("y", 32), "-ENOENT",
         {"path_rename named=l0 second=y", "path_rename named=l second=y0"}),
};

TEST(ContradictoryRecords, MakeUpNoRace) {
    for (const std::string& contradiction : kContradictions)
        EXPECT_THAT(races_of(analyzed(story(checked(10) + contradiction + used(70)))), IsEmpty())
            << contradiction;
}

TEST(ContradictoryRecords, HideNoRace) {
    for (const std::string& contradiction : kContradictions)
        EXPECT_THAT(
            races_of(analyzed(story(checked(10) + swapped(20) + used_swapped(30) + contradiction))),
            ElementsAre("F1 path"))
            << contradiction;
}

TEST(ContradictoryRecords, OfWhichNoneIsWholeAreStillAnalyzed) {
    std::string all;
    for (const std::string& contradiction : kContradictions) all += contradiction;
    const auto result = analyzed(story(checked(10) + swapped(20) + used_swapped(30) + all));
    EXPECT_THAT(races_of(result), ElementsAre("F1 path"));
    for (const char* form : {"text", "json", "html"})
        EXPECT_NE(test::report_of(result, form), std::string()) << form;
}

TEST(LongNames, OfAsManyBytesAsAPathMayHaveAreComparedAndReportedWhole) {
    // path_resolution(7): 4096 bytes with the NUL.
    const std::string path = std::string(4088, '/') + "/home/x";
    const std::string claim = "16:\"" + path + '"';
    const auto result = analyzed(story(
        call(10, "v", "access path=" + claim, "0", {"inode_permission named=x"}) + swapped(20) +
        call(30, "v", "openat path=" + claim + " flags=1", "3",
             {"inode_follow_link target=\"/etc/passwd\" symlink=xl detail=2",
              "file_open path=\"" + path + "\" opened=passwd"})));
    EXPECT_THAT(races_of(result), ElementsAre("F1 path"));
    EXPECT_NE(test::report_of(result, "json").find(path), std::string::npos);
}

}  // namespace
}  // namespace tocsin
