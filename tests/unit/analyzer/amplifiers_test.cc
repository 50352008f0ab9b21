// SPDX-License-Identifier: Apache-2.0
//
// What an attacker does to win a race is evidence of an attack.
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
using ::testing::HasSubstr;

// v checks /home/x and uses it; u has put a link there in between. What else happens comes at 20.
std::string amplifier_with(const std::string& at_20, const std::vector<std::string>& links = {}) {
    std::vector<std::string> hooks = links;
    hooks.push_back("inode_follow_link target=\"/etc/passwd\" symlink=xl detail=2");
    hooks.push_back("file_open opened=passwd");
    const auto result = analyzed(story(
        call(10, "v", "access path=16:\"/home/x\"", "0", {"inode_permission named=x"}) + at_20 +
        call(30, "u", "rename path#0=16:\"/home/l\" path#1=32:\"/home/x\"", "0",
             {"path_rename named=l second=x"}) +
        call(60, "v", "openat path=16:\"/home/x\" flags=1", "3", hooks)));
    for (const Finding& finding : result.findings)
        if (finding.candidate.rule == Rule::kF1) return finding.candidate.amplifier;
    ADD_FAILURE() << "no F1";
    return "?";
}

TEST(Amplifiers, WhoStopsTheVictimMeantTo) {
    EXPECT_THAT(amplifier_with(call(20, "u", "kill pid=100 value=19", "0")),
                HasSubstr("stopped the process in between, by kill"));
    EXPECT_THAT(amplifier_with(call(20, "u2", "tgkill pid#0=100 pid#1=100 value=19", "0")),
                HasSubstr("by tgkill"));
}

TEST(Amplifiers, AnotherSignalAnotherUserOrAnotherProcessIsNone) {
    EXPECT_EQ(amplifier_with(call(20, "u", "kill pid=100 value=15", "0")), "");
    EXPECT_EQ(amplifier_with(call(20, "w", "kill pid=100 value=19", "0")), "");
    EXPECT_EQ(amplifier_with(call(20, "u", "kill pid=300 value=19", "0")), "");
    EXPECT_EQ(amplifier_with(call(20, "u", "kill pid=100 value=19", "-EPERM")), "");
}

TEST(Amplifiers, WhoWatchedTheNameWaitedForItsUse) {
    const std::string added = "inotify_add_watch value#0=3 path=16:";
    EXPECT_THAT(amplifier_with(call(20, "u", added + "\"/home/x\"", "1", {"path_notify named=x"})),
                HasSubstr("watched for its uses, by inotify_add_watch"));
    EXPECT_THAT(
        amplifier_with(call(20, "u2", added + "\"/home\"", "1", {"path_notify named=home"})),
        HasSubstr("watched for its uses"));
    EXPECT_THAT(amplifier_with(call(20, "u", "fanotify_mark flags=1 path=16:\"/home/x\"", "0",
                                    {"path_notify named=x"})),
                HasSubstr("watched for its uses, by fanotify_mark"));
}

TEST(Amplifiers, AWatchOfAnotherFileByAnotherUserOrOneThatFailedIsNone) {
    const std::string x = "inotify_add_watch path=16:\"/home/x\"";
    EXPECT_EQ(amplifier_with(call(20, "u", "inotify_add_watch path=16:\"/home/y\"", "1",
                                  {"path_notify named=y"})),
              "");
    EXPECT_EQ(amplifier_with(call(20, "w", x, "1", {"path_notify named=x"})), "");
    EXPECT_EQ(amplifier_with(call(20, "u", x, "-EACCES", {"path_notify named=x"})), "");
    EXPECT_EQ(amplifier_with(call(20, "u", "fanotify_mark flags=2 path=16:\"/home/x\"", "0",
                                  {"path_notify named=x"})),
              "")
        << "a watch is given up";
}

TEST(Amplifiers, ALeaseOnTheFileIsOne) {
    const std::string opened = call(15, "u", "openat path=16:\"/home/x\" flags=0", "5",
                                    {"file_open opened=x", "sys_exit returned=x"});
    const auto fcntl = [](const std::string& arguments, const std::string& result) {
        return call(20, "u", "fcntl dirfd=5 " + arguments, result);
    };
    EXPECT_THAT(amplifier_with(opened + fcntl("value#1=1024 value#2=1", "0")),
                HasSubstr("held a lease, which stalls its opening, by fcntl"));
    EXPECT_EQ(amplifier_with(opened + fcntl("value#1=1024 value#2=2", "0")), "") << "F_UNLCK";
    EXPECT_EQ(amplifier_with(opened + fcntl("value#1=1024 value#2=1", "-EAGAIN")), "");
    EXPECT_EQ(amplifier_with(opened + fcntl("value#1=2 value#2=1", "0")), "") << "F_SETFD";
    EXPECT_EQ(amplifier_with(fcntl("value#1=1024 value#2=1", "0")), "") << "of what is not known";
}

TEST(Amplifiers, AMazeOfSymbolicLinksIsOne) {
    std::string objects;
    std::vector<std::string> links;
    for (int i = 0; i < 8; ++i) {
        const std::string n = std::to_string(i);
        objects += "object m" + n + " 8:1/9" + n + " mode=0120777 name=\"m" + n + "\" in=home\n";
        links.push_back("inode_follow_link target=\"/home\" symlink=m" + n + " detail=2");
    }
    EXPECT_THAT(amplifier_with(objects, links), HasSubstr("9 symbolic links"));
}

}  // namespace
}  // namespace tocsin
