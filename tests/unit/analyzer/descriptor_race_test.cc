// SPDX-License-Identifier: Apache-2.0
//
// Descriptors that another thread gives another meaning between two uses.
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
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// v5 is a second thread of v's; q, another user's process, shares v's descriptors.
const std::string kThread = line(1, "v", "fork v5 shares-files shares-place");
const std::string kSharing =
    "task q tgid=270 started=5.0 uid=1000 gid=1000\n" + line(1, "v", "fork q shares-files");
const std::string kOpened = call(5, "v", "openat path=16:\"/etc/passwd\" flags=2", "3",
                                 {"file_open opened=passwd", "sys_exit returned=passwd"});
const std::string kOther = call(8, "v", "openat path=16:\"/etc/shadow\" flags=2", "4",
                                {"file_open opened=shadow", "sys_exit returned=shadow"});

std::string changed_mode(int time, const std::string& task, const std::string& file) {
    return call(time, task, "fchmod dirfd=3 value=0600", "0", {"inode_setattr named=" + file});
}
std::string replaced(int time, const std::string& task) {
    return call(time, task, "dup2 dirfd#0=4 dirfd#1=3", "3");
}

// What is found, without what is said of the names.
std::vector<std::string> descriptors(const AnalysisResult& result) {
    std::vector<std::string> rules;
    for (const std::string& rule : rules_of(result))
        if (rule.find("D1") != rule.npos) rules.push_back(rule);
    return rules;
}

TEST(DescriptorRace, ThatAnotherThreadOfTheProcessMadeIsSetAside) {
    const auto result =
        analyzed(story(kThread + kOpened + kOther + changed_mode(20, "v", "passwd") +
                       replaced(30, "v5") + changed_mode(40, "v", "shadow")));
    EXPECT_THAT(descriptors(result), ::testing::ElementsAre("[D1 dirfd]"));
}

TEST(DescriptorRace, ThatAnotherUsersProcessMadeIsShown) {
    const auto result =
        analyzed(story(kSharing + kOpened + kOther + changed_mode(20, "v", "passwd") +
                       replaced(30, "q") + changed_mode(40, "v", "shadow")));
    EXPECT_THAT(descriptors(result), ::testing::ElementsAre("D1 dirfd"));
    EXPECT_THAT(test::report_of(result, "text"),
                HasSubstr("fchmod of \"descriptor 3\" found \"/etc/shadow\""));
}

TEST(DescriptorRace, MayBeOfAFileWithoutADirectory) {
    const std::string top = call(5, "v", "openat path=16:\"/\" flags=0", "3",
                                 {"file_open opened=root", "sys_exit returned=root"});
    const auto result = analyzed(story(kSharing + top + kOther + changed_mode(20, "v", "root") +
                                       replaced(30, "q") + changed_mode(40, "v", "shadow")));
    EXPECT_THAT(descriptors(result), ::testing::ElementsAre("D1 dirfd"));
    EXPECT_THAT(test::report_of(result, "json"), HasSubstr("\"rule\":\"D1\""));
}

TEST(DescriptorRace, IsNoneWhereTheThreadReplacedItItself) {
    EXPECT_THAT(
        descriptors(analyzed(story(kThread + kOpened + kOther + changed_mode(20, "v", "passwd") +
                                   replaced(30, "v") + changed_mode(40, "v", "shadow")))),
        IsEmpty());
}

TEST(DescriptorRace, IsNoneWhereTheTableIsNotShared) {
    EXPECT_THAT(descriptors(analyzed(story(kOpened + kOther + changed_mode(20, "v", "passwd") +
                                           replaced(30, "u") + changed_mode(40, "v", "passwd")))),
                IsEmpty());
}

TEST(DescriptorRace, IsNoneWhereItStillStandsForTheSameFile) {
    const std::string same = call(8, "v", "openat path=16:\"/etc/passwd\" flags=2", "4",
                                  {"file_open opened=passwd", "sys_exit returned=passwd"});
    EXPECT_THAT(
        descriptors(analyzed(story(kThread + kOpened + same + changed_mode(20, "v", "passwd") +
                                   replaced(30, "v5") + changed_mode(40, "v", "passwd")))),
        IsEmpty());
}

TEST(DescriptorRace, IsNotConcludedWithoutTheReplacementsReturn) {
    EXPECT_THAT(
        descriptors(analyzed(story(kThread + kOpened + kOther + changed_mode(20, "v", "passwd") +
                                   line(30, "v5", "> dup2 dirfd#0=4 dirfd#1=3") +
                                   changed_mode(40, "v", "shadow")))),
        IsEmpty());
}

}  // namespace
}  // namespace tocsin
