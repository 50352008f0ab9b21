// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/argument_race.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyzer/analysis_fixture.h"

namespace tocsin {
namespace {

using test::analyzed;
using test::count_of;
using test::exec_trace;
using test::one_exec;
using test::rules_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Truth deceived(const Finding& finding, Monitor monitor) {
    for (const Deception& deception : finding.candidate.deceptions)
        if (deception.monitor == monitor) return deception.deceived;
    return Truth::kUnknown;
}

// A1

TEST(ArgumentSwap, AnotherNameInTheKernelThanAtEntryIsAnA1) {
    const auto result = analyzed(one_exec("path=1:\"/bin/sh\" argv=2:[\"ls\"] environ=3:[]",
                                          "path=\"/bin/ls\" argv=[\"ls\"] environ=[]"));
    ASSERT_THAT(rules_of(result), ElementsAre("A1 path"));
    const Finding& finding = result.findings[0];
    EXPECT_EQ(finding.candidate.claim, "/bin/sh");
    EXPECT_EQ(finding.candidate.truth, "/bin/ls");
    EXPECT_EQ(finding.candidate.difference, 5U);
    EXPECT_EQ(finding.judgement.severity, Severity::kHigh);
    EXPECT_EQ(deceived(finding, Monitor::kEntryReader), Truth::kYes);
    EXPECT_EQ(deceived(finding, Monitor::kStopReader), Truth::kYes);
    EXPECT_EQ(deceived(finding, Monitor::kExitReader), Truth::kNo);
    EXPECT_THAT(finding.candidate.deceptions[2].why, HasSubstr("nothing to read"));
}

TEST(ArgumentSwap, TheSameNameIsNoFindingWhateverItLeadsTo) {
    const auto result =
        analyzed(one_exec("path=1:\"../lib/link-to-ls\" argv=2:[\"x\"] environ=3:[]",
                          "path=\"../lib/link-to-ls\" argv=[\"x\"] environ=[]"));
    EXPECT_THAT(result.findings, IsEmpty());
    EXPECT_EQ(count_of(result, Evaluation::kWhole), 3U);
}

TEST(ArgumentSwap, ANameThatGoesOnBehindTheClaimsEndIsAnA1) {
    EXPECT_THAT(rules_of(analyzed(one_exec("path=1:\"/bin/l\"", "path=\"/bin/ls\""))),
                ElementsAre("A1 path"));
    EXPECT_THAT(rules_of(analyzed(one_exec("path=1:\"/bin/lsof\"", "path=\"/bin/ls\""))),
                ElementsAre("A1 path"));
}

TEST(ArgumentSwap, OfCutStringsOnlyTheCommonPrefixCounts) {
    const auto same = analyzed(one_exec("path=1:\"/bin/l\"(cut)", "path=\"/bin/ls\""));
    EXPECT_THAT(same.findings, IsEmpty());
    EXPECT_EQ(count_of(same, Evaluation::kPrefix), 1U);
    EXPECT_THAT(analyzed(one_exec("path=1:\"/bin/ls\"", "path=\"/bin/l\"(cut)")).findings,
                IsEmpty());
    EXPECT_THAT(rules_of(analyzed(one_exec("path=1:\"/bin/x\"(cut)", "path=\"/bin/ls\""))),
                ElementsAre("A1 path"));
    EXPECT_THAT(rules_of(analyzed(one_exec("path=1:\"/bin/lsof\"(cut)", "path=\"/bin/ls\""))),
                ElementsAre("A1 path"));
}

TEST(ArgumentSwap, AnExecThatFailsAfterTheCheckIsJudgedByItsName) {
    const auto result = analyzed(
        exec_trace("5.1 cpu0 #2 t1 > execve path=1:\"/bin/ls\" argv=2:[\"ls\"]\n"
                   "5.2 cpu0 #3 t1 @ bprm_check_security path=\"/bin/sh\" checked=sh\n"
                   "5.3 cpu0 #4 t1 < execve -ENOEXEC path=1:\"/bin/sh\" argv=2:[\"ls\"]\n"));
    EXPECT_THAT(rules_of(result), ElementsAre("A1 path"));
    // The kernel's argv was not recorded: entry and exit say the same.
    EXPECT_EQ(count_of(result, Evaluation::kExitOnly), 1U);
}

TEST(ArgumentSwap, WithoutTheHooksRecordNothingIsConcluded) {
    const auto result =
        analyzed(exec_trace("5.100000000 cpu0 #2 t1 > execve path=1:\"/bin/sh\"\n"
                            "5.100200000 cpu0 #4 t1x [cpu0#1] < execve 0\n"
                            "lost 5.2 events=3 ring-full=1\n"));
    EXPECT_THAT(result.findings, IsEmpty());
    EXPECT_EQ(count_of(result, Evaluation::kHookLost), 3U);
    EXPECT_TRUE(result.is_lossy());
    ASSERT_EQ(result.coverage.losses.size(), 1U);
    EXPECT_EQ(result.coverage.losses[0].count, 1U);
}

TEST(ArgumentSwap, WithoutTheEntrysRecordNothingIsConcluded) {
    const auto result = analyzed(exec_trace(
        "5.100100000 cpu0 #3 t1x [cpu0#1] @ sched_process_exec path#0=\"/bin/ls\" exe=ls\n"
        "5.100200000 cpu0 #4 t1x [cpu0#1] < execve 0\n"));
    EXPECT_THAT(result.findings, IsEmpty());
    EXPECT_EQ(count_of(result, Evaluation::kEntryLost), 3U);
    EXPECT_EQ(result.coverage.calls.at("execve").entry_missing, 1U);
}

TEST(ArgumentSwap, AnUnfinishedExecIsStillJudgedByItsHook) {
    const auto result =
        analyzed(exec_trace("5.1 cpu0 t1 > execve path=1:\"/bin/sh\"\n"
                            "5.2 cpu0 t1x @ sched_process_exec path=\"/bin/ls\" exe=ls\n"));
    ASSERT_THAT(rules_of(result), ElementsAre("A1 path"));
    EXPECT_EQ(result.coverage.calls.at("execve").unfinished, 1U);
}

// A4

TEST(StructuredSwap, AnotherArgumentVectorIsAnA4) {
    const auto result = analyzed(one_exec("path=1:\"/bin/ls\" argv=2:[\"ls\" \"-l\" \"--list\"]",
                                          "path=\"/bin/ls\" argv=[\"ls\" \"-l\" \"--evil\"]"));
    ASSERT_THAT(rules_of(result), ElementsAre("A4 argv"));
    EXPECT_EQ(result.findings[0].judgement.severity, Severity::kHigh);
}

TEST(StructuredSwap, AnAddedOrMissingStringIsAnA4) {
    EXPECT_THAT(rules_of(analyzed(one_exec("argv=2:[\"ls\"]", "argv=[\"ls\" \"-l\"]"))),
                ElementsAre("A4 argv"));
    EXPECT_THAT(rules_of(analyzed(one_exec("argv=2:[\"ls\" \"-l\"]", "argv=[\"ls\"]"))),
                ElementsAre("A4 argv"));
}

TEST(StructuredSwap, AnotherNameInTheEnvironmentIsAnA4) {
    EXPECT_THAT(rules_of(analyzed(one_exec("environ=3:[\"HOME\" \"PATH\"]",
                                           "environ=[\"HOME\" \"LD_PRELOAD\"]"))),
                ElementsAre("A4 environ"));
}

TEST(StructuredSwap, OddEnvironmentsAreComparedAsTheyAre) {
    EXPECT_THAT(analyzed(one_exec("environ=3:[\"A\" \"A\" \"\" \"no equals sign\"]",
                                  "environ=[\"A\" \"A\" \"\" \"no equals sign\"]"))
                    .findings,
                IsEmpty());
}

TEST(StructuredSwap, ANameBeyondTheRecordersLimitIsAPrefixOnly) {
    const auto result = analyzed(one_exec("environ=3:[\"HOME\" \"VERY_LO\"~](cut)",
                                          "environ=[\"HOME\" \"VERY_LONG_NAME\" \"PATH\"]"));
    EXPECT_THAT(result.findings, IsEmpty());
    EXPECT_EQ(count_of(result, Evaluation::kPrefix), 1U);
}

TEST(StructuredSwap, AnEmptyArgvMayBecomeOneEmptyString) {
    EXPECT_THAT(analyzed(one_exec("argv=2:[]", "argv=[\"\"]")).findings, IsEmpty());
    EXPECT_THAT(analyzed(one_exec("argv=0", "argv=[\"\"]")).findings, IsEmpty());
    EXPECT_THAT(analyzed(one_exec("argv=2:[]", "argv=[]")).findings, IsEmpty());
    EXPECT_THAT(rules_of(analyzed(one_exec("argv=2:[]", "argv=[\"x\"]"))), ElementsAre("A4 argv"));
}

// Scripts

TEST(Interpreter, AScriptsArgumentsAreTheKernelsDoing) {
    const auto result = analyzed(one_exec(
        "path=1:\"./run\" argv=2:[\"run\" \"a\" \"b\"]",
        "path=\"./run\" interpreter=\"/bin/sh\" argv=[\"/bin/sh\" \"./run\" \"a\" \"b\"]"));
    EXPECT_THAT(result.findings, IsEmpty());
    EXPECT_EQ(count_of(result, Evaluation::kRewrittenByKernel), 1U);
}

TEST(Interpreter, MayHaveOneArgumentOfItsOwn) {
    EXPECT_THAT(analyzed(one_exec("path=1:\"./run\" argv=2:[\"run\" \"a\"]",
                                  "path=\"./run\" interpreter=\"/usr/bin/env\" "
                                  "argv=[\"/usr/bin/env\" \"-S python3 -u\" \"./run\" \"a\"]"))
                    .findings,
                IsEmpty());
}

TEST(Interpreter, MayItselfBeAScript) {
    EXPECT_THAT(analyzed(one_exec("path=1:\"./c\" argv=2:[\"c\" \"x\"]",
                                  "path=\"./c\" interpreter=\"/bin/sh\" "
                                  "argv=[\"/bin/sh\" \"-e\" \"/b\" \"-i\" \"/a\" \"./c\" \"x\"]"))
                    .findings,
                IsEmpty());
}

TEST(Interpreter, OfAnEmptyArgvIsUnderstood) {
    EXPECT_THAT(analyzed(one_exec("path=1:\"./run\" argv=0",
                                  "path=\"./run\" interpreter=\"/bin/sh\" "
                                  "argv=[\"/bin/sh\" \"./run\"]"))
                    .findings,
                IsEmpty());
}

TEST(Interpreter, MayKeepTheFirstArgument) {
    EXPECT_THAT(analyzed(one_exec("path=1:\"./arm\" argv=2:[\"arm\" \"x\"]",
                                  "path=\"./arm\" interpreter=\"/usr/bin/qemu-arm\" "
                                  "argv=[\"/usr/bin/qemu-arm\" \"./arm\" \"arm\" \"x\"]"))
                    .findings,
                IsEmpty());
}

TEST(Interpreter, DoesNotExplainAnotherArgument) {
    EXPECT_THAT(rules_of(analyzed(one_exec("path=1:\"./run\" argv=2:[\"run\" \"list\"]",
                                           "path=\"./run\" interpreter=\"/bin/sh\" "
                                           "argv=[\"/bin/sh\" \"./run\" \"evil\"]"))),
                ElementsAre("A4 argv"));
}

TEST(Interpreter, ThatDidNotRunExplainsNothing) {
    EXPECT_THAT(rules_of(analyzed(one_exec("path=1:\"./run\" argv=2:[\"run\" \"a\"]",
                                           "path=\"./run\" argv=[\"/bin/sh\" \"./run\" \"a\"]"))),
                ElementsAre("A4 argv"));
}

// execveat

std::string one_execveat(std::string_view claims, std::string_view copies) {
    return exec_trace("5.1 cpu0 t1 > execveat " + std::string(claims) +
                      "\n5.2 cpu0 t1x @ sched_process_exec " + std::string(copies) +
                      " exe=ls\n5.3 cpu0 t1x < execveat 0\n");
}

TEST(Execveat, TheKernelsDescriptorNameIsNoSwap) {
    EXPECT_THAT(analyzed(one_execveat("dirfd=5 path=1:\"\" flags=0x1000",
                                      "path=\"/dev/fd/5\"(from-descriptor)"))
                    .findings,
                IsEmpty());
    EXPECT_THAT(analyzed(one_execveat("dirfd=5 path=1:\"bin/ls\"",
                                      "path=\"/dev/fd/5/bin/ls\"(from-descriptor)"))
                    .findings,
                IsEmpty());
}

TEST(Execveat, ANullNameStandsForAnEmptyOne) {
    EXPECT_THAT(analyzed(one_execveat("dirfd=5 path=0:\"\"(error=EFAULT)",
                                      "path=\"/dev/fd/5\"(from-descriptor)"))
                    .findings,
                IsEmpty());
}

TEST(Execveat, AnotherRestBehindTheDescriptorIsAnA1) {
    const auto result = analyzed(
        one_execveat("dirfd=5 path=1:\"bin/ls\"", "path=\"/dev/fd/5/bin/sh\"(from-descriptor)"));
    ASSERT_THAT(rules_of(result), ElementsAre("A1 path"));
    EXPECT_EQ(result.findings[0].candidate.truth, "bin/sh");
}

TEST(Execveat, ANameThatTheCallerSpelledSoIsComparedWhole) {
    EXPECT_THAT(
        analyzed(one_execveat("dirfd=5 path=1:\"/dev/fd/5\"", "path=\"/dev/fd/5\"")).findings,
        IsEmpty());
    EXPECT_THAT(rules_of(analyzed(one_execveat("dirfd=5 path=1:\"\"", "path=\"/dev/fd/5\""))),
                ElementsAre("A1 path"));
}

TEST(Execveat, AnotherDescriptorThanTheCallsContradictsItself) {
    const auto result =
        analyzed(one_execveat("dirfd=5 path=1:\"\"", "path=\"/dev/fd/55\"(from-descriptor)"));
    EXPECT_THAT(result.findings, IsEmpty());
    EXPECT_EQ(count_of(result, Evaluation::kContradictory), 1U);
}

// A2

TEST(UnreadableClaim, OnAColdPageAloneIsSetAside) {
    const auto result = analyzed(one_exec("path=1:\"/bin/ls\" environ=3:[](error=EFAULT)",
                                          "path=\"/bin/ls\" environ=[\"HOME\"]"));
    ASSERT_THAT(rules_of(result), ElementsAre("[A2 environ]"));
    EXPECT_EQ(result.findings[0].judgement.severity, Severity::kInfo);
    EXPECT_EQ(result.set_aside.at("unobservable-without-amplifier"), 1U);
    EXPECT_EQ(result.shown_findings(), 0U);
    EXPECT_EQ(count_of(result, Evaluation::kClaimUnreadable), 1U);
}

TEST(UnreadableClaim, BesideASwapIsEvidenceOfItAndNoFindingMore) {
    const auto result = analyzed(one_exec("argv=2:[\"ls\" \"--list\"] environ=3:[](error=EFAULT)",
                                          "argv=[\"ls\" \"--evil\"] environ=[\"HOME\"]"));
    ASSERT_THAT(rules_of(result), ElementsAre("A4 argv", "[A2 environ]"));
    EXPECT_THAT(result.findings[0].candidate.amplifier, HasSubstr("environ"));
    EXPECT_EQ(result.set_aside.at("evidence-of-another-finding"), 1U);
}

TEST(UnreadableClaim, ThatDiffersInItsReadablePartIsASwap) {
    EXPECT_THAT(rules_of(analyzed(
                    one_exec("argv=2:[\"ls\" \"-\"~](error=EFAULT)", "argv=[\"sh\" \"-l\"]"))),
                ElementsAre("A4 argv"));
    EXPECT_THAT(rules_of(analyzed(
                    one_exec("argv=2:[\"ls\" \"-\"~](error=EFAULT)", "argv=[\"ls\" \"-l\"]"))),
                ElementsAre("[A2 argv]"));
}

TEST(UnreadableClaim, WithoutAKernelCopyIsNoFinding) {
    const auto result =
        analyzed(exec_trace("5.1 cpu0 t1 > execve path=1:\"\"(error=EFAULT)\n"
                            "5.2 cpu0 t1 < execve -EFAULT path=1:\"\"(error=EFAULT)\n"));
    EXPECT_THAT(result.findings, IsEmpty());
    EXPECT_EQ(count_of(result, Evaluation::kClaimUnreadable), 1U);
}

// A0

TEST(ChangeDuringAFailedCall, IsAnA0OfUnknownDirection) {
    const auto result =
        analyzed(exec_trace("5.1 cpu0 t1 > execve path=1:\"/bin/ls\"\n"
                            "5.2 cpu0 t1 < execve -ENOENT path=1:\"/bin/sh\"\n"));
    ASSERT_THAT(rules_of(result), ElementsAre("[A0 path]"));
    EXPECT_EQ(deceived(result.findings[0], Monitor::kEntryReader), Truth::kUnknown);
}

TEST(ChangeDuringAFailedCall, IsNotSeenInAPathSearch) {
    const auto result =
        analyzed(exec_trace("5.1 cpu0 t1 > execve path=1:\"/usr/local/bin/ls\"\n"
                            "5.2 cpu0 t1 < execve -ENOENT path=1:\"/usr/local/bin/ls\"\n"
                            "5.3 cpu0 t1 > execve path=1:\"/usr/bin/ls\"\n"
                            "5.4 cpu0 t1 < execve -ENOENT path=1:\"/usr/bin/ls\"\n"));
    EXPECT_THAT(result.findings, IsEmpty());
    EXPECT_EQ(count_of(result, Evaluation::kExitOnly), 2U);
}

TEST(ChangeDuringAFailedCall, IsNotConcludedWithoutTheReturnsRecord) {
    const auto result =
        analyzed(exec_trace("5.1 cpu0 t1 > execve path=1:\"/bin/ls\"\n"
                            "5.3 cpu0 #4 t1 > execve path=1:\"/bin/ls\"\n"));
    EXPECT_THAT(result.findings, IsEmpty());
    EXPECT_EQ(result.coverage.calls.at("execve").unfinished, 2U);
}

// A3

TEST(RewriteAfterTheCopy, IsAnA3) {
    const auto result =
        analyzed(exec_trace("5.1 cpu0 t1 > execve path=1:\"/bin/ls\"\n"
                            "5.2 cpu0 t1x @ sched_process_exec path=\"/bin/ls\" exe=ls\n"
                            "5.3 cpu0 t1x < execve 0 path=1:\"/bin/xx\"\n"));
    ASSERT_THAT(rules_of(result), ElementsAre("A3 path"));
    EXPECT_EQ(deceived(result.findings[0], Monitor::kExitReader), Truth::kYes);
    EXPECT_EQ(deceived(result.findings[0], Monitor::kEntryReader), Truth::kNo);
}

TEST(RewriteAfterTheCopy, WithTheSameBytesIsNone) {
    EXPECT_THAT(analyzed(exec_trace("5.1 cpu0 t1 > execve path=1:\"/bin/ls\"\n"
                                    "5.2 cpu0 t1x @ sched_process_exec path=\"/bin/ls\" exe=ls\n"
                                    "5.3 cpu0 t1x < execve 0 path=1:\"/bin/ls\"\n"))
                    .findings,
                IsEmpty());
}

TEST(CredentialCalls, AreCountedAndNotJudged) {
    const auto result =
        analyzed(exec_trace("5.1 cpu0 t1 > setuid value=0\n"
                            "5.2 cpu0 t1 < setuid -EPERM\n"));
    EXPECT_EQ(result.coverage.calls.at("setuid").failed, 1U);
    EXPECT_EQ(result.coverage.evaluations, EvaluationCounts{});
}

TEST(Rules, ThatWereNotAskedForFindNothing) {
    AnalysisOptions only_a4;
    only_a4.rules = {false, false, false, false, true};
    const auto result = analyzed(
        one_exec("path=1:\"/bin/sh\" argv=2:[\"a\"]", "path=\"/bin/ls\" argv=[\"b\"]"), only_a4);
    EXPECT_THAT(rules_of(result), ElementsAre("A4 argv"));
}

}  // namespace
}  // namespace tocsin
