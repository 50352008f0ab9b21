// SPDX-License-Identifier: Apache-2.0
//
// A directory that is covered by a mount and uncovered again, in another mount namespace than that
// of who checks and uses its name.
#include "analyzer/replay/mount_namespaces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/analyzer/analysis_fixture.h"
#include "tests/unit/analyzer/name_story.h"

namespace tocsin {
namespace {

using test::analyzed;
using test::call;
using test::line;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// User 1000 with CAP_SYS_ADMIN: `a` in the first mount namespace, which has the number 0; `an` in
// one of its own, `au` in one of another user namespace's. `vn`: a process of root's below `an`.
const std::string kCast =
    "task a tgid=210 comm=\"user\" uid=1000 gid=1000 permitted=0x200000\n"
    "task an tgid=210 comm=\"user\" uid=1000 gid=1000 permitted=0x200000 mntns=7\n"
    "task au tgid=210 comm=\"user\" uid=1000 gid=1000 permitted=0x200000 userns=7 mntns=7\n"
    "task vn tgid=400 comm=\"victim\" uid=0 permitted=0x1ffffffffff mntns=8\n"
    "object dm 0:50/1 mode=040755 owner=1000:1000 mount=9 name=\"d\" in=home\n";

std::string set(int time, const std::string& task, const std::string& flags,
                const std::string& result = "0", const std::string& name = "/",
                const std::string& named = "root") {
    return call(time, task, "mount string#0=16:\"none\" path=32:\"" + name + "\" flags=" + flags,
                result, {"sb_mount string#0=\"none\" named=" + named});
}

const std::string kAllShared = "0x104000", kAllPrivate = "0x44000", kAllSlave = "0x84000";
const std::string kShared = set(1, "r", kAllShared);
const std::string kUnshared =
    line(4, "a", "> unshare flags=0x20000") + line(5, "an", "< unshare 0");

AnalysisResult covered_by(const std::string& task, const std::string& before,
                          const std::string& after = "", const std::string& victim = "v") {
    return analyzed(test::story(
        kCast + before +
        call(10, victim, "newfstatat path=16:\"/home/d\"", "0", {"inode_getattr named=d"}) +
        call(20, task, "mount string#0=16:\"none\" path=32:\"/home/d\" flags=0", "0",
             {"sb_mount string#0=\"none\" named=d", "sys_exit made=dm"}) +
        call(30, task, "umount2 path=32:\"/home/d\"", "0",
             {"sb_umount named=dm", "sys_exit made=d"}) +
        after + call(50, victim, "chdir path=16:\"/home/d\"", "0", {"sys_exit cwd=d"})));
}

// The races and how many uses were not judged.
std::vector<std::string> told_of(const AnalysisResult& result) {
    std::vector<std::string> told = test::races_of(result);
    if (const uint64_t unknown = result.coverage.names.of_unknown_mounts; unknown != 0)
        told.push_back(std::to_string(unknown) + " unknown");
    return told;
}

TEST(MountNamespaces, AMountInOnesOwnIsInterference) {
    EXPECT_THAT(told_of(covered_by("a", "")), ElementsAre("F3 path"));
}

TEST(MountNamespaces, AMountAmongPeersIsInterference) {
    EXPECT_THAT(told_of(covered_by("an", kShared + kUnshared)), ElementsAre("F3 path"));
    EXPECT_THAT(told_of(covered_by("an", kShared + kUnshared + set(6, "an", kAllShared))),
                ElementsAre("F3 path"));
    EXPECT_THAT(told_of(covered_by("an", kShared + line(4, "a", "fork an"))),
                ElementsAre("F3 path"));
}

TEST(MountNamespaces, AMountInAPrivateOneOrASlaveIsNone) {
    for (const std::string& flags : {kAllPrivate, kAllSlave, std::string("0x24000")}) {
        EXPECT_THAT(told_of(covered_by("an", kShared + kUnshared + set(6, "an", flags))), IsEmpty())
            << flags;
        EXPECT_THAT(told_of(covered_by("an", kUnshared + set(6, "an", flags))), IsEmpty())
            << flags << ", not known whether its maker's mounts were shared";
    }
}

TEST(MountNamespaces, APrivateOneDoesNotReceiveAndASlaveDoes) {
    EXPECT_THAT(told_of(covered_by("an", kShared + kUnshared + set(6, "r", kAllPrivate))),
                IsEmpty());
    EXPECT_THAT(told_of(covered_by("an", kShared + kUnshared + set(6, "r", kAllSlave))),
                ElementsAre("1 unknown"));
}

TEST(MountNamespaces, AnotherUserNamespacesSendsNothing) {
    EXPECT_THAT(told_of(covered_by("au", kShared + line(4, "a", "> unshare flags=0x10020000") +
                                             line(5, "au", "< unshare 0"))),
                IsEmpty());
}

TEST(MountNamespaces, WhatWasSharedBeforeTheRecordingIsUnknownAndCounted) {
    const auto result = covered_by("an", kUnshared);
    EXPECT_THAT(told_of(result), ElementsAre("1 unknown"));
    EXPECT_THAT(test::report_of(result, "json"), HasSubstr("\"of_unknown_mounts\":1"));
    EXPECT_THAT(test::report_of(result, "text"), HasSubstr("not known whether it showed"));
    EXPECT_THAT(told_of(covered_by("an", kShared)), ElementsAre("1 unknown"))
        << "how the namespace was made is not recorded";
}

TEST(MountNamespaces, AChangeOfSomeMountsLeavesNoCertainty) {
    EXPECT_THAT(told_of(covered_by(
                    "an", kShared + kUnshared + set(6, "an", kAllPrivate, "0", "/etc", "etc"))),
                ElementsAre("1 unknown"));
    EXPECT_THAT(told_of(covered_by("an", kShared + kUnshared + set(6, "an", "0x40000"))),
                ElementsAre("1 unknown"));
    EXPECT_THAT(told_of(covered_by(
                    "an", kShared + kUnshared +
                              call(6, "an", "mount_setattr path=32:\"/\" flags=0x8000", "0"))),
                ElementsAre("1 unknown"));
}

TEST(MountNamespaces, AreTakenAsTheyWereWhenTheMountWasMade) {
    EXPECT_THAT(told_of(covered_by("an", kShared + kUnshared, set(40, "an", kAllPrivate))),
                ElementsAre("F3 path"));
    EXPECT_THAT(
        told_of(covered_by("an", kShared + kUnshared + set(6, "an", kAllPrivate, "-EPERM"))),
        ElementsAre("F3 path"));
}

TEST(MountNamespaces, ThoseMadeOfAPrivateOneMayReceiveFromIt) {
    const std::string alone = kShared + kUnshared + set(6, "an", kAllPrivate);
    EXPECT_THAT(told_of(covered_by("an", alone + line(9, "an", "fork vn"), "", "vn")),
                ElementsAre("1 unknown"));
    EXPECT_THAT(told_of(covered_by("an",
                                   kUnshared +
                                       call(6, "an",
                                            "mount string#0=16:\"none\" path=32:\"/\" "
                                            "flags=0x104000",
                                            "0", {"sb_mount string#0=\"none\" named=root"}) +
                                       line(9, "an", "fork vn"),
                                   "", "vn")),
                ElementsAre("F3 path"));
}

}  // namespace
}  // namespace tocsin
