// SPDX-License-Identifier: Apache-2.0
//
// Where processes are, and the absolute names that follow from it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/replay/name_text.h"
#include "tests/unit/analyzer/analysis_fixture.h"
#include "tests/unit/analyzer/replayed_world.h"

namespace tocsin {
namespace {

using test::replayed;
using test::ReplayedWorld;
using test::Script;

constexpr int kUser = 100, kChild = 101, kStray = 300;

TEST(Place, TheSnapshotSaysWhereAProcessIs) {
    const auto world = replayed(Script().line("s", "> setuid value=0"));
    EXPECT_EQ(world.cwd(kUser), "/home");
    EXPECT_EQ(world.root(kUser), "/");
    EXPECT_EQ(world.cwd(kStray), "?");
}

TEST(Place, AChdirMovesItsCallerWhereItsReturnSays) {
    EXPECT_EQ(
        replayed(Script().call("u", "chdir path=1:\"/etc\"", "0", {"sys_exit cwd=etc"})).cwd(kUser),
        "/etc");
    EXPECT_EQ(replayed(Script().call("u", "fchdir dirfd=3", "0", {"sys_exit cwd=etc"})).cwd(kUser),
              "/etc");
}

TEST(Place, AFailedChdirDoesNotAndALostOneMay) {
    EXPECT_EQ(replayed(Script().call("u", "chdir", "-ENOENT")).cwd(kUser), "/home");
    EXPECT_EQ(replayed(Script().call("u", "chdir", "")).cwd(kUser), "?");
    EXPECT_EQ(replayed(Script().call("u", "chdir", "0")).cwd(kUser), "?")
        << "the record of where it went is missing";
}

TEST(Place, AChrootMovesTheRoot) {
    const auto world =
        replayed(Script().call("u", "chroot path=1:\".\"", "0", {"sys_exit cwd=home root=home"}));
    EXPECT_EQ(world.root(kUser), "/home");
    EXPECT_EQ(replayed(Script().call("u", "chroot", "")).root(kUser), "?");
}

TEST(Place, APivotRootMayMoveOthersAndIsCounted) {
    const auto world =
        replayed(Script().call("u", "pivot_root", "0", {"sys_exit cwd=home root=home"}));
    EXPECT_EQ(world.root(kUser), "/home");
    EXPECT_EQ(world.world.gaps().pivots, 1U);
}

TEST(Place, AForkCopiesOrSharesIt) {
    const auto copied =
        replayed(Script().line("u", "fork c").call("c", "chdir", "0", {"sys_exit cwd=etc"}));
    EXPECT_EQ(copied.cwd(kUser), "/home");
    EXPECT_EQ(copied.cwd(kChild), "/etc");
    const auto shared = replayed(
        Script().line("u", "fork c shares-place").call("c", "chdir", "0", {"sys_exit cwd=etc"}));
    EXPECT_EQ(shared.cwd(kUser), "/etc");
}

TEST(Place, UnshareEndsTheSharing) {
    for (const char* flags : {"flags=0x200", "flags=0x20000", "flags=0x10000000"})
        EXPECT_EQ(replayed(Script()
                               .line("u", "fork c shares-place")
                               .call("c", std::string("unshare ") + flags, "0")
                               .call("c", "chdir", "0", {"sys_exit cwd=etc"}))
                      .cwd(kUser),
                  "/home")
            << flags;
}

TEST(Place, IntoAnotherMountNamespaceItIsUnknown) {
    EXPECT_EQ(replayed(Script().call("u", "setns flags=0x20000", "0")).cwd(kUser), "?");
    EXPECT_EQ(replayed(Script().call("u", "setns flags=0", "0")).cwd(kUser), "?");
    EXPECT_EQ(replayed(Script().call("u", "setns flags=0x40000000", "0")).cwd(kUser), "/home");
    EXPECT_EQ(replayed(Script().call("u", "setns flags=0x20000", "-EPERM")).cwd(kUser), "/home");
}

TEST(Place, AThreadWithAPlaceOfItsOwnMakesThatOfTheProcessUnknown) {
    const std::string thread = "task t tgid=100 tid=102 started=2.0 comm=\"user\" uid=1000\n";
    const Script script = Script()
                              .line("u", "fork t shares-files shares-place")
                              .call("t", "unshare flags=0x200", "0")
                              .call("t", "chdir", "0", {"sys_exit cwd=etc"});
    EXPECT_EQ(replayed(thread + std::string(std::string_view(script))).cwd(kUser), "?");
}

// The first name of the last call; "?": not known.
std::string name_after(Script before, std::string_view entry, std::string_view task = "u") {
    const auto world = replayed(before.call(task, entry, "-ENOENT"));
    const Operation& call = *world.operations.back();
    const Operand* operand = call.first_operand(OperandKind::kPath);
    return absolute_name(call, *operand, world.world).value_or("?");
}

TEST(AbsoluteName, BeginsAtTheRootTheWorkingDirectoryOrADescriptor) {
    EXPECT_EQ(name_after({}, "stat path=1:\"/etc/passwd\""), "/etc/passwd");
    EXPECT_EQ(name_after({}, "stat path=1:\"x\""), "/home/x");
    EXPECT_EQ(name_after({}, "openat dirfd=-100 path=1:\"x\""), "/home/x");
    const Script opened = Script().call("u", "openat", "3", {"sys_exit returned=etc"});
    EXPECT_EQ(name_after(opened, "openat dirfd=3 path=1:\"passwd\""), "/etc/passwd");
    EXPECT_EQ(name_after(opened, "openat dirfd=3 path=1:\"/home/x\""), "/home/x");
}

TEST(AbsoluteName, IsSpelledWithoutWhatSaysNothing) {
    EXPECT_EQ(name_after({}, "stat path=1:\"//etc/./passwd/\""), "/etc/passwd");
    EXPECT_EQ(name_after({}, "stat path=1:\"../etc/passwd\""), "/home/../etc/passwd");
    EXPECT_EQ(name_after({}, "stat path=1:\"/\""), "/");
    EXPECT_EQ(name_after({}, "stat path=1:\".\""), "/home");
}

TEST(AbsoluteName, IsThatOfTheCallersRoot) {
    const Script jailed = Script().call("u", "chroot", "0", {"sys_exit cwd=home root=home"});
    EXPECT_EQ(name_after(jailed, "stat path=1:\"/x\""), "/home/x");
}

TEST(AbsoluteName, IsUnknownWhereItsStartIs) {
    EXPECT_EQ(name_after({}, "stat path=1:\"x\"", "s"), "?");
    EXPECT_EQ(name_after({}, "openat dirfd=7 path=1:\"x\""), "?");
    EXPECT_EQ(name_after({}, "stat path=1:\"\""), "?");
    EXPECT_EQ(name_after({}, "stat path=1:\"x\"(cut)"), "?");
}

// Names that hooks copy are not kept without an entry; descriptors would read 0.
TEST(NameStart, WithoutItsEntryACallHasNoDescriptor) {
    const Script opened = Script().call("u", "openat", "0", {"sys_exit returned=x"});
    const auto whole = replayed(Script(opened).call("u", "fchmod dirfd=0", "0"));
    EXPECT_EQ(whole.world.gaps().names_started, 1U);
    EXPECT_EQ(whole.world.gaps().of_unknown_descriptor, 0U);
    const auto lost = replayed(Script(opened).line("u", "[cpu0#9] < fchmod 0"));
    EXPECT_EQ(lost.world.gaps().names_started, 1U);
    EXPECT_EQ(lost.world.gaps().of_unknown_descriptor, 1U);
}

TEST(WorldGaps, CountsTheStartsThatAreNotKnown) {
    const auto world = replayed(Script()
                                    .call("u", "stat path=1:\"x\"", "-ENOENT")
                                    .call("s", "stat path=1:\"x\"", "-ENOENT")
                                    .call("s", "stat path=1:\"/x\"", "-ENOENT")
                                    .call("u", "fchmod dirfd=7", "0")
                                    .call("u", "openat dirfd=8 path=1:\"x\"", "-ENOENT")
                                    .call("u", "close dirfd=9", "0")
                                    .call("u", "symlink string=1:\"x\"", "-EFAULT"));
    const WorldGaps expected{5, 1, 1, 2, 0, 0};
    EXPECT_EQ(world.world.gaps(), expected);
}

TEST(WorldGaps, AreReportedWhereThereAreAny) {
    const auto text = [](std::string_view lines) {
        return test::report_of(
            test::analyzed(std::string(test::kPlaces) + std::string(lines) + "seal \"stopped\"\n"),
            "text");
    };
    EXPECT_THAT(text(Script().call("u", "stat path=1:\"x\"", "-ENOENT")),
                ::testing::Not(::testing::HasSubstr("not known")));
    EXPECT_THAT(
        text(Script().call("s", "stat path=1:\"x\"", "-ENOENT")),
        ::testing::HasSubstr("of 1 names 1 begin at a working directory that is not known"));
}

}  // namespace
}  // namespace tocsin
