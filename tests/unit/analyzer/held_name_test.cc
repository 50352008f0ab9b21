// SPDX-License-Identifier: Apache-2.0
//
// Names that lead to the same file at check and use, or whose use fails: interference, exposure and
// changes of the file itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyzer/analysis_fixture.h"
#include "tests/unit/analyzer/name_story.h"

namespace tocsin {
namespace {

using test::analyzed;
using test::call;
using test::races_of;
using test::rules_of;
using test::story;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kX = "path=16:\"/home/x\"";
const std::string kLtoX = "path#0=16:\"/home/l\" path#1=32:\"/home/x\"";
const std::string kExchanged = "path#1=16:\"/home/l\" path#3=32:\"/home/x\" flags=2";
const std::string kAccessed = call(10, "v", "access " + kX, "0", {"inode_permission named=x"});

// x is exchanged for a link at `time`, and back again at `back`.
std::string swapped_out_and_back(const std::string& task, int time = 20, int back = 30) {
    const std::string ll =
        "object ll 8:1/11 gen=1 mode=0100644 owner=1000:1000 name=\"l\" in=home\n";
    return ll + call(time, task, "renameat2 " + kExchanged, "0", {"path_rename named=l second=x"}) +
           call(back, task, "renameat2 " + kExchanged, "0", {"path_rename named=ll second=xl"});
}

std::string opened(const std::string& task, const std::string& flags, const std::string& file,
                   int time = 50) {
    return call(time, task, "openat " + kX + " flags=" + flags, "3", {"file_open opened=" + file});
}

const Finding& only(const AnalysisResult& result) {
    EXPECT_EQ(result.findings.size(), 1U);
    return result.findings.at(0);
}

TEST(Interference, OfANameThatLedElsewhereMeanwhileIsMedium) {
    const auto result =
        analyzed(story(kAccessed + swapped_out_and_back("u") + opened("v", "1", "x")));
    const Finding& finding = only(result);
    EXPECT_EQ(finding.candidate.rule, Rule::kF3);
    EXPECT_EQ(finding.judgement.severity, Severity::kMedium);
    EXPECT_EQ(finding.judgement.severity_score, 36);
    ASSERT_NE(finding.candidate.race->explained_by(), nullptr);
    EXPECT_EQ(finding.candidate.race->explained_by()->operation->began.ns, 5'002'000'000U);
    EXPECT_THAT(test::report_of(result, "text"),
                AllOf(HasSubstr("MEDIUM F3"), HasSubstr("and changed back"),
                      HasSubstr("change to use 3 ms")));
}

TEST(Interference, ByTheSamePrincipalIsNone) {
    EXPECT_THAT(
        races_of(analyzed(story(kAccessed + swapped_out_and_back("r") + opened("v", "1", "x")))),
        IsEmpty());
}

TEST(Interference, BeforeTheCheckOrAfterTheUseIsNone) {
    EXPECT_THAT(races_of(analyzed(
                    story(swapped_out_and_back("u", 1, 5) + kAccessed + opened("v", "1", "x")))),
                IsEmpty());
    EXPECT_THAT(races_of(analyzed(story(kAccessed + opened("v", "1", "x", 14) +
                                        swapped_out_and_back("u", 60, 70)))),
                IsEmpty());
}

TEST(Interference, ThatTheUseWithstoodIsLow) {
    const std::string swapped =
        call(20, "u", "rename " + kLtoX, "0", {"path_rename named=l second=x"});
    const auto result = analyzed(
        story(kAccessed + swapped + call(50, "v", "openat " + kX + " flags=0x20001", "-ELOOP")));
    const Finding& finding = only(result);
    EXPECT_EQ(finding.candidate.rule, Rule::kF3);
    EXPECT_EQ(finding.judgement.severity, Severity::kLow);
    EXPECT_THAT(test::report_of(result, "text"),
                HasSubstr("openat of \"/home/x\" failed with ELOOP"));
    EXPECT_THAT(test::report_of(result, "json"), HasSubstr("\"found\":null"));
}

TEST(Interference, IsNotConcludedFromAFailureThatNoChangeExplains) {
    EXPECT_THAT(races_of(analyzed(
                    story(kAccessed + call(50, "v", "openat " + kX + " flags=0x20001", "-ELOOP")))),
                IsEmpty());
    const std::string swapped =
        call(20, "u", "rename " + kLtoX, "0", {"path_rename named=l second=x"});
    EXPECT_THAT(
        races_of(analyzed(story(kAccessed + swapped + call(50, "v", "openat " + kX, "-EINTR")))),
        IsEmpty());
}

TEST(Interference, ThatAnExclusiveCreationRefusedIsSetAside) {
    const std::string absent = call(10, "v", "newfstatat " + kX, "-ENOENT", {"sys_exit named=x0"});
    const std::string planted =
        call(20, "u", "symlink string=16:\"/etc/passwd\" path=32:\"/home/x\"", "0",
             {"path_symlink string=\"/etc/passwd\" named=x0", "sys_exit made=xl"});
    const auto result = analyzed(
        story(absent + planted + call(50, "v", "openat " + kX + " flags=0xc1", "-EEXIST")));
    EXPECT_EQ(only(result).judgement.set_aside_by, "exclusive-creation");
}

TEST(Exposure, IsSaidOfANameThatALesserUserOfTheTraceCouldHaveChanged) {
    const std::string elsewhere =
        call(1, "u", "access path=16:\"/etc\"", "0", {"inode_permission named=etc"});
    const auto result = analyzed(story(elsewhere + kAccessed + opened("v", "1", "x")));
    const Finding& finding = only(result);
    EXPECT_EQ(finding.candidate.rule, Rule::kF4);
    EXPECT_EQ(finding.judgement.severity, Severity::kLow);
    ASSERT_TRUE(finding.candidate.race->exposed_to);
    EXPECT_EQ(finding.candidate.race->exposed_to->credentials.fsuid, 1000U);
    EXPECT_EQ(finding.candidate.race->place.file->path(), "/home/x");
    EXPECT_THAT(
        test::report_of(result, "text"),
        AllOf(HasSubstr("uid 1000 may change the entries of \"/home\""), HasSubstr("open to")));
}

TEST(Exposure, IsSetAsideWhereNoSuchUserIsInTheTrace) {
    const auto result = analyzed(story(kAccessed + opened("v", "1", "x")));
    EXPECT_EQ(only(result).judgement.set_aside_by, "no-other-principal");
}

TEST(Exposure, IsNoneInADirectoryThatOnlyRootMayChange) {
    const std::string etc = "path=16:\"/etc/passwd\"";
    const std::string lines =
        call(1, "u", "access path=16:\"/etc\"", "0", {"inode_permission named=etc"}) +
        call(10, "v", "access " + etc, "0", {"inode_permission named=passwd"}) +
        call(50, "v", "openat " + etc + " flags=1", "3", {"file_open opened=passwd"});
    EXPECT_THAT(rules_of(analyzed(story(lines))), IsEmpty());
}

// /tmp, sticky: root's file t and user 1000's file tu.
const std::string kSticky =
    "object tmp 8:1/40 mode=041777 name=\"tmp\" in=root\n"
    "object t 8:1/41 gen=1 mode=0100600 name=\"t\" in=tmp\n"
    "object tu 8:1/42 gen=1 mode=0100600 owner=1000:1000 name=\"t\" in=tmp\n"
    "object t0 0:0/0 mode=0 links=0 name=\"t\" in=tmp\n";

std::string used_in_tmp(const std::string& file) {
    const std::string t = "path=16:\"/tmp/t\"";
    return kSticky + call(1, "u", "access path=16:\"/etc\"", "0", {"inode_permission named=etc"}) +
           call(10, "v", "access " + t, "0", {"inode_permission named=" + file}) +
           call(50, "v", "openat " + t + " flags=1", "3", {"file_open opened=" + file});
}

TEST(Exposure, InAStickyDirectoryIsOnlyOfOthersFiles) {
    EXPECT_THAT(rules_of(analyzed(story(used_in_tmp("t")))), IsEmpty());
    EXPECT_THAT(rules_of(analyzed(story(used_in_tmp("tu")))), ElementsAre("F4 path"));
}

TEST(Exposure, InAStickyDirectoryWeighsHalfWhereLinksThereAreProtected) {
    const std::string sysctl = "sysctl \"fs.protected_symlinks\" \"1\"\n";
    std::string text = story(used_in_tmp("tu"));
    EXPECT_EQ(only(analyzed(text)).judgement.severity_score, 18);
    text.insert(text.find('\n') + 1, sysctl);
    EXPECT_EQ(only(analyzed(text)).judgement.severity_score, 9);
}

TEST(Exposure, CountsPlacesThatTheNameWasLookedUpInOnly) {
    // Relative to a directory of root's below the user's: nothing above it was looked at.
    const std::string lines =
        "object own 8:1/50 mode=040755 name=\"own\" in=home\n"
        "object f 8:1/51 gen=1 mode=0100644 name=\"f\" in=own\n" +
        call(1, "u", "access path=16:\"/etc\"", "0", {"inode_permission named=etc"}) +
        call(5, "v", "chdir path=16:\"/home/own\"", "0", {"sys_exit cwd=own"}) +
        call(10, "v", "access path=16:\"f\"", "0", {"inode_permission named=f"}) +
        call(50, "v", "openat path=16:\"f\" flags=1", "3", {"file_open opened=f"});
    EXPECT_THAT(rules_of(analyzed(story(lines))), IsEmpty());
}

TEST(Exposure, OfManyNamesThroughOneDirectoryIsOne) {
    std::string lines =
        call(1, "u", "access path=16:\"/etc\"", "0", {"inode_permission named=etc"});
    for (int i = 0; i < 5; ++i)
        lines += call(10 + 20 * i, "v", "access " + kX, "0", {"inode_permission named=x"}) +
                 opened("v", "1", "x", 18 + 19 * i);
    const auto result = analyzed(story(lines));
    const Finding& finding = only(result);
    EXPECT_EQ(finding.candidate.occurrences, 5U);
    // The last open came soonest after its check.
    EXPECT_EQ(finding.candidate.operation->began.ns, 5'009'400'000U);
}

TEST(ChangedFile, BetweenReadingAndRunningIsCritical) {
    // User 1000's own script, truncated by them after root has read it.
    const auto result = analyzed(story(
        opened("v", "0", "x", 10) +
        call(20, "u", "truncate " + kX, "0", {"inode_setattr named=x"}) +
        call(50, "v", "execve " + kX, "0",
             {"bprm_check_security path=\"/home/x\" checked=x", "sched_process_exec exe=x"})));
    const Finding& finding = only(result);
    EXPECT_EQ(finding.candidate.rule, Rule::kF5);
    EXPECT_EQ(finding.judgement.severity, Severity::kCritical);
    EXPECT_EQ(finding.candidate.race->explained_by()->operation->syscall->name, "truncate");
    EXPECT_THAT(test::report_of(result, "text"), HasSubstr("content of \"/home/x\""));
}

TEST(Exposure, OfADirectoryThatIsMadeAnewIsTheSameOne) {
    const std::string anew =
        "object home2 8:1/90 gen=1 mode=040755 owner=1000:1000 name=\"home\" in=root\n"
        "object x9 8:1/91 gen=1 mode=0100644 owner=1000:1000 name=\"x\" in=home2\n";
    const auto result = analyzed(
        story(anew + call(1, "u", "access path=16:\"/etc\"", "0", {"inode_permission named=etc"}) +
              kAccessed + opened("v", "1", "x", 20) +
              call(40, "v", "newfstatat " + kX, "-ENOENT", {"sys_exit named=x0"}) +
              call(50, "v", "access " + kX, "0", {"inode_permission named=x9"}) +
              opened("v", "1", "x9", 60)));
    std::vector<uint64_t> occurrences;
    for (const Finding& finding : result.findings)
        if (finding.candidate.rule == Rule::kF4 &&
            finding.candidate.race->check->syscall->name == "access")
            occurrences.push_back(finding.candidate.occurrences);
    EXPECT_THAT(occurrences, ElementsAre(2U));
}

// A write that root's process learns of only by its effect: by user 1000 through a descriptor.
std::string written(int time, const std::string& file) {
    return call(time, "u", "write write-fd=5 value=9", "9", {"sys_enter written=" + file});
}
std::string run(int time, const std::string& file) {
    return call(
        time, "v", "execve " + kX, "0",
        {"bprm_check_security path=\"/home/x\" checked=" + file, "sched_process_exec exe=" + file});
}

TEST(ChangedFile, MayBeOneThatIsWrittenInPlaceBetweenItsHashAndItsExec) {
    const auto result =
        analyzed(story(opened("v", "0", "x", 10) + written(20, "x") + run(50, "x")));
    EXPECT_EQ(only(result).judgement.severity, Severity::kCritical);
    EXPECT_EQ(only(result).candidate.race->explained_by()->operation->syscall->name, "write");
    EXPECT_THAT(
        races_of(analyzed(story(opened("v", "0", "x", 10) + run(20, "x") + written(50, "x")))),
        IsEmpty());
}

TEST(ChangedFile, MayBeAScriptThatAChildsInterpreterReads) {
    // The script is root's, and anybody may write it: a mode of 0666.
    const std::string cast =
        "task c tgid=150 uid=0 permitted=0x1ffffffffff\n"
        "object s 8:1/80 gen=1 mode=0100666 name=\"s\" in=etc\n"
        "object dash 8:1/60 mode=0100755 name=\"dash\" in=etc\n";
    const std::string s = "path=16:\"/etc/s\"";
    const auto result = analyzed(story(
        cast + call(10, "v", "openat " + s + " flags=0x41", "3", {"file_open opened=s detail=1"}) +
        test::line(15, "v", "fork c") + written(20, "s") +
        test::line(30, "c",
                   "@ sched_process_exec path=\"/etc/dash\" "
                   "argv=\"sh\\x00/etc/s\\x00\" exe=dash") +
        call(40, "c", "openat " + s + " flags=0", "3", {"file_open opened=s"})));
    EXPECT_EQ(only(result).candidate.rule, Rule::kF5);
    EXPECT_EQ(only(result).judgement.severity, Severity::kCritical);
}

TEST(ChangedFile, IsNoPipeThatIsWritten) {
    const std::string pipe = "object pipe 0:14/90 mode=010600\n";
    const auto result =
        analyzed(story(pipe + opened("v", "0", "x", 10) + written(20, "pipe") + run(50, "x")));
    EXPECT_THAT(races_of(result), IsEmpty());
}

TEST(ChangedFile, ThatIsOnlyReadAgainIsLow) {
    const auto result = analyzed(story(
        opened("v", "0", "x", 10) +
        call(20, "u", "truncate " + kX, "0", {"inode_setattr named=x"}) + opened("v", "0", "x")));
    EXPECT_EQ(only(result).judgement.severity, Severity::kLow);
}

TEST(ChangedFile, WhoseContentNobodyHadLookedAtIsNone) {
    EXPECT_THAT(races_of(analyzed(story(
                    kAccessed + call(20, "u", "truncate " + kX, "0", {"inode_setattr named=x"}) +
                    opened("v", "0", "x")))),
                IsEmpty());
}

TEST(ChangedFile, ByTheSubjectItselfOrWithoutSuccessIsNone) {
    const auto truncated = [](const std::string& task, const std::string& result) {
        return call(20, task, "truncate " + kX, result, {"inode_setattr named=x"});
    };
    for (const auto& change : {truncated("r", "0"), truncated("u", "-EACCES")})
        EXPECT_THAT(
            races_of(analyzed(story(opened("v", "0", "x", 10) + change + opened("v", "0", "x")))),
            IsEmpty());
}

TEST(ChangedFile, MayBeOneWhoseRightsWereChanged) {
    const auto result = analyzed(story(
        kAccessed + call(20, "u", "chmod " + kX + " value=0666", "0", {"inode_setattr named=x"}) +
        opened("v", "1", "x")));
    EXPECT_EQ(only(result).candidate.rule, Rule::kF5);
    EXPECT_THAT(test::report_of(result, "text"), HasSubstr("rights of \"/home/x\""));
}

TEST(ChangedFile, MayBeOneThatGotCapabilitiesButNotAComment) {
    const auto with = [](const std::string& change) {
        return races_of(analyzed(story(kAccessed + change + opened("v", "1", "x"))));
    };
    const auto set = [](const std::string& attribute) {
        return call(20, "u", "setxattr " + kX + " string=32:\"" + attribute + "\"", "0",
                    {"inode_setxattr string=\"" + attribute + "\" named=x"});
    };
    EXPECT_THAT(with(set("security.capability")), ElementsAre("F5 path"));
    EXPECT_THAT(with(set("user.comment")), IsEmpty());
    EXPECT_THAT(with(call(20, "u", "removexattr " + kX, "0", {"inode_removexattr named=x"})),
                ElementsAre("F5 path"))
        << "which attribute is not recorded";
    // By io_uring: there is no call, which is said of it, too.
    const auto by_ring = [&](const std::string& attribute) {
        return with(test::line(20, "u", "@ inode_setxattr string=\"" + attribute + "\" named=x"));
    };
    EXPECT_THAT(by_ring("security.capability"), ElementsAre("[orphan string]", "F5 path"));
    EXPECT_THAT(by_ring("user.comment"), ElementsAre("[orphan string]"));
}

TEST(InheritedCheck, AParentsCheckCountsForItsChild) {
    const std::string child = "task c tgid=150 uid=0 permitted=0x1ffffffffff\n";
    const std::string swapped =
        call(20, "u", "rename " + kLtoX, "0", {"path_rename named=l second=x"});
    const std::string used = call(50, "c", "openat " + kX + " flags=1", "3",
                                  {"inode_follow_link target=\"/etc/passwd\" symlink=xl detail=2",
                                   "file_open opened=passwd"});
    const auto result =
        analyzed(story(child + kAccessed + test::line(15, "v", "fork c") + swapped + used));
    EXPECT_EQ(only(result).candidate.rule, Rule::kF1);
    EXPECT_THAT(test::report_of(result, "text"), HasSubstr("-10 the check is of"));
    EXPECT_THAT(races_of(analyzed(story(child + kAccessed + swapped + used))), IsEmpty())
        << "without the fork nobody knows whose child it is";
}

}  // namespace
}  // namespace tocsin
