// SPDX-License-Identifier: Apache-2.0
#include "analyzer/judge/boundary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyzer/analysis_fixture.h"
#include "tests/unit/analyzer/name_story.h"

namespace tocsin {
namespace {

using test::call;
using ::testing::HasSubstr;

const std::string kX = " path=16:\"/home/x\"";
const std::string kThrough = "inode_follow_link target=\"/etc\" symlink=xl";

int impact(const std::string& entry) {
    const auto calls = test::calls_of(call(10, "v", entry, "0"));
    return calls.size() == 1 ? impact_of(*calls.front()).hundredths : -1;
}

TEST(Impact, FollowsWhatTheUseDoes) {
    EXPECT_EQ(impact("execve" + kX), 100);
    EXPECT_EQ(impact("mount path=16:\"/home/x\""), 100);
    EXPECT_EQ(impact("chroot" + kX), 100);
    EXPECT_EQ(impact("truncate" + kX), 90);
    EXPECT_EQ(impact("lchown" + kX), 90);
    EXPECT_EQ(impact("fchmodat2" + kX), 90);
    EXPECT_EQ(impact("unlink" + kX), 70);
    EXPECT_EQ(impact("mkdir" + kX), 70);
    EXPECT_EQ(impact("chdir" + kX), 60);
    EXPECT_EQ(impact("utimensat" + kX), 30);
}

TEST(Impact, OfAnAttributeFollowsItsName) {
    const auto of = [](const std::string& name) {
        return impact("lsetxattr" + kX + " string=32:\"" + name + "\"");
    };
    EXPECT_EQ(of("security.capability"), 90);
    EXPECT_EQ(of("system.posix_acl_access"), 90);
    EXPECT_EQ(of("trusted.overlay.opaque"), 70);
    EXPECT_EQ(of("user.comment"), 30);
    EXPECT_EQ(of(""), 90) << "not readable: it may be any";
    EXPECT_EQ(impact("removexattr" + kX + " string=32:\"security.capability\""), 90);
}

TEST(Impact, OfWhatTheKernelIsGivenAndOfMountsIsHigh) {
    EXPECT_EQ(impact("swapon" + kX), 100);
    EXPECT_EQ(impact("acct" + kX), 90);
    EXPECT_EQ(impact("fspick" + kX), 100);
    EXPECT_EQ(impact("mount_setattr" + kX), 100);
    EXPECT_EQ(impact("inotify_add_watch" + kX), 30);
}

TEST(Impact, AnOpenIsToReadOrToWriteByItsFlags) {
    EXPECT_EQ(impact("openat" + kX + " flags=0x80000"), 60);
    EXPECT_EQ(impact("openat" + kX + " flags=1"), 90);
    EXPECT_EQ(impact("openat" + kX + " flags=0x40"), 90) << "O_CREAT";
    EXPECT_EQ(impact("open" + kX + " flags=0x200"), 90) << "O_TRUNC";
    EXPECT_EQ(impact("creat" + kX), 90);
}

TEST(Impact, Openat2SaysItsFlagsInAStructure) {
    const auto how = [](const std::string& flags) {
        return "openat2" + kX + " how=32:\"" + flags +
               "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\"";
    };
    EXPECT_EQ(impact(how("\\x00\\x00\\x08\\x00\\x00\\x00\\x00\\x00")), 60);
    EXPECT_EQ(impact(how("\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00")), 90);
    EXPECT_EQ(impact(how("\\x00\\x02\\x00\\x00\\x00\\x00\\x00\\x00")), 90) << "O_TRUNC";
}

TEST(Impact, OfAnInterpreterThatOpensItsScriptIsThatOfAnExec) {
    const std::string objects =
        "object dash 8:1/60 mode=0100755 name=\"dash\" in=etc\n"
        "object cat 8:1/61 mode=0100755 name=\"cat\" in=etc\n";
    const auto opened_by = [&](const std::string& program, const std::string& words) {
        const auto calls =
            test::calls_of(objects +
                           test::line(5, "v",
                                      "@ sched_process_exec path=\"/etc/dash\" argv=" + words +
                                          " exe=" + program) +
                           call(10, "v", "openat" + kX + " flags=0", "3"));
        return impact_of(*calls.back()).hundredths;
    };
    EXPECT_EQ(opened_by("dash", "\"sh\\x00/home/x\\x00\""), 100);
    EXPECT_EQ(opened_by("dash", "\"sh\\x00-c\\x00cat /home/x\\x00\""), 60);
    EXPECT_EQ(opened_by("cat", "\"cat\\x00/home/x\\x00\""), 60);
}

// The boundary of the one race of a story in which `mutator` renames something over x between a
// check by `victim` and a use of it that these lines are.
Factor boundary(const std::string& victim, const std::string& mutator, const std::string& brought,
                const std::string& use) {
    const auto result = test::analyzed(
        test::story(call(10, victim, "access" + kX, "0", {"inode_permission named=x"}) +
                    call(20, mutator, "rename path#0=16:\"/home/l\" path#1=32:\"/home/x\"", "0",
                         {"path_rename named=" + brought + " second=x"}) +
                    use));
    EXPECT_EQ(result.findings.size(), 1U);
    return result.findings.empty() ? Factor{-1, ""} : boundary_of(result.findings[0].candidate);
}

std::string opened(const std::string& task, const std::string& flags, const std::string& file) {
    return call(30, task, "openat" + kX + " flags=" + flags, "3",
                {kThrough + " detail=2", "file_open opened=" + file});
}

TEST(Boundary, IsCrossedWhereTheMutatorHasNoRightToWhatTheUseDoes) {
    EXPECT_EQ(boundary("v", "u", "l", opened("v", "1", "passwd")).hundredths, 100);
    EXPECT_EQ(boundary("v", "u", "l", opened("v", "0", "shadow")).hundredths, 100);
}

TEST(Boundary, OfTimesIsTheFilesAndNotItsDirectorys) {
    const std::string use = call(30, "v", "utimensat" + kX, "0", {"inode_setattr named=xp"});
    EXPECT_EQ(boundary("v", "u", "xp", use).hundredths, 100) << "root's file by another name";
}

TEST(Boundary, IsNotWhereTheMutatorMayDoTheSame) {
    // Everybody may read /etc/passwd.
    EXPECT_EQ(boundary("v", "u", "l", opened("v", "0", "passwd")).hundredths, 10);
    // What root writes to the mutator's own file the mutator learns.
    const std::string own = call(30, "v", "openat" + kX + " flags=1", "3", {"file_open opened=x2"});
    EXPECT_EQ(boundary("v", "u", "y", own).hundredths, 30);
}

TEST(Boundary, IsCrossedByWhatIsRunFromAFileOfTheMutators) {
    const std::string run =
        call(30, "v", "execve" + kX, "0",
             {"bprm_check_security path=\"/home/x\" checked=x2", "sched_process_exec exe=x2"});
    const auto factor = boundary("v", "u", "y", run);
    EXPECT_EQ(factor.hundredths, 100);
    EXPECT_THAT(factor.why, HasSubstr("controls"));
}

TEST(Boundary, OfACapabilityIsTheFilesAndOfAWatchWhoeverMayReadIt) {
    const std::string capability = "setxattr" + kX + " string=32:\"security.capability\"";
    const std::string watch = "inotify_add_watch" + kX;
    const auto used = [](const std::string& entry, const std::string& hook) {
        return call(30, "v", entry, "0", {hook + " named=xp"});
    };
    EXPECT_EQ(boundary("v", "u", "xp", used(capability, "inode_setxattr")).hundredths, 100);
    EXPECT_EQ(boundary("v", "u", "xp", used(watch, "path_notify")).hundredths, 10);
}

TEST(Boundary, BetweenPeersCountsLess) {
    EXPECT_EQ(boundary("u", "w", "l", opened("u", "1", "passwd")).hundredths, 60);
}

TEST(Boundary, IsNoneForTheSamePrincipalAndForTheMorePrivileged) {
    EXPECT_EQ(boundary("v", "r", "l", opened("v", "1", "passwd")).hundredths, 0);
    EXPECT_EQ(boundary("u", "r", "l", opened("u", "1", "passwd")).hundredths, 0);
    EXPECT_EQ(boundary("u", "u2", "l", opened("u", "1", "passwd")).hundredths, 0);
}

TEST(Boundary, IsNotKnownWithoutAnExplanation) {
    const auto result =
        test::analyzed(test::story(call(10, "v", "access" + kX, "0", {"inode_permission named=x"}) +
                                   opened("v", "1", "passwd")));
    ASSERT_EQ(result.findings.size(), 1U);
    const Factor factor = boundary_of(result.findings[0].candidate);
    EXPECT_EQ(factor.hundredths, 25);
    EXPECT_THAT(factor.why, HasSubstr("not known"));
    EXPECT_FALSE(is_of_trusted_mutator(*result.findings[0].candidate.race));
}

}  // namespace
}  // namespace tocsin
