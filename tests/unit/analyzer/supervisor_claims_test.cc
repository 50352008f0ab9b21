// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/supervisor_claims.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/analyzer/analysis_fixture.h"

namespace tocsin {
namespace {

using test::analyzed;
using test::exec_trace;
using test::report_of;
using test::rules_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// linux/seccomp.h
#define RECEIVE "value=3226476800"
#define SEND "value=3222806785"
#define ADD_FD "value=1075323139"

// Notification 7: the thread 100 is to make an openat.
#define NOTIFIED                               \
    "\\x07\\x00\\x00\\x00\\x00\\x00\\x00\\x00" \
    "\\x64\\x00\\x00\\x00\\x00\\x00\\x00\\x00" \
    "\\x01\\x01\\x00\\x00\\x3e\\x00\\x00\\xc0" \
    "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00"
// Its answers: let it go on; it has failed or succeeded as the supervisor says.
#define ANSWER                                 \
    "\\x07\\x00\\x00\\x00\\x00\\x00\\x00\\x00" \
    "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00"
#define GO_ON ANSWER "\\x01\\x00\\x00\\x00"
#define EMULATED ANSWER "\\x00\\x00\\x00\\x00"
// ADDFD of that notification, which answers it, too.
#define ADDED_AND_ANSWERED "\\x07\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\x00\\x00"
// 64 bytes from 0x1000 on.
#define MEMORY "\\x00\\x10\\x00\\x00\\x00\\x00\\x00\\x00\\x40\\x00\\x00\\x00\\x00\\x00\\x00\\x00"

const std::string kReceived = "5.10 cpu1 t2 > ioctl dirfd=3 " RECEIVE
                              " output=9\n"
                              "5.11 cpu1 t2 < ioctl 0 output=9:\"" NOTIFIED "\"\n";
const std::string kWentOn = "5.30 cpu1 t2 > ioctl dirfd=3 " SEND
                            " output=9\n"
                            "5.31 cpu1 t2 < ioctl 0 output=9:\"" GO_ON "\"\n";

std::string read_of(const std::string& bytes, const std::string& pid = "100") {
    return "5.12 cpu1 t2 > process_vm_readv pid=" + pid +
           " output-iovec=8 iovec=9:\"" MEMORY
           "\" value=1\n"
           "5.13 cpu1 t2 < process_vm_readv 64 output-iovec=8:\"" +
           bytes + "\"\n";
}

// The call as the kernel made it: the same at entry, in its own copy and at the return.
std::string opened(const std::string& time = "5.4") {
    return time + "0 cpu0 t1 > openat dirfd=-100 path=0x1010:\"/tmp/hidden\" flags=0\n" + time +
           "1 cpu0 t1 @ file_open path=\"/tmp/hidden\" opened=ls\n" + time +
           "2 cpu0 t1 < openat 3 path=0x1010:\"/tmp/hidden\"\n";
}

// What the supervisor (t2, process 200) finds 16 bytes before the path.
std::string memory_with(const std::string& path) {
    return "0123456789abcdef" + path + "\\x00behind";
}

AnalysisResult supervised(const std::string& lines) {
    return analyzed(exec_trace("task t2 tgid=200 comm=\"watcher\" uid=0\n" + lines));
}

TEST(SupervisorClaim, WhatTheKernelDidNotUseIsAnA1ThatDeceivedTheSupervisor) {
    const auto result =
        supervised(kReceived + read_of(memory_with("/tmp/decoy")) + kWentOn + opened());
    ASSERT_THAT(rules_of(result), ElementsAre("A1 path"));
    const Candidate& candidate = result.findings[0].candidate;
    EXPECT_EQ(candidate.claim, "/tmp/decoy");
    EXPECT_EQ(candidate.truth, "/tmp/hidden");
    EXPECT_EQ(candidate.difference, 5U);
    ASSERT_TRUE(candidate.supervisor);
    EXPECT_EQ(candidate.supervisor->task->id.tgid, 200);
    ASSERT_EQ(candidate.deceptions.size(), 3U);
    EXPECT_EQ(candidate.deceptions[0].deceived, Truth::kNo) << "E is what the kernel used";
    EXPECT_EQ(candidate.deceptions[1].monitor, Monitor::kStopReader);
    EXPECT_EQ(candidate.deceptions[1].deceived, Truth::kYes);
    EXPECT_THAT(candidate.deceptions[1].why, HasSubstr("process 200"));
    EXPECT_EQ(candidate.deceptions[2].deceived, Truth::kNo);
    EXPECT_EQ(result.findings[0].judgement.severity, Severity::kHigh);
}

TEST(SupervisorClaim, ReportsShowIt) {
    const auto result =
        supervised(kReceived + read_of(memory_with("/tmp/decoy")) + kWentOn + opened());
    const std::string text = report_of(result, "text");
    EXPECT_THAT(text, HasSubstr("supervisor     -270000.0 µs  \"/tmp/decoy\""));
    EXPECT_THAT(text, HasSubstr("supervisor pid 200"));
    EXPECT_THAT(report_of(result, "json"), HasSubstr("\"by\":\"process_vm_readv\""));
}

TEST(SupervisorClaim, AHostileNameOfTheSupervisorIsEscaped) {
    const auto result = supervised(
        "object hostile 8:1/99 name=\"\\x1b[2J\\xff\"\n5.09 cpu1 t2 found exe=hostile\n" +
        kReceived + read_of(memory_with("/tmp/decoy")) + kWentOn + opened());
    ASSERT_THAT(rules_of(result), ElementsAre("A1 path"));
    for (const char* format : {"text", "json", "html"}) {
        const std::string report = report_of(result, format);
        EXPECT_THAT(report, HasSubstr("[2J")) << "it is named";
        EXPECT_THAT(report, Not(HasSubstr("\x1b")));
        EXPECT_THAT(report, Not(HasSubstr("\xff")));
    }
}

TEST(SupervisorClaim, TheAnswerMayReturnAfterTheCall) {
    const auto result = supervised(kReceived + read_of(memory_with("/tmp/decoy")) +
                                   "5.30 cpu1 t2 > ioctl dirfd=3 " SEND " output=9\n" + opened() +
                                   "5.50 cpu1 t2 < ioctl 0 output=9:\"" GO_ON "\"\n");
    EXPECT_THAT(rules_of(result), ElementsAre("A1 path"));
}

TEST(SupervisorClaim, WithoutACopyOfTheKernelItIsComparedWithTheEntry) {
    const auto result =
        supervised(kReceived + read_of(memory_with("/tmp/decoy")) + kWentOn +
                   "5.40 cpu0 t1 > openat dirfd=-100 path=0x1010:\"/tmp/hidden\" flags=0\n"
                   "5.42 cpu0 t1 < openat 3 path=0x1010:\"/tmp/hidden\"\n");
    ASSERT_THAT(rules_of(result), ElementsAre("A1 path"));
    EXPECT_EQ(result.findings[0].candidate.deceptions[0].deceived, Truth::kUnknown);
    EXPECT_LT(result.findings[0].judgement.confidence, 80);
}

TEST(SupervisorClaim, WhatTheKernelUsedIsNoFinding) {
    EXPECT_THAT(
        rules_of(supervised(kReceived + read_of(memory_with("/tmp/hidden")) + kWentOn + opened())),
        IsEmpty());
    // Not to its end: the prefix is the same.
    EXPECT_THAT(
        rules_of(supervised(kReceived + read_of("0123456789abcdef/tmp/hid") + kWentOn + opened())),
        IsEmpty());
}

TEST(SupervisorClaim, OfSeveralReadsTheLastOneCounts) {
    const std::string first = read_of(memory_with("/tmp/decoy"));
    const std::string second =
        "5.14 cpu1 t2 > process_vm_readv pid=100 output-iovec=8 iovec=9:\"" MEMORY
        "\" value=1\n"
        "5.15 cpu1 t2 < process_vm_readv 64 output-iovec=8:\"" +
        memory_with("/tmp/hidden") + "\"\n";
    EXPECT_THAT(rules_of(supervised(kReceived + first + second + kWentOn + opened())), IsEmpty());
}

TEST(SupervisorClaim, ReadsBeyondTheMostThatAreKeptAreCounted) {
    std::string lines = kReceived;
    for (int i = 0; i < 70; ++i) lines += read_of(memory_with("/tmp/decoy"));
    const auto result = supervised(lines + kWentOn + opened());
    EXPECT_THAT(rules_of(result), ElementsAre("A1 path"));
    EXPECT_EQ(result.coverage.supervisors, (SupervisorCoverage{1, 0, 70 - 64}));
    EXPECT_THAT(report_of(result, "text"),
                HasSubstr("supervisors  1 call held back; 6 reads for one"));
}

TEST(SupervisorClaim, ACallThatTheSupervisorMadeItselfIsNotTheThreadsNextOne) {
    const std::string emulated = "5.30 cpu1 t2 > ioctl dirfd=3 " SEND
                                 " output=9\n"
                                 "5.31 cpu1 t2 < ioctl 0 output=9:\"" EMULATED "\"\n";
    const std::string added = "5.30 cpu1 t2 > ioctl dirfd=3 " ADD_FD
                              " output=9\n"
                              "5.31 cpu1 t2 < ioctl 5 output=9:\"" ADDED_AND_ANSWERED "\"\n";
    const std::string read = read_of(memory_with("/tmp/decoy"));
    EXPECT_THAT(rules_of(supervised(kReceived + read + emulated + opened())), IsEmpty());
    EXPECT_THAT(rules_of(supervised(kReceived + read + added + opened())), IsEmpty());
}

TEST(SupervisorClaim, ReadersWhoHoldNothingBackMakeNone) {
    const std::string read = read_of(memory_with("/tmp/decoy"));
    EXPECT_THAT(rules_of(supervised(read + opened())), IsEmpty()) << "a debugger";
    EXPECT_THAT(rules_of(supervised(kReceived + read_of(memory_with("/tmp/decoy"), "101") +
                                    kWentOn + opened())),
                IsEmpty())
        << "the memory of another process";
}

TEST(SupervisorClaim, IsOfOneCallAlone) {
    const auto result = supervised(kReceived + read_of(memory_with("/tmp/decoy")) + kWentOn +
                                   opened() + opened("5.6"));
    EXPECT_THAT(rules_of(result), ElementsAre("A1 path"));
}

TEST(SupervisorClaim, OfAnotherCallThanTheOneThatWasHeldBackIsNone) {
    EXPECT_THAT(rules_of(supervised(kReceived + read_of(memory_with("/tmp/decoy")) + kWentOn +
                                    "5.40 cpu0 t1 > open path=0x1010:\"/tmp/hidden\" flags=0\n"
                                    "5.41 cpu0 t1 @ file_open path=\"/tmp/hidden\" opened=ls\n"
                                    "5.42 cpu0 t1 < open 3 path=0x1010:\"/tmp/hidden\"\n")),
                IsEmpty());
}

}  // namespace
}  // namespace tocsin
