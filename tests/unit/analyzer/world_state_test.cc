// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/world_state.h"

#include <gtest/gtest.h>

#include "tests/support/trace_builder.h"
#include "tests/unit/analyzer/analysis_fixture.h"

namespace tocsin {
namespace {

WorldState world_after(std::string_view lines) {
    const ParsedTrace trace = test::parsed(test::exec_trace(lines));
    WorldState world;
    for (const Event& event : trace.found) world.observe(event);
    for (const Event& event : trace.events) world.observe(event);
    return world;
}

constexpr TaskId kShell{90, 90, {1000000000}};
constexpr TaskId kChild{100, 100, {1000000000}};

std::string executable_of(const WorldState& world, const TaskId& id) {
    const Process* process = world.find(id);
    return process != nullptr && process->image->executable ? process->image->executable->path()
                                                            : "";
}

TEST(WorldState, TheSnapshotSeedsProcesses) {
    const WorldState world = world_after("");
    ASSERT_NE(world.find(kShell), nullptr);
    EXPECT_EQ(world.find(kShell)->origin, Process::Origin::kFound);
    EXPECT_EQ(executable_of(world, kShell), "/bin/bash");
}

TEST(WorldState, AForkedChildRunsWhatItsParentRuns) {
    const WorldState world = world_after("");
    ASSERT_NE(world.find(kChild), nullptr);
    EXPECT_EQ(world.find(kChild)->origin, Process::Origin::kForked);
    EXPECT_EQ(world.find(kChild)->parent, kShell);
    EXPECT_EQ(executable_of(world, kChild), "/bin/bash");
    EXPECT_EQ(world.partial_processes(), 0U);
}

TEST(WorldState, AnExecChangesTheExecutableAndNothingElse) {
    const WorldState world =
        world_after("5.1 cpu0 t1 > execve\n5.2 cpu0 t1x @ sched_process_exec exe=ls\n");
    EXPECT_EQ(executable_of(world, kChild), "/bin/ls");
    EXPECT_EQ(world.find(kChild)->parent, kShell);
    EXPECT_EQ(world.find(kChild)->last_seen->comm, "ls");
    EXPECT_EQ(executable_of(world, kShell), "/bin/bash");
}

TEST(WorldState, ThreadsBelongToTheirProcess) {
    const WorldState world = world_after(
        "task thread tgid=100 tid=101 started=2.0 comm=\"worker\"\n5.1 cpu0 t1 fork thread\n");
    EXPECT_EQ(world.processes_seen(), 2U);
    EXPECT_EQ(world.find({100, 101, {2000000000}}), world.find(kChild));
}

TEST(WorldState, TheLastThreadsExitEndsTheProcess) {
    EXPECT_NE(world_after("5.1 cpu0 t1 exit\n").find(kChild), nullptr);
    EXPECT_EQ(world_after("5.1 cpu0 t1 exit last\n").find(kChild), nullptr);
}

TEST(WorldState, AReusedPidIsAnotherProcess) {
    const WorldState world =
        world_after("task again tgid=100 started=9.0 comm=\"other\"\n5.1 cpu0 again exit\n");
    EXPECT_EQ(world.find(kChild), nullptr);
    ASSERT_NE(world.find({100, 100, {9000000000}}), nullptr);
    EXPECT_EQ(world.partial_processes(), 1U);
}

TEST(WorldState, AProcessFromNowhereIsPartial) {
    const WorldState world =
        world_after("task stray tgid=7 comm=\"stray\"\n5.1 cpu0 stray > setuid value=0\n");
    ASSERT_NE(world.find({7, 7, {1000000000}}), nullptr);
    EXPECT_EQ(world.find({7, 7, {1000000000}})->origin, Process::Origin::kPartial);
    EXPECT_EQ(world.partial_processes(), 1U);
    EXPECT_TRUE(world.caller({7, 7, {1000000000}}).partial);
}

TEST(WorldState, AProcessThatIsNotKnownHasAPartialCaller) {
    EXPECT_TRUE(world_after("").caller({12345, 12345, {}}).partial);
}

}  // namespace
}  // namespace tocsin
