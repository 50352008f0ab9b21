// SPDX-License-Identifier: Apache-2.0
//
// Changes that signals, futexes and locks on files put between check and use.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyzer/analysis_fixture.h"
#include "tests/unit/analyzer/name_story.h"

namespace tocsin {
namespace {

using test::analyzed;
using test::call;
using test::line;
using test::stamp;
using test::story;

// b: a worker of v's under an account of the system's, a child of v's; b5: another thread of it;
// k, n: files to lock.
const std::string kWorkers =
    "task b tgid=253 started=5.0 uid=42 gid=42\n"
    "task b5 tgid=253 tid=255 started=5.0 uid=42 gid=42\n"
    "object k 0:13/90 mode=0100600 name=\"k\" in=etc\n"
    "object n 0:13/91 mode=0100600 name=\"n\" in=etc\n";
const std::string kForked = line(2, "v", "fork b") + line(3, "b", "fork b5");
const std::string kX = "path=16:\"/home/x\"";
const std::string kAccessed = call(10, "v", "access " + kX, "0", {"inode_permission named=x"});
const std::string kUsed = call(
    90, "v", "openat " + kX + " flags=1", "3",
    {"inode_follow_link target=\"/etc/passwd\" symlink=xl detail=2", "file_open opened=passwd"});

std::string swapped(const std::string& task) {
    return call(40, task, "rename path#0=16:\"/home/l\" path#1=32:\"/home/x\"", "0",
                {"path_rename named=l second=x"});
}
std::string signalled(int time, const std::string& task, int receiver, int signal = 10) {
    return call(time, task,
                "kill pid=" + std::to_string(receiver) + " value=" + std::to_string(signal), "0",
                {"signal_generate detail=" + std::to_string(receiver)});
}
std::string took(int time, const std::string& task, int signal = 10) {
    return line(time, task, "@ signal_deliver detail=" + std::to_string(signal));
}
std::string woke(int time, const std::string& task, int receiver) {
    return line(time, task, "@ sched_waking detail=" + std::to_string(receiver));
}
enum Lock { kShared, kAlone, kLetGo };
std::string locks(int time, const std::string& task, Lock lock, const std::string& file = "k") {
    return line(time, task,
                "@ flock_lock_inode locked=" + file + " detail=" + std::to_string(lock));
}

// The rule that sets the one race aside; empty: none.
std::string set_aside(const std::string& lines) {
    const auto result = analyzed(story(kWorkers + kForked + lines));
    for (const Finding& finding : result.findings)
        if (finding.candidate.rule == Rule::kF1) return std::string(finding.judgement.set_aside_by);
    ADD_FAILURE() << "no F1";
    return "?";
}

constexpr const char* kOrdered = "ordered-in-trust-domain";
// v tells the worker by a signal, and is woken by it.
const std::string kAsked = signalled(20, "v", -253) + took(30, "b");
const std::string kAnswered = woke(60, "b", 100);

TEST(Signals, OrderTheSenderBeforeTheTaker) {
    EXPECT_EQ(set_aside(kAccessed + kAsked + swapped("b") + kAnswered + kUsed), kOrdered);
    EXPECT_EQ(set_aside(kAccessed + swapped("b") + kAnswered + kUsed), "");
}

TEST(Signals, OfAUserAreNotBelieved) {
    EXPECT_EQ(set_aside(kAccessed + signalled(20, "v", -200) + took(30, "u") + swapped("u") +
                        woke(60, "u", 100) + kUsed),
              "");
}

TEST(Signals, ForAThreadAreTakenByThatOne) {
    EXPECT_EQ(set_aside(kAccessed + signalled(20, "v", 255) + took(30, "b5") + swapped("b5") +
                        woke(60, "b5", 100) + kUsed),
              kOrdered);
    EXPECT_EQ(set_aside(kAccessed + signalled(20, "v", 255) + took(30, "b") + swapped("b") +
                        kAnswered + kUsed),
              "");
}

TEST(Signals, ThatMayHaveBeenSentBeforeSayNothing) {
    // One of the same number waited when the victim sent its own; of those from SIGRTMIN on, both
    // do.
    const std::string before = signalled(5, "v", -253, 40);
    const std::string asked = signalled(20, "v", -253, 40) + took(30, "b", 40);
    EXPECT_EQ(set_aside(before + kAccessed + asked + swapped("b") + kAnswered + kUsed), "");
    EXPECT_EQ(set_aside(kAccessed + asked + swapped("b") + kAnswered + kUsed), kOrdered);
}

TEST(Signals, OfSeveralSendersSayNothing) {
    EXPECT_EQ(set_aside(kAccessed + signalled(15, "r", -253, 40) + signalled(20, "v", -253, 40) +
                        took(30, "b", 40) + swapped("b") + kAnswered + kUsed),
              "");
}

TEST(Signals, AreForgottenWithTheProcess) {
    EXPECT_EQ(set_aside(kAccessed + signalled(20, "v", -253) + line(25, "b", "exit last") +
                        took(30, "b") + swapped("b") + kAnswered + kUsed),
              "");
}

TEST(Signals, ForAProcessAreNotCertainWhereRecordsAreMissing) {
    std::string lines = kAccessed + kAsked + swapped("b") + kAnswered + kUsed;
    lines.replace(lines.find(stamp(30) + " cpu1"), stamp(30).size() + 5, stamp(30) + " cpu1 #99");
    EXPECT_EQ(set_aside(lines), "");
}

TEST(Wakings, OrderWhatTheWakerDidBeforeWhatTheWokenDoes) {
    EXPECT_EQ(set_aside(kAccessed + woke(20, "v", 253) + swapped("b") + kAnswered + kUsed),
              kOrdered);
    EXPECT_EQ(set_aside(kAccessed + woke(20, "v", 255) + swapped("b") + kAnswered + kUsed), "");
}

TEST(FileLocks, OrderWhoLetsGoBeforeWhoGetsItNext) {
    const auto with = [](Lock first, Lock second, const std::string& file) {
        return set_aside(locks(5, "v", first) + kAccessed + locks(20, "v", kLetGo) +
                         locks(30, "b", second, file) + swapped("b") +
                         locks(60, "b", kLetGo, file) + locks(70, "v", kAlone) + kUsed);
    };
    EXPECT_EQ(with(kAlone, kAlone, "k"), kOrdered);
    EXPECT_EQ(with(kShared, kAlone, "k"), kOrdered);
    EXPECT_EQ(with(kAlone, kShared, "k"), kOrdered);
    // Who only share it do not wait for one another.
    EXPECT_EQ(with(kShared, kShared, "k"), "");
    EXPECT_EQ(with(kAlone, kAlone, "n"), "");
}

TEST(FileLocks, ByFcntlAreOthersThanThoseByFlock) {
    std::string lines = locks(5, "v", kAlone) + kAccessed + locks(20, "v", kLetGo) +
                        locks(30, "b", kAlone) + swapped("b") + kAnswered + kUsed;
    EXPECT_EQ(set_aside(lines), kOrdered);
    const std::string name = "flock_lock_inode";
    lines.replace(lines.rfind(name), name.size(), "posix_lock_inode");
    EXPECT_EQ(set_aside(lines), "");
}

TEST(FileLocks, AreLetGoOfByAnExit) {
    // s, a child of v's, hears of the check while it holds the lock.
    const std::string child = "task s tgid=250 started=5.0 uid=0 permitted=0x1ffffffffff\n";
    const std::string before = child + line(4, "v", "fork s") + locks(5, "s", kAlone) + kAccessed;
    const std::string after = locks(30, "b", kAlone) + swapped("b") + kAnswered + kUsed;
    const std::string told = woke(15, "v", 250), gone = line(20, "s", "exit last");
    EXPECT_EQ(set_aside(before + told + gone + after), kOrdered);
    EXPECT_EQ(set_aside(before + gone + after), "");
}

TEST(FileLocks, ThatAnotherProcessMayShareSayOnlyWhatCameBeforeThem) {
    // b lets go of what it was not seen to get: that of v, perhaps.
    const std::string shared = locks(15, "b", kLetGo);
    EXPECT_EQ(set_aside(locks(5, "v", kAlone) + kAccessed + shared + locks(20, "v", kLetGo) +
                        locks(30, "b", kAlone) + swapped("b") + kAnswered + kUsed),
              "");
    EXPECT_EQ(set_aside(kAccessed + locks(14, "v", kAlone) + shared + locks(20, "v", kLetGo) +
                        locks(30, "b", kAlone) + swapped("b") + kAnswered + kUsed),
              kOrdered);
}

}  // namespace
}  // namespace tocsin
