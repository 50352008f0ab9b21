// SPDX-License-Identifier: Apache-2.0
//
// What calls make of descriptors, as recorded calls.
#include "analyzer/replay/descriptor_changes.h"

#include <gtest/gtest.h>

#include "tests/unit/analyzer/replayed_world.h"

namespace tocsin {
namespace {

using test::replayed;
using test::ReplayedWorld;
using test::Script;

constexpr int kUser = 100, kChild = 101;

// x is behind descriptor 3.
Script opened(std::string_view flags = "flags=0") {
    Script script;
    script.call("u", "openat path=1:\"/home/x\" " + std::string(flags), "3",
                {"file_open opened=x", "sys_exit returned=x"});
    return script;
}

TEST(DescriptorChanges, AnOpenGivesItsDescriptorTheFileBehindIt) {
    EXPECT_EQ(replayed(opened()).at_descriptor(kUser, 3), "/home/x");
    EXPECT_EQ(
        replayed(Script().call("u", "openat", "3", {"file_open opened=x"})).at_descriptor(kUser, 3),
        "/home/x")
        << "without the record of the return's descriptor";
    EXPECT_EQ(replayed(Script().call("u", "openat", "3")).at_descriptor(kUser, 3), "?");
    EXPECT_EQ(replayed(Script().call("u", "openat", "-ENOENT")).process(kUser).fds->find(3),
              nullptr);
}

TEST(DescriptorChanges, Dup2ClosesTheTargetFirst) {
    const auto world = replayed(opened()
                                    .call("u", "openat", "4", {"sys_exit returned=y"})
                                    .call("u", "dup2 dirfd#0=3 dirfd#1=4", "4"));
    EXPECT_EQ(world.at_descriptor(kUser, 4), "/home/x");
    EXPECT_EQ(world.process(kUser).fds->find(4)->generation, 2U);
}

TEST(DescriptorChanges, AFailedDup2ChangesNothing) {
    EXPECT_EQ(
        replayed(opened().call("u", "dup2 dirfd#0=9 dirfd#1=3", "-EBADF")).at_descriptor(kUser, 3),
        "/home/x");
}

TEST(DescriptorChanges, FcntlDuplicatesAndSetsCloseOnExec) {
    EXPECT_EQ(replayed(opened().call("u", "fcntl dirfd=3 value#1=0 value#2=10", "10"))
                  .at_descriptor(kUser, 10),
              "/home/x");
    const auto world = replayed(opened()
                                    .call("u", "fcntl dirfd=3 value#1=1030", "5")
                                    .call("u", "fcntl dirfd=3 value#1=2 value#2=1", "0"));
    EXPECT_TRUE(world.process(kUser).fds->find(5)->closes_on_exec);
    EXPECT_TRUE(world.process(kUser).fds->find(3)->closes_on_exec);
}

TEST(DescriptorChanges, AUserfaultfdIsOneOfNoFile) {
    const auto world = replayed(opened().call("u", "userfaultfd flags=0x80000", "4"));
    EXPECT_EQ(world.at_descriptor(kUser, 3), "/home/x");
    EXPECT_EQ(world.at_descriptor(kUser, 4), "?");
    EXPECT_TRUE(world.process(kUser).fds->find(4)->closes_on_exec);
}

TEST(DescriptorChanges, ACloseEndsItsDescriptorWhateverItReturns) {
    EXPECT_EQ(replayed(opened().call("u", "close dirfd=3", "0")).at_descriptor(kUser, 3), "closed");
    EXPECT_EQ(replayed(opened().call("u", "close dirfd=3", "-EIO")).at_descriptor(kUser, 3),
              "closed");
}

TEST(DescriptorChanges, WithoutItsReturnWhatACallMayHaveChangedIsUnknown) {
    for (const char* call :
         {"close dirfd=3", "dup2 dirfd#0=9 dirfd#1=3", "dup3 dirfd#0=9 dirfd#1=3",
          "close_range dirfd#0=3 dirfd#1=9", "fcntl dirfd=3 value#1=2"})
        EXPECT_EQ(replayed(opened().call("u", call, "")).at_descriptor(kUser, 3), "?") << call;
    EXPECT_EQ(replayed(opened().call("u", "dup dirfd=3", "")).at_descriptor(kUser, 3), "/home/x");
}

TEST(DescriptorChanges, WithoutItsEntryNothingIsTakenForDescriptorZero) {
    Script standard_input;
    standard_input.call("u", "openat", "0", {"sys_exit returned=x"});
    EXPECT_EQ(
        replayed(Script(standard_input).line("u", "[cpu0#9] < close 0")).at_descriptor(kUser, 0),
        "?");
    const auto world = replayed(Script(standard_input).line("u", "[cpu0#9] < dup2 4"));
    EXPECT_EQ(world.at_descriptor(kUser, 0), "/home/x");
    EXPECT_EQ(world.at_descriptor(kUser, 4), "?");
    EXPECT_EQ(replayed(Script(standard_input).line("u", "[cpu0#9] < dup2 -EBADF"))
                  .at_descriptor(kUser, 0),
              "/home/x");
}

TEST(DescriptorChanges, CloseRangeTakesItsFlags) {
    EXPECT_EQ(replayed(opened().call("u", "close_range dirfd#0=3 dirfd#1=4294967295", "0"))
                  .at_descriptor(kUser, 3),
              "closed");
    const auto world = replayed(opened().call("u", "close_range dirfd#0=0 dirfd#1=9 flags=4", "0"));
    EXPECT_EQ(world.at_descriptor(kUser, 3), "/home/x");
    EXPECT_TRUE(world.process(kUser).fds->find(3)->closes_on_exec);
}

TEST(DescriptorChanges, CloseRangeMayLeaveASharedTableFirst) {
    const auto world = replayed(opened()
                                    .line("u", "fork c shares-files")
                                    .call("c", "close_range dirfd#0=3 dirfd#1=9 flags=2", "0"));
    EXPECT_EQ(world.at_descriptor(kUser, 3), "/home/x");
    EXPECT_EQ(world.at_descriptor(kChild, 3), "closed");
}

TEST(DescriptorChanges, AForkCopiesOrSharesTheTable) {
    const auto copied = replayed(opened().line("u", "fork c").call("c", "close dirfd=3", "0"));
    EXPECT_EQ(copied.at_descriptor(kUser, 3), "/home/x");
    EXPECT_EQ(copied.at_descriptor(kChild, 3), "closed");
    const auto shared =
        replayed(opened().line("u", "fork c shares-files").call("c", "close dirfd=3", "0"));
    EXPECT_EQ(shared.at_descriptor(kUser, 3), "closed");
}

TEST(DescriptorChanges, UnshareEndsTheSharing) {
    const auto world = replayed(opened()
                                    .line("u", "fork c shares-files")
                                    .call("c", "unshare flags=0x400", "0")
                                    .call("c", "close dirfd=3", "0"));
    EXPECT_EQ(world.at_descriptor(kUser, 3), "/home/x");
    EXPECT_EQ(world.at_descriptor(kChild, 3), "closed");
}

TEST(DescriptorChanges, WhetherAnUnshareSucceededMatters) {
    const auto world =
        replayed(opened().line("u", "fork c shares-files").call("c", "unshare flags=0x400", ""));
    EXPECT_EQ(world.at_descriptor(kUser, 3), "?");
    EXPECT_EQ(world.at_descriptor(kChild, 3), "?");
}

TEST(DescriptorChanges, AnExecClosesWhatSaysSoAndLeavesTheSharedTable) {
    const auto world = replayed(opened("flags=0x80000")
                                    .line("u", "fork c shares-files")
                                    .call("c", "execve", "0", {"sched_process_exec exe=passwd"}));
    EXPECT_EQ(world.at_descriptor(kUser, 3), "/home/x");
    EXPECT_EQ(world.at_descriptor(kChild, 3), "closed");
}

TEST(DescriptorChanges, AFailedExecClosesNothingAndALostOneMayHave) {
    EXPECT_EQ(
        replayed(opened("flags=0x80000").call("u", "execve", "-ENOENT")).at_descriptor(kUser, 3),
        "/home/x");
    EXPECT_EQ(replayed(opened("flags=0x80000").call("u", "execve", "")).at_descriptor(kUser, 3),
              "?");
}

TEST(DescriptorChanges, AThreadWithATableOfItsOwnMakesThoseOfTheProcessUnknown) {
    const std::string_view thread = "task t tgid=100 tid=102 started=2.0 comm=\"user\" uid=1000\n";
    const auto alike =
        replayed(std::string(thread) +
                 std::string(std::string_view(opened()
                                                  .line("u", "fork t shares-files shares-place")
                                                  .call("t", "close dirfd=9", "0"))));
    EXPECT_EQ(alike.at_descriptor(kUser, 3), "/home/x");
    const auto apart = replayed(
        std::string(thread) +
        std::string(std::string_view(opened()
                                         .line("u", "fork t shares-place")
                                         .call("t", "openat", "3", {"sys_exit returned=y"}))));
    EXPECT_EQ(apart.at_descriptor(kUser, 3), "?");
    EXPECT_EQ(apart.cwd(kUser), "/home");
}

TEST(DescriptorChanges, DescriptorsOfAnySizeAreTaken) {
    const auto world = replayed(Script()
                                    .call("u", "openat", "2147483647", {"sys_exit returned=x"})
                                    .call("u", "openat", "2147483648", {"sys_exit returned=y"})
                                    .call("u", "dup2 dirfd#0=18446744073709551615 dirfd#1=5", "5"));
    EXPECT_EQ(world.at_descriptor(kUser, 2147483647), "/home/x");
    EXPECT_EQ(world.at_descriptor(kUser, 5), "?");
}

}  // namespace
}  // namespace tocsin
