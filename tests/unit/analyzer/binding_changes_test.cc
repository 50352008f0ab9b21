// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/binding_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyzer/replayed_world.h"

namespace tocsin {
namespace {

using test::replayed;
using test::Script;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string spelled(const std::optional<ObjectId>& id) {
    if (!id) return "?";
    return *id == ObjectId{} ? "-" : std::to_string(id->inode);
}

// "10/x 11>12": the entry x of directory 10 led to 11 and leads to 12; "-" nothing, "?" not known.
std::vector<std::string> changes_of(std::string_view lines) {
    std::vector<std::string> changes;
    for (const auto& operation : replayed(lines).operations)
        for (const BindingChange& change : binding_changes(*operation))
            changes.push_back(std::to_string(change.directory.inode) + '/' +
                              std::string(std::string_view(change.name)) + ' ' +
                              spelled(change.before) + '>' + spelled(change.after));
    return changes;
}

TEST(BindingChanges, ARenameEmptiesTheOldNameAndFillsTheNewOne) {
    EXPECT_THAT(changes_of(Script().call("u", "rename", "0", {"path_rename named=x second=y"})),
                ElementsAre("10/x 11>-", "10/y 12>11"));
}

TEST(BindingChanges, AnExchangeSwapsBothAndAWhiteoutLeavesSomething) {
    EXPECT_THAT(
        changes_of(Script().call("u", "renameat2 flags=2", "0", {"path_rename named=x second=y"})),
        ElementsAre("10/x 11>12", "10/y 12>11"));
    EXPECT_THAT(
        changes_of(Script().call("u", "renameat2 flags=4", "0", {"path_rename named=x second=y0"})),
        ElementsAre("10/x 11>?", "10/y ->11"));
}

TEST(BindingChanges, ARenameOfOneHardLinkToAnotherChangesNothing) {
    EXPECT_THAT(changes_of(Script().call("u", "rename", "0", {"path_rename named=x second=h"})),
                IsEmpty());
}

TEST(BindingChanges, WithoutItsEntryARenameWithFlagsMayHaveBeenAnExchange) {
    const std::string_view lost =
        "5.1 cpu0 u [cpu0#1] @ path_rename named=x second=y\n5.2 cpu0 u [cpu0#1] < renameat2 0\n";
    EXPECT_THAT(changes_of(lost), ElementsAre("10/x 11>?", "10/y 12>11"));
    const std::string_view without_flags =
        "5.1 cpu0 u [cpu0#1] @ path_rename named=x second=y\n5.2 cpu0 u [cpu0#1] < renameat 0\n";
    EXPECT_THAT(changes_of(without_flags), ElementsAre("10/x 11>-", "10/y 12>11"));
}

TEST(BindingChanges, AnOrphansRenameMayHaveBeenAnExchange) {
    EXPECT_THAT(changes_of(Script().line("u", "[-] @ path_rename named=x second=y")),
                ElementsAre("10/x 11>?", "10/y 12>11"));
}

TEST(BindingChanges, RemovingLinkingAndMakingChangeOneEntry) {
    EXPECT_THAT(changes_of(Script().call("u", "unlink", "0", {"path_unlink named=x"})),
                ElementsAre("10/x 11>-"));
    EXPECT_THAT(changes_of(Script().call("u", "link", "0", {"path_link named=x second=y0"})),
                ElementsAre("10/y ->11"));
    EXPECT_THAT(
        changes_of(Script().call("u", "mkdir", "0", {"path_mkdir named=x0", "sys_exit made=x"})),
        ElementsAre("10/x ->11"));
    EXPECT_THAT(changes_of(Script().call("u", "openat", "3", {"file_open opened=x detail=1"})),
                ElementsAre("10/x ->11"));
    EXPECT_THAT(changes_of(Script().call("u", "openat", "3", {"file_open opened=x"})), IsEmpty());
}

TEST(BindingChanges, APivotRootPutsTheNewRootWhereTheOldOneWas) {
    EXPECT_THAT(changes_of(Script().call("u", "pivot_root", "0", {"sys_exit cwd=home root=home"})),
                ElementsAre("2/home ?>10"));
    EXPECT_THAT(changes_of(Script().call("u", "pivot_root", "0", {"sys_exit cwd=root root=root"})),
                IsEmpty());
}

TEST(BindingChanges, WhatWasMadeIsUnknownWhereItsRecordIsMissing) {
    EXPECT_THAT(changes_of(Script().call("u", "symlink", "0", {"path_symlink named=x0"})),
                ElementsAre("10/x ->?"));
}

TEST(BindingChanges, ACallThatFailedOrLeftNoHookChangedNothingKnown) {
    EXPECT_THAT(changes_of(Script().call("u", "unlink", "-EROFS", {"path_unlink named=x"})),
                IsEmpty());
    EXPECT_THAT(changes_of(Script().call("u", "unlink", "0")), IsEmpty());
    EXPECT_THAT(changes_of(Script().call("u", "rename", "0", {"path_rename named=x"})),
                ElementsAre("10/x 11>-"));
}

}  // namespace
}  // namespace tocsin
