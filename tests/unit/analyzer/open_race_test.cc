// SPDX-License-Identifier: Apache-2.0
//
// Argument races in opens and socket calls, and what has no claim at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/detect/argument_race.h"
#include "tests/unit/analyzer/analysis_fixture.h"

namespace tocsin {
namespace {

using test::analyzed;
using test::count_of;
using test::rules_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Two processes, 100 and 200, and two files in /tmp.
std::string trace(std::string_view lines) {
    return "tocsin-text 1\n"
           "task t1 tgid=100 comm=\"victim\" uid=0 pidns=7\n"
           "task t2 tgid=200 comm=\"writer\" uid=1000 pidns=7\n"
           "object root 8:1/2 mode=040755 name=\"/\"\n"
           "object tmp 8:1/3 mode=041777 name=\"tmp\" in=root\n"
           "object decoy 8:1/4 name=\"decoy\" in=tmp\n"
           "object hidden 8:1/5 name=\"hidden\" in=tmp\n"
           "object etc 8:1/10 mode=040755 name=\"etc\" in=root\n"
           "object shadow 8:1/6 name=\"shadow\" in=etc\n"
           "object link 8:1/7 mode=0120777 name=\"l\" in=tmp\n"
           "object proc 0:20/1 mode=040555 name=\"proc\" in=root\n"
           "object pid 0:20/8 mode=040555 name=\"100\" in=proc\n"
           "object srv 8:1/11 mode=040755 name=\"100\" in=tmp\n"
           "object false_mem 8:1/12 name=\"mem\" in=srv\n"
           "task t1b tgid=100 tid=101 comm=\"victim\" uid=0 pidns=7\n"
           "object mem 0:20/9 mode=0100600 name=\"mem\" in=pid\n" +
           std::string(lines) + "seal \"stopped\"\n";
}

Truth deceived(const Finding& finding, Monitor monitor) {
    for (const Deception& deception : finding.candidate.deceptions)
        if (deception.monitor == monitor) return deception.deceived;
    return Truth::kUnknown;
}

const char* const kWriterUnknown = "who wrote the memory: not recorded";

std::vector<std::string> statements(const Finding& finding) {
    std::vector<std::string> list;
    for (const Predicate& predicate : finding.candidate.predicates)
        list.push_back(predicate.statement);
    return list;
}

// Opens

TEST(OpenRace, AnotherNameInTheKernelThanAtEntryIsAnA1AndDeceivesEntryReaders) {
    const auto result =
        analyzed(trace("5.1 cpu0 t1 > openat path=16:\"/tmp/decoy\"\n"
                       "5.2 cpu0 t1 @ inode_permission path=\"/tmp/hidden\"\n"
                       "5.3 cpu0 t1 @ file_open opened=hidden\n"
                       "5.4 cpu0 t1 < openat 3 path=16:\"/tmp/hidden\"\n"));
    ASSERT_THAT(rules_of(result), ElementsAre("A1 path"));
    const Finding& finding = result.findings[0];
    EXPECT_EQ(finding.judgement.severity, Severity::kHigh);
    EXPECT_EQ(deceived(finding, Monitor::kEntryReader), Truth::kYes);
    EXPECT_EQ(deceived(finding, Monitor::kExitReader), Truth::kNo);
    EXPECT_EQ(finding.candidate.operation->object()->path(), "/tmp/hidden");
    EXPECT_EQ(finding.candidate.operation->copied, BootTime{5'200'000'000});
    EXPECT_EQ(finding.candidate.operation->decided, BootTime{5'300'000'000});
}

TEST(OpenRace, ANameRewrittenAfterTheCopyIsAnA3AndDeceivesExitReaders) {
    const auto result =
        analyzed(trace("5.1 cpu0 t1 > openat path=16:\"/tmp/hidden\"\n"
                       "5.2 cpu0 t1 @ inode_permission path=\"/tmp/hidden\"\n"
                       "5.3 cpu0 t1 @ file_open opened=hidden\n"
                       "5.4 cpu0 t1 < openat 3 path=16:\"/tmp/decoy\"\n"));
    ASSERT_THAT(rules_of(result), ElementsAre("A3 path"));
    EXPECT_EQ(deceived(result.findings[0], Monitor::kEntryReader), Truth::kNo);
    EXPECT_EQ(deceived(result.findings[0], Monitor::kExitReader), Truth::kYes);
}

TEST(OpenRace, AnOpenOfASensitiveFileIsCritical) {
    const auto result =
        analyzed(trace("5.1 cpu0 t1 > open path=16:\"/tmp/decoy\"\n"
                       "5.2 cpu0 t1 @ file_open path=\"/etc/shadow\" opened=shadow\n"
                       "5.4 cpu0 t1 < open 3 path=16:\"/etc/shadow\"\n"));
    ASSERT_THAT(rules_of(result), ElementsAre("A1 path"));
    EXPECT_EQ(result.findings[0].judgement.severity, Severity::kCritical);
}

TEST(OpenRace, LinksFollowedAndAnotherNameOfTheObjectAreNoFinding) {
    const auto result =
        analyzed(trace("5.1 cpu0 t1 > openat path=16:\"l/../decoy\"\n"
                       "5.2 cpu0 t1 @ inode_permission path=\"l/../decoy\"\n"
                       "5.25 cpu0 t1 @ inode_follow_link target=\"/tmp\" symlink=link\n"
                       "5.3 cpu0 t1 @ file_open opened=hidden\n"
                       "5.4 cpu0 t1 < openat 3 path=16:\"l/../decoy\"\n"));
    EXPECT_THAT(result.findings, IsEmpty());
    EXPECT_EQ(count_of(result, Evaluation::kWhole), 1U);
}

TEST(OpenRace, AnOpenThatFailsInTheWalkIsComparedToo) {
    const auto result =
        analyzed(trace("5.1 cpu0 t1 > openat path=16:\"/tmp/decoy\"\n"
                       "5.2 cpu0 t1 @ inode_permission path=\"/tmp/none\"\n"
                       "5.4 cpu0 t1 < openat -ENOENT path=16:\"/tmp/none\"\n"));
    ASSERT_THAT(rules_of(result), ElementsAre("A1 path"));
    EXPECT_EQ(result.findings[0].judgement.severity, Severity::kLow);
}

TEST(OpenRace, FlagsThatTheKernelAddsToOpenHowAreNoFinding) {
    // O_WRONLY|O_CREAT|O_EXCL|O_CLOEXEC|O_SYNC becomes the same without O_CLOEXEC, with O_NOFOLLOW
    // and O_LARGEFILE.
    const auto result =
        analyzed(trace("5.1 cpu0 t1 > openat2 path=16:\"/tmp/decoy\" "
                       "how=32:\"\\xc1\\x10\\x18\\x00\\x00\\x00\\x00\\x00 more bytes here\"\n"
                       "5.3 cpu0 t1 @ file_open path=\"/tmp/decoy\" "
                       "how=\"\\xc1\\x90\\x12\\x00\\x00\\x00\\x00\\x00\"(cut) opened=decoy\n"
                       "5.4 cpu0 t1 < openat2 3 path=16:\"/tmp/decoy\"\n"));
    EXPECT_THAT(result.findings, IsEmpty());
}

TEST(OpenRace, OtherFlagsInTheKernelThanInOpenHowAreAnA4) {
    const auto result =
        analyzed(trace("5.1 cpu0 t1 > openat2 path=16:\"/tmp/decoy\" "
                       "how=32:\"\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00 more bytes here\"\n"
                       "5.3 cpu0 t1 @ file_open path=\"/tmp/decoy\" "
                       "how=\"\\x01\\x02\\x00\\x00\\x00\\x00\\x00\\x00\"(cut) opened=decoy\n"
                       "5.4 cpu0 t1 < openat2 3 path=16:\"/tmp/decoy\"\n"));
    ASSERT_THAT(rules_of(result), ElementsAre("A4 how"));
    EXPECT_EQ(result.findings[0].candidate.difference, 0U);
}

TEST(OpenRace, OfAnOverlaysFilesTheOneBehindTheDescriptorCounts) {
    const auto result =
        analyzed(trace("5.1 cpu0 t1 > openat path=16:\"/tmp\"\n"
                       "5.2 cpu0 t1 @ file_open path=\"/tmp\" opened=decoy\n"
                       "5.3 cpu0 t1 @ file_open opened=hidden\n"
                       "5.35 cpu0 t1 @ sys_exit returned=hidden\n"
                       "5.4 cpu0 t1 < openat 3 path=16:\"/tmp/x\"\n"));
    ASSERT_THAT(rules_of(result), ElementsAre("A3 path"));
    EXPECT_EQ(result.findings[0].candidate.operation->object()->path(), "/tmp/hidden");
}

// Without the kernel's copy

TEST(OpenWithoutCopy, AnObjectThatOnlyTheExitClaimLeadsToIsAnA5) {
    const auto result =
        analyzed(trace("5.1 cpu0 t1 > openat path=16:\"/tmp/decoy\"\n"
                       "5.3 cpu0 t1 @ sys_exit returned=hidden\n"
                       "5.4 cpu0 t1 < openat 3 path=16:\"/tmp/hidden/\"\n"));
    ASSERT_THAT(rules_of(result), ElementsAre("A5 path"));
    EXPECT_EQ(result.findings[0].judgement.severity, Severity::kHigh);
    EXPECT_EQ(deceived(result.findings[0], Monitor::kEntryReader), Truth::kYes);
    EXPECT_EQ(deceived(result.findings[0], Monitor::kExitReader), Truth::kNo);
}

TEST(OpenWithoutCopy, AnObjectThatTheEntryClaimLeadsToIsAnA0AtMost) {
    const auto result =
        analyzed(trace("5.1 cpu0 t1 > openat path=16:\"/tmp/hidden\"\n"
                       "5.3 cpu0 t1 @ sys_exit returned=hidden\n"
                       "5.4 cpu0 t1 < openat 3 path=16:\"/tmp/decoy\"\n"));
    ASSERT_THAT(rules_of(result), ElementsAre("A0 path"));
    EXPECT_EQ(result.findings[0].judgement.severity, Severity::kLow);
}

TEST(OpenWithoutCopy, AnObjectOfAnotherNameAloneIsNoFinding) {
    const auto result =
        analyzed(trace("5.1 cpu0 t1 > openat path=16:\"/tmp/l\"\n"
                       "5.3 cpu0 t1 @ sys_exit returned=hidden\n"
                       "5.4 cpu0 t1 < openat 3 path=16:\"/tmp/l\"\n"));
    EXPECT_THAT(result.findings, IsEmpty());
    EXPECT_EQ(count_of(result, Evaluation::kExitOnly), 1U);
}

// Sockets

// Port 80 of 10.0.0.1, and of 10.0.0.2.
#define DECOY_ADDRESS "\\x02\\x00\\x00P\\n\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00"
#define HIDDEN_ADDRESS "\\x02\\x00\\x00P\\n\\x00\\x00\\x02\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00"

TEST(SocketRace, AnotherAddressInTheKernelThanAtEntryIsAnA4) {
    const auto result =
        analyzed(trace("5.1 cpu0 t1 > connect value#0=3 address=16:\"" DECOY_ADDRESS "\"\n"
                       "5.2 cpu0 t1 @ socket_connect address=\"" HIDDEN_ADDRESS "\"\n"
                       "5.4 cpu0 t1 < connect 0 address=16:\"" DECOY_ADDRESS "\"\n"));
    ASSERT_THAT(rules_of(result), ElementsAre("A4 address"));
    EXPECT_EQ(result.findings[0].judgement.severity, Severity::kHigh);
    EXPECT_EQ(deceived(result.findings[0], Monitor::kExitReader), Truth::kYes);
}

TEST(SocketRace, AnAddressThatACgroupProgramReplacedAfterTheHookIsNoFinding) {
    const auto result =
        analyzed(trace("5.1 cpu0 t1 > connect value#0=3 address=16:\"" DECOY_ADDRESS "\"\n"
                       "5.2 cpu0 t1 @ socket_connect address=\"" DECOY_ADDRESS "\"\n"
                       "5.3 cpu0 t1 @ sys_exit peer-address=\"" HIDDEN_ADDRESS "\"\n"
                       "5.4 cpu0 t1 < connect 0 address=16:\"" DECOY_ADDRESS "\"\n"));
    EXPECT_THAT(result.findings, IsEmpty());
}

TEST(SocketRace, WithoutAHookThePeerTellsWhichClaimWasUsed) {
    const auto result =
        analyzed(trace("5.1 cpu0 t1 > connect value#0=3 address=16:\"" DECOY_ADDRESS "\"\n"
                       "5.3 cpu0 t1 @ sys_exit peer-address=\"" HIDDEN_ADDRESS "\"\n"
                       "5.4 cpu0 t1 < connect 0 address=16:\"" HIDDEN_ADDRESS "\"\n"));
    ASSERT_THAT(rules_of(result), ElementsAre("A5 address"));
}

TEST(SocketRace, AConnectThatGoesOnByItselfHasNotFailed) {
    const auto result =
        analyzed(trace("5.1 cpu0 t1 > connect value#0=3 address=16:\"" DECOY_ADDRESS "\"\n"
                       "5.2 cpu0 t1 @ socket_connect address=\"" HIDDEN_ADDRESS "\"\n"
                       "5.4 cpu0 t1 < connect -EINPROGRESS address=16:\"" DECOY_ADDRESS "\"\n"));
    ASSERT_THAT(rules_of(result), ElementsAre("A4 address"));
    EXPECT_EQ(result.findings[0].judgement.severity, Severity::kHigh);
    EXPECT_EQ(result.coverage.calls.at("connect").failed, 0U);
}

TEST(SocketRace, AbstractNamesAreComparedToTheirLength) {
    const auto result =
        analyzed(trace("5.1 cpu0 t1 > bind value#0=3 address=16:\"\\x01\\x00\\x00name\"\n"
                       "5.2 cpu0 t1 @ socket_bind address=\"\\x01\\x00\\x00name\\x00\"\n"
                       "5.4 cpu0 t1 < bind 0 address=16:\"\\x01\\x00\\x00name\"\n"));
    EXPECT_THAT(rules_of(result), ElementsAre("A4 address"));
}

// Orphans

TEST(Orphan, AnOpenWithoutACallIsShownAsSuchAndSetAside) {
    const auto result = analyzed(trace("5.1 cpu0 t1 @ file_open path=\"hidden\" opened=hidden\n"));
    ASSERT_THAT(rules_of(result), ElementsAre("[orphan path]"));
    EXPECT_EQ(result.findings[0].judgement.set_aside_by, "no-claim-recorded");
    EXPECT_TRUE(result.coverage.calls.empty());
}

TEST(Orphan, OfASensitiveFileIsShown) {
    const auto result = analyzed(trace("5.1 cpu0 t1 @ file_open path=\"s\" opened=shadow\n"));
    ASSERT_THAT(rules_of(result), ElementsAre("orphan path"));
    EXPECT_EQ(result.findings[0].judgement.severity, Severity::kLow);
}

TEST(Orphan, OfAnotherAbiIsExpectedAndSetAside) {
    const auto result = analyzed(
        "tocsin-text 1\ntask t1 tgid=100 abi=i386\nobject etc 8:1/10 mode=040755 name=\"etc\"\n"
        "object shadow 8:1/6 name=\"shadow\" in=etc\n"
        "5.1 cpu0 t1 @ file_open path=\"s\" opened=shadow\nseal \"stopped\"\n");
    ASSERT_THAT(rules_of(result), ElementsAre("[orphan path]"));
    EXPECT_EQ(result.findings[0].judgement.set_aside_by, "call-of-another-abi");
}

TEST(Orphan, RepeatsAreCountedAndNotKept) {
    std::string lines;
    for (int i = 10; i < 60; ++i)
        lines += "5." + std::to_string(i) + " cpu0 t1 @ file_open path=\"hidden\" opened=hidden\n";
    const auto result = analyzed(trace(lines));
    ASSERT_EQ(result.findings.size(), 1U);
    EXPECT_EQ(result.findings[0].more, 49U);
    EXPECT_EQ(result.set_aside.at("no-claim-recorded"), 50U);
}

TEST(Orphan, SaysNothingOfSuccessOrOfALostReturn) {
    const auto result = analyzed(trace("5.1 cpu0 t1 @ file_open path=\"s\" opened=shadow\n"));
    const std::string report = test::report_of(result, "text");
    EXPECT_THAT(report, HasSubstr("none: no call is recorded"));
    EXPECT_THAT(report, testing::Not(HasSubstr("effect 1.0: the call succeeded")));
}

TEST(Orphan, InsideTheWindowOfItsThreadsCallIsTakenForThatCalls) {
    const std::string text = trace(
        "5.1 cpu0 t1 > openat path=16:\"/tmp/decoy\"\n"
        "5.105 cpu0 t1 [-] @ file_open path=\"/tmp/hidden\" opened=hidden\n");
    const auto result = analyzed(text);
    ASSERT_THAT(rules_of(result), ElementsAre("A1 path"));
    EXPECT_TRUE(result.findings[0].candidate.operation->joined_by_time);
    EXPECT_EQ(result.coverage.gaps.hooks_joined_by_time, 1U);
    EXPECT_EQ(result.findings[0].judgement.severity, Severity::kMedium);

    AnalysisOptions narrow;
    narrow.window.orphan = std::chrono::milliseconds(4);
    EXPECT_THAT(rules_of(analyzed(text, narrow)), ElementsAre("[orphan path]"));
}

TEST(Orphan, OfAnotherKindThanTheCallIsNeverJoined) {
    const auto result =
        analyzed(trace("5.1 cpu0 t1 > connect value#0=3 address=16:\"x\"\n"
                       "5.101 cpu0 t1 [-] @ file_open path=\"/tmp/hidden\" opened=hidden\n"
                       "5.2 cpu0 t1 < connect 0 address=16:\"x\"\n"));
    EXPECT_THAT(rules_of(result), ElementsAre("[orphan path]"));
}

TEST(Orphan, OfAnotherThreadIsNeverJoined) {
    const auto result =
        analyzed(trace("5.1 cpu0 t1 > openat path=16:\"/tmp/decoy\"\n"
                       "5.101 cpu1 t2 [-] @ file_open path=\"/tmp/hidden\" opened=hidden\n"
                       "5.2 cpu0 t1 < openat 3 path=16:\"/tmp/decoy\"\n"));
    EXPECT_THAT(rules_of(result), ElementsAre("[orphan path]"));
}

// Who wrote

// One iovec: 4096 bytes from address 0x1000, and from 0x9000.
#define NEAR_MEMORY \
    "\\x00\\x10\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x10\\x00\\x00\\x00\\x00\\x00\\x00"
#define FAR_MEMORY \
    "\\x00\\x90\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x10\\x00\\x00\\x00\\x00\\x00\\x00"

std::string swapped_while(std::string_view lines) {
    return trace("5.1 cpu0 t1 > openat path=0x1010:\"/tmp/decoy\"\n" + std::string(lines) +
                 "5.3 cpu0 t1 @ file_open path=\"/tmp/hidden\" opened=hidden\n"
                 "5.4 cpu0 t1 < openat 3 path=0x1010:\"/tmp/hidden\"\n");
}

TEST(MemoryWriter, WhoWroteTheseBytesDuringTheCallIsNamed) {
    const auto result =
        analyzed(swapped_while("5.15 cpu1 t2 > process_vm_writev value#0=100 iovec=9:\"" NEAR_MEMORY
                               "\" value#4=1\n"
                               "5.16 cpu1 t2 @ ptrace_access_check detail=100\n"
                               "5.17 cpu1 t2 < process_vm_writev 4096\n"));
    ASSERT_THAT(rules_of(result), ElementsAre("A1 path"));
    const auto& writer = result.findings[0].candidate.writer;
    ASSERT_TRUE(writer);
    EXPECT_EQ(writer->task->id.tgid, 200);
    EXPECT_EQ(writer->truth, Truth::kYes);
    EXPECT_THAT(statements(result.findings[0]),
                testing::Contains("process 200 wrote the memory during the call, by "
                                  "process_vm_writev"));
    EXPECT_THAT(statements(result.findings[0]), testing::Not(testing::Contains(kWriterUnknown)));
}

TEST(MemoryWriter, WhoSharesTheMemoryIsSaid) {
    using ::testing::Contains;
    const std::string child = "task c tgid=300 started=5.0 comm=\"child\" uid=0\n";
    const auto swapped_by = [&](std::string_view before) {
        const auto result =
            analyzed(trace(child + std::string(before) +
                           "5.1 cpu0 t1 > openat path=0x1010:\"/tmp/decoy\"\n"
                           "5.3 cpu0 t1 @ file_open path=\"/tmp/hidden\" opened=hidden\n"
                           "5.4 cpu0 t1 < openat 3 path=0x1010:\"/tmp/hidden\"\n"));
        EXPECT_THAT(rules_of(result), ElementsAre("A1 path"));
        return statements(result.findings.at(0));
    };
    const std::string found = "5.0 cpu0 t1 found cwd=root\n";
    EXPECT_THAT(swapped_by(""), Contains("whether the process has other threads is not recorded"));
    EXPECT_THAT(swapped_by(found),
                Contains("the process has no other thread that could write its memory"));
    EXPECT_THAT(swapped_by(found + "5.01 cpu0 t1 fork t1b\n"),
                Contains("the process has 2 threads, of which each can write its memory"));
    const std::string shared = "5.01 cpu0 t1 fork c shares-memory\n";
    EXPECT_THAT(swapped_by(found + shared),
                Contains("the process shares its memory with 1 more, which can write it"));
    // An exec gives the child memory of its own.
    EXPECT_THAT(swapped_by(found + shared + "5.02 cpu1 c [-] @ sched_process_exec exe=decoy\n"),
                Contains("the process has no other thread that could write its memory"));
}

TEST(MemoryWriter, ADebuggerThatPokesIsNamed) {
    // PTRACE_POKEDATA, and PTRACE_PEEKDATA, which only reads.
    const auto poked = [](int request) {
        return analyzed(swapped_while("5.15 cpu1 t2 > ptrace value#0=" + std::to_string(request) +
                                      " pid=100 value#2=4112\n5.17 cpu1 t2 < ptrace 0\n"));
    };
    const auto result = poked(5);
    ASSERT_THAT(rules_of(result), ElementsAre("A1 path"));
    ASSERT_TRUE(result.findings[0].candidate.writer);
    EXPECT_EQ(result.findings[0].candidate.writer->how, "ptrace");
    EXPECT_EQ(result.findings[0].candidate.writer->truth, Truth::kYes);
    EXPECT_FALSE(poked(2).findings[0].candidate.writer);
}

TEST(MemoryWriter, WhoWroteElsewhereOrAnotherProcessOrInVainIsNot) {
    for (const char* lines : {
             "5.15 cpu1 t2 > process_vm_writev value#0=100 iovec=9:\"" FAR_MEMORY "\" value#4=1\n"
             "5.17 cpu1 t2 < process_vm_writev 6\n",
             "5.15 cpu1 t2 > process_vm_writev value#0=101 iovec=9:\"" NEAR_MEMORY "\" value#4=1\n"
             "5.17 cpu1 t2 < process_vm_writev 6\n",
             "5.15 cpu1 t2 > process_vm_writev value#0=100 iovec=9:\"" NEAR_MEMORY "\" value#4=1\n"
             "5.17 cpu1 t2 < process_vm_writev -EPERM\n",
         }) {
        const auto result = analyzed(swapped_while(lines));
        ASSERT_THAT(rules_of(result), ElementsAre("A1 path"));
        EXPECT_FALSE(result.findings[0].candidate.writer) << lines;
    }
}

TEST(MemoryWriter, WhoHeldTheMemoryFileCouldHave) {
    const auto result =
        analyzed(swapped_while("5.15 cpu1 t2 > open path=9:\"/proc/100/mem\" flags=2\n"
                               "5.16 cpu1 t2 @ file_open path=\"/proc/100/mem\" opened=mem\n"
                               "5.17 cpu1 t2 < open 3 path=9:\"/proc/100/mem\"\n"));
    ASSERT_THAT(rules_of(result), ElementsAre("A1 path"));
    const auto& writer = result.findings[0].candidate.writer;
    ASSERT_TRUE(writer);
    EXPECT_EQ(writer->truth, Truth::kUnknown);
    EXPECT_THAT(writer->how, HasSubstr("/proc/100/mem"));
}

TEST(MemoryWriter, AFileThatIsOnlyCalledSoIsNoMemory) {
    const auto result =
        analyzed(swapped_while("5.15 cpu1 t2 > open path=9:\"/srv/100/mem\" flags=2\n"
                               "5.16 cpu1 t2 @ file_open path=\"/srv/100/mem\" opened=false_mem\n"
                               "5.17 cpu1 t2 < open 3 path=9:\"/srv/100/mem\"\n"));
    EXPECT_FALSE(result.findings[0].candidate.writer);
}

TEST(MemoryWriter, AProcessIsNotAnotherThanItself) {
    const auto result =
        analyzed(swapped_while(
            "5.15 cpu1 t1b > process_vm_writev value#0=100 iovec=9:\"" NEAR_MEMORY "\" value#4=1\n"
            "5.17 cpu1 t1b < process_vm_writev 6000\n"));
    EXPECT_FALSE(result.findings[0].candidate.writer);
}

TEST(MemoryWriter, AWriteThatEndedBeforeTheArgumentDidNotReachIt) {
    const auto result =
        analyzed(swapped_while("5.15 cpu1 t2 > process_vm_writev value#0=100 iovec=9:\"" NEAR_MEMORY
                               "\" value#4=1\n"
                               "5.17 cpu1 t2 < process_vm_writev 16\n"));
    EXPECT_FALSE(result.findings[0].candidate.writer);
}

TEST(MemoryWriter, WhoOnlyReadsTheMemoryFileIsNot) {
    const auto result =
        analyzed(swapped_while("5.15 cpu1 t2 > open path=9:\"/proc/100/mem\" flags=0\n"
                               "5.16 cpu1 t2 @ file_open path=\"/proc/100/mem\" opened=mem\n"
                               "5.17 cpu1 t2 < open 3 path=9:\"/proc/100/mem\"\n"));
    ASSERT_THAT(rules_of(result), ElementsAre("A1 path"));
    EXPECT_FALSE(result.findings[0].candidate.writer);
}

}  // namespace
}  // namespace tocsin
