// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/operation_assembler.h"

#include <gtest/gtest.h>

#include "tests/support/trace_builder.h"
#include "tests/unit/analyzer/analysis_fixture.h"

namespace tocsin {
namespace {

struct Assembled {
    std::vector<Operation> operations;
    AssemblyGaps gaps;
};

// The lines' calls, in the order in which they were handed on.
Assembled assemble(std::string_view lines) {
    const ParsedTrace trace = test::parsed(test::exec_trace(lines));
    Assembled assembled;
    WorldState world;
    OperationAssembler assembler(world, [&](const std::shared_ptr<const Operation>& operation) {
        assembled.operations.push_back(*operation);
    });
    for (const auto* events : {&trace.found, &trace.events}) {
        for (const Event& event : *events) {
            world.observe(event);
            assembler.observe(event);
        }
    }
    assembler.finish();
    assembled.gaps = assembler.gaps();
    return assembled;  // the events are gone now: what is left owns what it has
}

TEST(OperationAssembler, JoinsEntryHookAndReturnOfOneCall) {
    const auto [operations, gaps] = assemble(
        "5.1 cpu0 #2 t1 > execve path=0x10:\"/bin/ls\" argv=0x20:[\"ls\" \"-l\"] environ=0x30:[]\n"
        "5.2 cpu0 t1x @ sched_process_exec path=\"/bin/ls\" argv=[\"ls\" \"-l\"] exe=ls "
        "detail=100\n"
        "5.3 cpu1 t1x [cpu0#1] < execve 0\n");
    ASSERT_EQ(operations.size(), 1U);
    const Operation& operation = operations[0];
    EXPECT_EQ(operation.syscall->name, "execve");
    EXPECT_EQ(operation.call, (CallId{0, 1}));
    EXPECT_EQ(operation.task->comm, "victim");
    ASSERT_TRUE(operation.task_after);
    EXPECT_EQ(operation.task_after->comm, "ls");
    ASSERT_EQ(operation.operands.size(), 3U);
    EXPECT_EQ(operation.operands[0].entry->bytes, "/bin/ls");
    EXPECT_EQ(operation.operands[0].kernel->bytes, "/bin/ls");
    EXPECT_FALSE(operation.operands[0].exit);
    EXPECT_EQ(operation.operands[0].register_value, 0x10U);
    EXPECT_EQ(operation.operands[1].entry->bytes, std::string("ls\0-l\0", 6));
    EXPECT_EQ(operation.object(ObjectRole::kExecutable)->path(), "/bin/ls");
    EXPECT_EQ(operation.object(ObjectRole::kExecutable)->file().id.inode, 41U);
    EXPECT_EQ(operation.began.ns, 5100000000U);
    EXPECT_EQ(operation.decided->ns, 5200000000U);
    EXPECT_EQ(operation.ended->ns, 5300000000U);
    EXPECT_EQ(operation.result, 0);
    EXPECT_EQ(operation.entry_event, (EventRef{0, 2}));
    EXPECT_EQ(operation.hook_events, (std::vector<EventRef>{{0, 3}}));
    EXPECT_EQ(operation.exit_event, (EventRef{1, 1}));
    EXPECT_FALSE(operation.entry_missing);
    EXPECT_FALSE(operation.unfinished);
    EXPECT_EQ(gaps, AssemblyGaps{});
}

TEST(OperationAssembler, KnowsTheCallerAsItWasBeforeTheExec) {
    const auto [operations, gaps] = assemble(
        "5.1 cpu0 t1 > execve\n5.2 cpu0 t1x @ sched_process_exec exe=ls\n"
        "5.3 cpu0 t1x < execve 0\n"
        "5.4 cpu0 t1x > execve\n5.5 cpu0 t1x < execve -ENOENT\n");
    ASSERT_EQ(operations.size(), 2U);
    EXPECT_EQ(operations[0].caller.executable()->path(), "/bin/bash");
    EXPECT_EQ(operations[0].caller.image->parent_id->tgid, 90);
    EXPECT_EQ(operations[0].caller.image->parent->executable->path(), "/bin/bash");
    EXPECT_FALSE(operations[0].caller.partial);
    EXPECT_EQ(operations[1].caller.executable()->path(), "/bin/ls");
}

TEST(OperationAssembler, AnExecFromAThreadThatIsNotTheLeaderIsOneCall) {
    const auto [operations, gaps] = assemble(
        "task thread tgid=100 tid=101 started=2.0 comm=\"victim\"\n"
        "5.1 cpu0 #2 thread > execve path=1:\"/bin/ls\"\n"
        "5.15 cpu1 t1 exit\n"
        "5.2 cpu0 t1x [cpu0#1] @ sched_process_exec path=\"/bin/ls\" exe=ls detail=101\n"
        "5.3 cpu0 t1x [cpu0#1] < execve 0\n");
    ASSERT_EQ(operations.size(), 1U);
    EXPECT_EQ(operations[0].task->id.tid, 101);
    EXPECT_EQ(operations[0].task_after->id.tid, 100);
    EXPECT_FALSE(operations[0].unfinished);
    EXPECT_EQ(gaps, AssemblyGaps{});
}

TEST(OperationAssembler, TheCheckTellsTheNamedFileAndTheExecTheOneThatRuns) {
    const auto [operations, gaps] = assemble(
        "5.1 cpu0 #2 t1 > execve path=1:\"/bin/ls\" argv=2:[\"ls\"]\n"
        "5.2 cpu0 #3 t1 @ bprm_check_security path=\"/bin/ls\" checked=ls\n"
        "5.3 cpu0 #4 t1 @ bprm_check_security path=\"/bin/ls\" checked=sh\n"
        "5.4 cpu0 #5 t1x @ sched_process_exec path=\"/bin/ls\" argv=[\"ls\"] exe=sh\n"
        "5.5 cpu0 #6 t1x [cpu0#1] < execve 0\n");
    ASSERT_EQ(operations.size(), 1U);
    const Operation& operation = operations[0];
    EXPECT_EQ(operation.decided, BootTime{5'200'000'000});
    EXPECT_EQ(operation.hook_events, (std::vector<EventRef>{{0, 3}, {0, 4}, {0, 5}}));
    ASSERT_TRUE(operation.object(ObjectRole::kChecked) &&
                operation.object(ObjectRole::kExecutable));
    EXPECT_EQ(operation.object(ObjectRole::kChecked)->path(), "/bin/ls");
    EXPECT_EQ(operation.object(ObjectRole::kExecutable)->path(), "/bin/sh");
    ASSERT_TRUE(operation.operands[1].kernel);
    EXPECT_EQ(operation.operands[1].kernel->bytes, std::string("ls\0", 3));
}

TEST(OperationAssembler, KeepsTheInterpretersNameApart) {
    const auto [operations, gaps] = assemble(
        "5.1 cpu0 t1 > execve path=1:\"./run\"\n"
        "5.2 cpu0 t1x @ sched_process_exec path=\"./run\" interpreter=\"/bin/sh\" exe=sh\n");
    ASSERT_EQ(operations.size(), 1U);
    EXPECT_EQ(operations[0].operands[0].kernel->bytes, "./run");
    ASSERT_TRUE(operations[0].interpreter);
    EXPECT_EQ(operations[0].interpreter->bytes, "/bin/sh");
}

TEST(OperationAssembler, AReturnFromBeforeTheRecordingIsCounted) {
    const auto [operations, gaps] = assemble("5.1 cpu0 t1 [-] < execve -ENOENT\n");
    EXPECT_TRUE(operations.empty());
    EXPECT_EQ(gaps.returns_without_call, 1U);
}

TEST(OperationAssembler, AHookOutsideAnyCallIsCounted) {
    const auto [operations, gaps] = assemble("5.1 cpu0 t1 [-] @ sched_process_exec exe=ls\n");
    EXPECT_TRUE(operations.empty());
    EXPECT_EQ(gaps.hooks_without_call, 1U);
}

TEST(OperationAssembler, ACallWhoseEntryWasLostIsMarked) {
    const auto [operations, gaps] =
        assemble("5.1 cpu0 #9 t1 [cpu0#8] < execve -ENOENT path=1:\"/bin/ls\"\n");
    ASSERT_EQ(operations.size(), 1U);
    EXPECT_TRUE(operations[0].entry_missing);
    EXPECT_EQ(operations[0].operands[0].exit->bytes, "/bin/ls");
    EXPECT_EQ(gaps.entries_missing, 1U);
}

TEST(OperationAssembler, AHookAloneIsNoCall) {
    const auto [operations, gaps] =
        assemble("5.1 cpu0 #9 t1 [cpu0#8] @ sched_process_exec exe=ls\n");
    EXPECT_TRUE(operations.empty());
    EXPECT_EQ(gaps.hooks_only, 1U);
}

TEST(OperationAssembler, AHookIsNeverCreditedToAnotherCall) {
    const auto [operations, gaps] = assemble(
        "5.1 cpu0 #2 t1 > execve path=1:\"/bin/ls\"\n"
        "5.2 cpu0 #3 t0 [cpu1#7] @ sched_process_exec path#0=\"/bin/sh\" exe=sh\n"
        "5.3 cpu0 #4 t1 [cpu0#1] < execve -ENOENT\n");
    ASSERT_EQ(operations.size(), 1U);
    EXPECT_FALSE(operations[0].operands[0].kernel);
    EXPECT_FALSE(operations[0].object(ObjectRole::kExecutable));
    EXPECT_EQ(gaps.hooks_only, 1U);
}

TEST(OperationAssembler, ARecordThatNamesAnotherProcessesCallIsCountedAndNotBelieved) {
    const auto [operations, gaps] = assemble(
        "5.1 cpu0 #2 t1 > execve path=1:\"/bin/ls\"\n"
        "5.2 cpu1 #3 t0 [cpu0#1] @ sched_process_exec path#0=\"/bin/sh\" exe=sh\n"
        "5.3 cpu1 #4 t0 [cpu0#1] < execve 0\n"
        "5.4 cpu0 #5 t1 [cpu0#1] < execve -ENOENT\n");
    ASSERT_EQ(operations.size(), 1U);
    EXPECT_FALSE(operations[0].object(ObjectRole::kExecutable));
    EXPECT_EQ(operations[0].result, -2);
    EXPECT_EQ(gaps.calls_of_others, 2U);
}

TEST(OperationAssembler, AThreadsNextCallEndsTheOneBefore) {
    const auto [operations, gaps] =
        assemble("5.1 cpu0 t1 > execve\n5.2 cpu0 t1 > setuid value=0\n5.3 cpu0 t1 < setuid 0\n");
    ASSERT_EQ(operations.size(), 2U);
    EXPECT_TRUE(operations[0].unfinished);
    EXPECT_EQ(operations[1].syscall->name, "setuid");
    EXPECT_EQ(operations[1].operands[0].register_value, 0U);
    EXPECT_EQ(gaps.returns_missing, 1U);
}

TEST(OperationAssembler, AThreadsDeathEndsItsCall) {
    const auto [operations, gaps] =
        assemble("5.1 cpu0 t1 > execve\n5.2 cpu0 t1 exit code=9 last\n");
    ASSERT_EQ(operations.size(), 1U);
    EXPECT_TRUE(operations[0].unfinished);
}

TEST(OperationAssembler, ACallThatMayWaitForeverLacksNoReturn) {
    const auto [operations, gaps] = assemble("5.1 cpu0 t1 > wait4 pid=-1 value=0\n");
    ASSERT_EQ(operations.size(), 1U);
    EXPECT_TRUE(operations[0].unfinished);
    EXPECT_EQ(operations[0].operands[0].register_value, UINT64_MAX);
    EXPECT_EQ(gaps.returns_missing, 0U);
}

TEST(OperationAssembler, AFileThatIsWrittenIsTheCallsObjectFromItsEntryOn) {
    const auto [operations, gaps] = assemble(
        "5.1 cpu0 t1 > write write-fd=3 value=4\n5.2 cpu0 t1 @ sys_enter written=sh\n"
        "5.3 cpu0 t1 < write 4\n");
    ASSERT_EQ(operations.size(), 1U);
    EXPECT_EQ(operations[0].operands[0].register_value, 3U);
    EXPECT_EQ(operations[0].object(), operations[0].object(ObjectRole::kWritten).get());
    ASSERT_TRUE(operations[0].decided);
    EXPECT_EQ(operations[0].decided->ns, 5'200'000'000U);
}

TEST(OperationAssembler, APidThatAnOlderTraceCallsAValueIsOne) {
    const auto [operations, gaps] = assemble("5.1 cpu0 t1 > process_vm_writev value#0=77\n");
    ASSERT_EQ(operations.size(), 1U);
    EXPECT_EQ(operations[0].operands[0].info.kind, OperandKind::kPid);
    EXPECT_EQ(operations[0].operands[0].register_value, 77U);
}

TEST(OperationAssembler, AtTheEndOpenCallsAreHandedOnOldestFirst) {
    const auto [operations, gaps] =
        assemble("5.2 cpu0 t1 > execve\n5.1 cpu1 t0 > setuid value=1\n");
    ASSERT_EQ(operations.size(), 2U);
    EXPECT_EQ(operations[0].syscall->name, "setuid");
    EXPECT_EQ(gaps.returns_missing, 2U);
}

TEST(OperationAssembler, CallsUnknownToTheTableAreCounted) {
    const auto [operations, gaps] =
        assemble("5.1 cpu0 t1 > syscall:499\n5.2 cpu0 t1 < syscall:499 0\n");
    EXPECT_TRUE(operations.empty());
    EXPECT_EQ(gaps.unknown_calls, 1U);
}

}  // namespace
}  // namespace tocsin
