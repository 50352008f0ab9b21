// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/bindings.h"

#include <gtest/gtest.h>

#include "analyzer/replay/mount_table.h"
#include "tests/unit/analyzer/replayed_world.h"

namespace tocsin {
namespace {

using test::replayed;
using test::Script;

constexpr ObjectId kHome{8 << 20 | 1, 10, 0}, kRoot{8 << 20 | 1, 2, 0};

Bindings learned(std::string_view lines) {
    Bindings bindings;
    for (const auto& operation : replayed(lines).operations) bindings.observe(*operation);
    return bindings;
}

// "11", "-" for nothing, "?" where it is not known.
std::string child(const Bindings& bindings, const ObjectId& directory, std::string_view name) {
    const Bindings::Entry* entry = bindings.find(directory, name);
    if (entry == nullptr || !entry->child) return "?";
    return *entry->child == ObjectId{} ? "-" : std::to_string(entry->child->inode);
}

std::string x_after(std::string_view lines) {
    return child(learned(lines), kHome, "x");
}

const std::string kStat = "stat path=1:\"/home/x\"";

Script looked_up() {
    return Script().call("u", kStat, "0", {"inode_getattr named=x"});
}

TEST(Bindings, ALookupShowsEveryEntryOnItsWay) {
    const Bindings bindings = learned(looked_up());
    EXPECT_EQ(child(bindings, kHome, "x"), "11");
    EXPECT_EQ(child(bindings, kRoot, "home"), "10");
    EXPECT_EQ(bindings.unknown_lookups(), 0U);
    EXPECT_EQ(child(bindings, kHome, "y"), "?");
    EXPECT_EQ(bindings.unknown_lookups(), 1U);
}

TEST(Bindings, ALookupThatFindsNothingShowsThat) {
    EXPECT_EQ(x_after(Script().call("u", kStat, "-ENOENT", {"sys_exit named=x0"})), "-");
}

TEST(Bindings, AnEntrySaysWhichEventShowedItAndWhen) {
    const Bindings bindings = learned(looked_up());
    const Bindings::Entry* entry = bindings.find(kHome, "x");
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(entry->from.ns, 5'100'000'000U);
    EXPECT_EQ(entry->to.ns, 5'101'000'000U);
    EXPECT_EQ(entry->shown_by, (EventRef{0, 2}));
}

TEST(Bindings, ASymbolicLinkKeepsItsTarget) {
    const Bindings bindings =
        learned(std::string("object l 8:1/13 mode=0120777 name=\"l\" in=home\n") +
                std::string(std::string_view(
                    Script().call("u", "openat path=1:\"/home/l\"", "3",
                                  {"inode_follow_link target=\"/etc/passwd\" symlink=l detail=2",
                                   "file_open opened=passwd"}))));
    const Bindings::Entry* entry = bindings.find(kHome, "l");
    ASSERT_NE(entry, nullptr);
    ASSERT_TRUE(entry->target);
    EXPECT_EQ(std::string_view(*entry->target), "/etc/passwd");
}

TEST(Bindings, ChangesMoveWhatIsKnown) {
    const Bindings renamed =
        learned(looked_up().call("u", "rename", "0", {"path_rename named=x second=y"}));
    EXPECT_EQ(child(renamed, kHome, "x"), "-");
    EXPECT_EQ(child(renamed, kHome, "y"), "11");
    EXPECT_EQ(x_after(looked_up().call("u", "unlink", "0", {"path_unlink named=x"})), "-");
    EXPECT_EQ(x_after(Script().call("u", "openat path=1:\"/home/x\"", "3",
                                    {"file_open opened=x detail=1"})),
              "11");
}

TEST(Bindings, AFailedChangeChangesNothingAndALostOneMayHave) {
    EXPECT_EQ(x_after(looked_up().call("u", "unlink", "-EROFS", {"path_unlink named=x"})), "11");
    EXPECT_EQ(x_after(looked_up().call("u", "unlink", "", {"path_unlink named=x"})), "?");
    EXPECT_EQ(x_after(looked_up().line("u", "[-] @ path_unlink named=x")), "?");
}

TEST(Bindings, WhatWasMadeAndNotRecordedIsUnknown) {
    EXPECT_EQ(x_after(Script().call("u", "symlink", "0", {"path_symlink named=x0"})), "?");
}

TEST(Bindings, AfterALostChangeALaterLookupShowsTheEntryAgain) {
    const std::string lost(std::string_view(looked_up().line("u", "[-] @ path_unlink named=x")));
    const std::string soon = "5.2 cpu0 u > " + kStat + "\n5.21 cpu0 u @ inode_getattr named=x\n";
    const std::string late = "6.9 cpu0 u > " + kStat + "\n6.91 cpu0 u @ inode_getattr named=x\n";
    EXPECT_EQ(x_after(lost + soon), "?") << "the unlink may still be going on";
    EXPECT_EQ(x_after(lost + late), "11");
}

// A stat that begins before and ends after an unlink; it sees x, or nothing.
std::string around_an_unlink(const std::string& seen) {
    return "5.1 cpu1 s > " + kStat + "\n5.2 cpu0 u > unlink\n5.21 cpu0 u @ path_unlink named=x\n" +
           "5.25 cpu1 s @ inode_getattr named=" + seen + "\n5.3 cpu0 u < unlink 0\n" +
           "5.4 cpu1 s < stat 0\n";
}

TEST(Bindings, WhoSawWhatAChangeDidAwayWithCameBeforeIt) {
    EXPECT_EQ(x_after(around_an_unlink("x")), "-");
    EXPECT_EQ(x_after(around_an_unlink("x0")), "-");
}

TEST(Bindings, OverlappingCallsThatDisagreeLeaveTheEntryUnknown) {
    const std::string other = "object x2 8:1/77 gen=1 name=\"x\" in=home\n";
    EXPECT_EQ(x_after(other + around_an_unlink("x2")), "?");
}

TEST(Bindings, AnOlderLookupThatEndsLateChangesNothing) {
    EXPECT_EQ(x_after("5.1 cpu1 s > " + kStat +
                      "\n5.11 cpu1 s @ inode_getattr named=x\n"
                      "5.2 cpu0 u > unlink\n5.21 cpu0 u @ path_unlink named=x\n"
                      "5.3 cpu0 u < unlink 0\n5.4 cpu1 s < stat 0\n"),
              "-");
}

TEST(Bindings, AClockThatRunsBackMakesNoKnowledge) {
    EXPECT_EQ(x_after("5.3 cpu0 u > " + kStat +
                      "\n5.1 cpu0 u @ inode_getattr named=x\n5.05 cpu0 u < stat 0\n"),
              "11");
    EXPECT_EQ(x_after("5.3 cpu0 u > unlink\n5.1 cpu0 u @ path_unlink named=x\n"
                      "5.05 cpu0 u < unlink 0\n"),
              "-");
}

TEST(Bindings, FilesBehindDescriptorsAndTheSnapshotTeachNothing) {
    const Bindings bindings =
        learned(Script().call("u", "fchmod dirfd=3", "0", {"inode_setattr named=x"}));
    EXPECT_EQ(bindings.size(), 0U);
}

TEST(Bindings, WithoutItsEntryALookupTeachesNothing) {
    EXPECT_EQ(x_after("5.1 cpu0 u [cpu0#1] @ inode_getattr path=\"/home/x\" named=x\n"
                      "5.2 cpu0 u [cpu0#1] < stat 0\n"),
              "?");
}

TEST(Bindings, OfTooManyTheFirstAreForgotten) {
    Bindings bindings;
    Operation made =
        *replayed(Script().call("u", "unlink", "0", {"path_unlink named=x"})).operations.at(0);
    const FileObject first = *made.object(ObjectRole::kNamed);
    for (size_t i = 0; i < Bindings::kMostEntries + 3; ++i) {
        auto file = std::make_shared<FileObject>(first);
        file->link.name = SharedBytes(std::to_string(i));
        made.objects.set(ObjectRole::kNamed, std::move(file));
        bindings.observe(made);
    }
    EXPECT_EQ(bindings.size(), Bindings::kMostEntries);
    EXPECT_EQ(bindings.forgotten(), 3U);
    EXPECT_EQ(child(bindings, kHome, "2"), "?");
    EXPECT_EQ(child(bindings, kHome, "3"), "-");
}

// /home/mnt is covered by a file system on 8:2, mount 30; f is a file there.
const std::string kMounted =
    "object mnt 8:2/2 mode=040755 mount=30 name=\"mnt\" in=home\n"
    "object f 8:2/9 gen=1 mount=30 name=\"f\" in=mnt\n";

std::string seen_there(const Script& script = {}) {
    return kMounted + std::string(std::string_view(Script(script).call(
                          "u", "stat path=1:\"/home/mnt/f\"", "0", {"inode_getattr named=f"})));
}

TEST(Bindings, WhatAMountCoversIsNoEntryOfItsDirectory) {
    const Bindings bindings = learned(seen_there());
    EXPECT_EQ(child(bindings, kHome, "mnt"), "?");
    EXPECT_EQ(child(bindings, {8 << 20 | 2, 2, 0}, "f"), "9");
}

MountTable mounts_after(std::string_view lines) {
    MountTable mounts;
    for (const auto& operation : replayed(lines).operations) mounts.observe(*operation);
    return mounts;
}

TEST(MountTable, AFileWhoseDirectoryIsOnAnotherMountIsItsMountsRoot) {
    const MountTable mounts = mounts_after(seen_there());
    const MountTable::Mount* mount = mounts.find(30);
    ASSERT_NE(mount, nullptr);
    EXPECT_EQ(mount->root, (ObjectId{8 << 20 | 2, 2, 0}));
    EXPECT_EQ(mount->parent, 1U);
    EXPECT_EQ(mount->directory, kHome);
    EXPECT_EQ(std::string_view(mount->name), "mnt");
    EXPECT_EQ(mounts.find(1), nullptr) << "nothing is above it";
    EXPECT_EQ(mounts.last_change(), std::nullopt);
}

TEST(MountTable, AnUmountForgetsItsMountUnlessItFailed) {
    const std::string seen = seen_there();
    EXPECT_EQ(mounts_after(seen + "5.5 cpu0 u > umount2\n5.51 cpu0 u @ sb_umount named=mnt\n"
                                  "5.52 cpu0 u < umount2 0\n")
                  .find(30),
              nullptr);
    const MountTable failed =
        mounts_after(seen +
                     "5.5 cpu0 u > umount2\n5.51 cpu0 u @ sb_umount named=mnt\n"
                     "5.52 cpu0 u < umount2 -EBUSY\n");
    EXPECT_NE(failed.find(30), nullptr);
    EXPECT_EQ(failed.last_change(), std::nullopt);
}

TEST(MountTable, TheLastChangeIsThatOfAnyCallThatMayHaveMadeOne) {
    EXPECT_EQ(mounts_after("5.5 cpu0 u > mount\n5.51 cpu0 u @ sb_mount named=home\n"
                           "5.52 cpu0 u < mount 0\n")
                  .last_change(),
              (BootTime{5'520'000'000}));
    EXPECT_EQ(mounts_after("5.5 cpu0 u [-] @ sb_mount named=home\n").last_change(),
              (BootTime{5'500'000'000}));
}

}  // namespace
}  // namespace tocsin
