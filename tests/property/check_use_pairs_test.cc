// SPDX-License-Identifier: Apache-2.0
//
// Every pair of a check and a use that the table of system calls (formats/hooks.def) admits, with
// and without a change of another user's in between: of a directory on the way, by a symbolic link,
// and where there is a file, of this one, by a hard link. A new row is in it by itself.
//
// Among them are the pairs of Wei and Pu, "TOCTTOU Vulnerabilities in UNIX-Style File Systems: An
// Anatomical Study" (FAST 2005): 224, of which 171 differ. The paper's own list was not at hand; it
// is made here anew from the sets of its CUU model. That these give 224 and 171, too, is what
// speaks for them.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/hooks.h"
#include "tests/unit/analyzer/analysis_fixture.h"
#include "tests/unit/analyzer/name_story.h"

namespace tocsin {
namespace {

using test::call;

// Beside the cast of name_story.h: what may be "f" in /home/d, and in /etc; df2 is y by that name,
// dfm what is mounted there, dfu what a mount had covered, dfcron /etc/f; z is to the use what y is
// to the check.
constexpr std::string_view kMoreCast =
    "object z 8:1/14 gen=1 mode=0100644 owner=1000:1000 name=\"z\" in=home\n"
    "object z0 0:0/0 mode=0 links=0 name=\"z\" in=home\n"
    "object df0 0:0/0 mode=0 links=0 name=\"f\" in=d\n"
    "object dfm 0:40/1 mode=040755 owner=1000:1000 mount=2 name=\"f\" in=d\n"
    "object dfu 8:1/41 gen=1 mode=040755 owner=1000:1000 name=\"f\" in=d\n"
    "object df2 8:1/13 gen=1 mode=0100644 owner=1000:1000 name=\"f\" in=d\n"
    "object dfcron 8:1/6 gen=1 mode=0100644 links=2 name=\"f\" in=d\n"
    "object etcf0 0:0/0 mode=0 links=0 name=\"f\" in=etc\n"
    "object etcnew 8:1/30 gen=1 mode=0100644 name=\"f\" in=etc\n"
    "5.000000 cpu0 v found cwd=root root=root\n"
    "5.000000 cpu1 u found cwd=root root=root\n";

// What a call does to one of its names.
enum class Act { kLooks, kFindsNothing, kActs, kMakes, kRemoves };

struct Way {
    const SyscallInfo* syscall;
    size_t argument;  // of the name
    Act act;

    bool needs_file() const { return act != Act::kFindsNothing && act != Act::kMakes; }
    bool leaves_file() const { return act != Act::kFindsNothing && act != Act::kRemoves; }
    bool is_use() const { return act != Act::kLooks && act != Act::kFindsNothing; }
};

bool begins(const SyscallInfo& syscall, std::string_view prefix) {
    return syscall.name.starts_with(prefix);
}

std::vector<size_t> names_of(const SyscallInfo& syscall) {
    std::vector<size_t> arguments;
    for (const OperandInfo& operand : syscall.operands)
        if (operand.kind == OperandKind::kPath) arguments.push_back(operand.argument);
    return arguments;
}

bool starts_at_descriptor(const SyscallInfo& syscall, size_t argument) {
    return std::any_of(
        syscall.operands.begin(), syscall.operands.end(), [argument](const OperandInfo& operand) {
            return operand.kind == OperandKind::kDirfd && operand.argument + 1U == argument;
        });
}

// No hook shows what they lead to, so that nothing can be said of their names.
constexpr std::string_view kUnseen[] = {"open_tree", "name_to_handle_at", "fspick",
                                        "fsconfig",  "mount_setattr",     "quotactl"};

bool is_unseen(std::string_view name) {
    return std::find(std::begin(kUnseen), std::end(kUnseen), name) != std::end(kUnseen);
}

// Where the old root is then, another mount, is not recorded: that is no check.
bool leaves_unknown(const SyscallInfo& syscall, size_t argument) {
    return syscall.name == "pivot_root" && argument == 1;
}

std::vector<Act> acts_of(const SyscallInfo& syscall, bool is_second_name) {
    if (syscall.group == SyscallGroup::kCheck) return {Act::kLooks, Act::kFindsNothing};
    if (syscall.group == SyscallGroup::kOpen) return {Act::kActs, Act::kMakes};
    if (begins(syscall, "rename")) return {is_second_name ? Act::kMakes : Act::kRemoves};
    if (begins(syscall, "link")) return {is_second_name ? Act::kMakes : Act::kActs};
    if (begins(syscall, "unlink") || begins(syscall, "rmdir")) return {Act::kRemoves};
    if (begins(syscall, "mk") || begins(syscall, "symlink")) return {Act::kMakes};
    return {Act::kActs};
}

// Every way in which a recorded call acts on a name.
std::vector<Way> ways() {
    std::vector<Way> all;
    for (const SyscallInfo& syscall : recorded_syscalls()) {
        const std::vector<size_t> names = names_of(syscall);
        for (size_t i = 0; i < names.size(); ++i)
            for (const Act act : acts_of(syscall, i != 0))
                if (!is_unseen(syscall.name)) all.push_back({&syscall, names[i], act});
    }
    return all;
}

// The labels of the file "f" in a directory: as it is, as nothing, and as what is made there.
struct Entry {
    std::string file, nothing, made;
    std::string other;  // of a call with two names
};
const Entry kHomes{"df", "df0", "df", "y"}, kRoots{"cron", "etcf0", "etcnew", "z"};

// Whether the call takes a mount away from its name.
bool uncovers(const Way& way) {
    return way.syscall->name == "umount2" ||
           (way.argument != 3 && way.syscall->name == "move_mount") ||
           (way.argument == 0 && way.syscall->name == "pivot_root");
}

std::string two(std::string_view hook, std::string_view named, std::string_view second) {
    return fmt::format("{} named={} second={}", hook, named, second);
}

// By a part of the call's name.
constexpr std::pair<std::string_view, std::string_view> kHooksOfAttributes[] = {
    {"getxattr", "inode_getxattr"},
    {"listxattr", "inode_listxattr"},
    {"setxattr", "inode_setxattr"},
    {"removexattr", "inode_removexattr"},
    {"file_getattr", "inode_file_getattr"},
    {"file_setattr", "inode_file_setattr"},
    {"statfs", "sb_statfs"},
    {"inotify_add_watch", "path_notify"},
    {"fanotify_mark", "path_notify"}};

// What hooks show of the call, as hooks.def has it; what is not named there is what a row has that
// nobody knew when this was written.
std::vector<std::string> hooks_of(const Way& way, const Entry& entry) {
    const SyscallInfo& syscall = *way.syscall;
    const std::string named = " named=" + (way.needs_file() ? entry.file : entry.nothing);
    const bool is_first = names_of(syscall).front() == way.argument;
    if (way.act == Act::kFindsNothing) return {"sys_exit" + named};
    if (syscall.group == SyscallGroup::kOpen)
        return {"file_open opened=" +
                (way.act == Act::kMakes ? entry.made + " detail=1" : entry.file)};
    if (syscall.group == SyscallGroup::kExec) return {"bprm_check_security checked=" + entry.file};
    if (begins(syscall, "rename"))
        return {is_first ? two("path_rename", entry.file, entry.other + "0")
                         : two("path_rename", entry.other, entry.nothing)};
    if (begins(syscall, "link"))
        return {is_first ? two("path_link", entry.file, entry.other + "0")
                         : two("path_link", entry.other, entry.nothing)};
    if (syscall.name == "move_mount" || syscall.name == "pivot_root") {
        const std::string hook = syscall.name == "pivot_root" ? "sb_pivotroot" : "move_mount";
        if (!is_first) return {two(hook, entry.other, entry.file)};
        return {two(hook, entry.file, entry.other), "sys_exit made=dfu"};
    }
    if (way.act == Act::kMakes) {
        const std::string_view what = begins(syscall, "mkdir")   ? "path_mkdir"
                                      : begins(syscall, "mknod") ? "path_mknod"
                                                                 : "path_symlink";
        return {std::string(what) + named, "sys_exit made=" + entry.made};
    }
    if (way.act == Act::kRemoves)
        return {(syscall.name == "rmdir" ? "path_rmdir" : "path_unlink") + named};
    for (const auto& [calls, hook] : kHooksOfAttributes)
        if (syscall.name.find(calls) != std::string_view::npos) return {std::string(hook) + named};
    if (syscall.name == "acct" || syscall.name == "swapon")
        return {"file_open opened=" + entry.file};
    if (syscall.name == "chdir") return {"sys_exit cwd=" + entry.file};
    if (syscall.name == "chroot") return {"sys_exit cwd=root root=" + entry.file};
    if (syscall.name == "mount") return {"sb_mount" + named, "sys_exit made=dfm"};
    if (syscall.name == "umount2") return {"sb_umount" + named, "sys_exit made=dfu"};
    if (syscall.group == SyscallGroup::kChange) return {"inode_setattr" + named};
    if (syscall.name.find("access") != std::string_view::npos) return {"inode_permission" + named};
    return {(begins(syscall, "readlink") ? "inode_readlink" : "inode_getattr") + named};
}

// What the entry that the call was about is called once it is over; empty: nothing is there.
std::string left_by(const Way& way) {
    if (!way.leaves_file()) return {};
    if (way.syscall->name == "mount") return "dfm";
    if (uncovers(way)) return "dfu";
    const bool brings_y = (way.act == Act::kMakes &&
                           (begins(*way.syscall, "rename") || begins(*way.syscall, "link"))) ||
                          way.syscall->name == "move_mount";
    return brings_y ? "df2" : "df";
}

// One call of v's by the name: of what is there, or through the link that has its directory's
// place.
std::string made_call(int time, const Way& way, std::string_view name, const Entry& entry,
                      bool through_link) {
    const std::vector<size_t> names = names_of(*way.syscall);
    std::string text(way.syscall->name);
    for (const size_t argument : names) {
        const std::string said =
            argument == way.argument ? std::string(name) : "/home/" + entry.other;
        const std::string kind = names.size() == 1 ? "path" : fmt::format("path#{}", argument);
        text += fmt::format(" {}={}:\"{}\"", kind, 16 * (argument + 1), said);
        const std::string start =
            names.size() == 1 ? "dirfd" : fmt::format("dirfd#{}", argument - 1);
        if (starts_at_descriptor(*way.syscall, argument))
            text += fmt::format(" {}={}", start, static_cast<uint32_t>(AT_FDCWD));
    }
    std::vector<std::string> hooks = hooks_of(way, entry);
    if (through_link)
        hooks.insert(hooks.begin(),
                     fmt::format("inode_follow_link target=\"/etc\" symlink=dl detail={}",
                                 way.argument + 1));
    const std::string_view result = way.act == Act::kFindsNothing               ? "-ENOENT"
                                    : way.syscall->group == SyscallGroup::kOpen ? "3"
                                                                                : "0";
    return call(time, "v", text, result, hooks);
}

enum class Swap { kNone, kDirectory, kFile };

// What u does in between: puts a symbolic link to /etc in the place of /home/d, or /etc/f in that
// of its file.
std::string swapped(int time, Swap swap, const std::string& file) {
    if (swap == Swap::kNone) return {};
    if (swap == Swap::kFile)
        return call(time, "u", "unlink path=16:\"/home/d/f\"", "0", {"path_unlink named=" + file}) +
               call(time + 10, "u", "link path#0=16:\"/etc/f\" path#1=32:\"/home/d/f\"", "0",
                    {"path_link named=cron second=df0"});
    return call(time, "u", "rename path#0=16:\"/home/d\" path#1=32:\"/home/d.old\"", "0",
                {"path_rename named=d second=dold0"}) +
           call(time + 10, "u", "symlink string=16:\"/etc\" path=32:\"/home/d\"", "0",
                {"path_symlink named=d0", "sys_exit made=dl"});
}

// A name that leads to the same place before and after the check: an absolute one is another one
// in another root, a relative one in another directory.
std::string_view name_for(const Way& check) {
    return check.syscall->name == "chroot" ? "home/d/f" : "/home/d/f";
}

AnalysisResult analyzed_pair(const Way& check, const Way& use, Swap swap) {
    const std::string_view name = name_for(check);
    const std::string left = left_by(check);
    const Entry found = swap == Swap::kDirectory ? kRoots
                        : swap == Swap::kFile    ? Entry{"dfcron", "df0", "df", "z"}
                                                 : Entry{left, "df0", "df", "z"};
    return test::analyzed(test::story(
        std::string(kMoreCast) + made_call(10, check, name, kHomes, false) +
        swapped(30, swap, left) + made_call(60, use, name, found, swap == Swap::kDirectory)));
}

std::string described(const Way& check, const Way& use) {
    const auto one = [](const Way& way) {
        return fmt::format("{} of argument {}, act {}", way.syscall->name, way.argument,
                           static_cast<int>(way.act));
    };
    return one(check) + "; " + one(use);
}

// The pairs of which the check leaves what the use needs.
std::vector<std::pair<Way, Way>> pairs() {
    std::vector<std::pair<Way, Way>> all;
    const std::vector<Way> every = ways();
    for (const Way& check : every)
        for (const Way& use : every)
            if (use.is_use() && !leaves_unknown(*check.syscall, check.argument) &&
                check.leaves_file() == use.needs_file())
                all.emplace_back(check, use);
    return all;
}

size_t races_in(const AnalysisResult& result, Rule rule) {
    return static_cast<size_t>(
        std::count_if(result.findings.begin(), result.findings.end(),
                      [rule](const Finding& finding) { return finding.candidate.rule == rule; }));
}

const Candidate* the_f1(const AnalysisResult& result) {
    for (const Finding& finding : result.findings)
        if (finding.candidate.rule == Rule::kF1) return &finding.candidate;
    return nullptr;
}

void expect_the_race(const Way& check, const Way& use, Swap swap) {
    const auto result = analyzed_pair(check, use, swap);
    EXPECT_EQ(races_in(result, Rule::kF1), 1U) << described(check, use);
    const Candidate* race = the_f1(result);
    if (race == nullptr) return;
    EXPECT_EQ(race->operation->syscall, use.syscall) << described(check, use);
    EXPECT_EQ(race->race->check->syscall, check.syscall) << described(check, use);
    EXPECT_EQ(race->race->explained_by()->operation->task->id.tgid, 200) << described(check, use);
}

TEST(CheckUsePairs, EachIsARaceWhenAnotherUserReplacesADirectoryOnTheWay) {
    const auto all = pairs();
    for (const auto& [check, use] : all) expect_the_race(check, use, Swap::kDirectory);
    std::printf("%zu pairs of check and use\n", all.size());
}

TEST(CheckUsePairs, EachOfAFileIsARaceWhenAnotherUserReplacesIt) {
    size_t count = 0;
    for (const auto& [check, use] : pairs()) {
        if (!use.needs_file()) continue;
        expect_the_race(check, use, Swap::kFile);
        ++count;
    }
    std::printf("%zu pairs of check and use\n", count);
}

TEST(CheckUsePairs, NoneIsOneWhenNobodyDoes) {
    for (const auto& [check, use] : pairs()) {
        const auto result = analyzed_pair(check, use, Swap::kNone);
        EXPECT_EQ(races_in(result, Rule::kF1) + races_in(result, Rule::kF2), 0U)
            << described(check, use);
    }
}

// The sets of the CUU model. A check is explicit, or an earlier creation, removal or use of the
// name; `rename` makes one name and removes another.
using Calls = std::vector<std::string_view>;
const Calls kChecks = {"access", "stat"};
const Calls kMakeFile = {"creat", "open", "mknod", "rename"}, kRemoveFile = {"unlink", "rename"};
const Calls kMakeLink = {"link", "symlink", "rename"}, kRemoveLink = {"unlink", "rename"};
const Calls kMakeDirectory = {"mkdir", "rename"}, kRemoveDirectory = {"rmdir", "rename"};
const Calls kUseFile = {"chmod", "chown", "truncate", "utime", "open", "execve"};
const Calls kUseDirectory = {"chmod", "chown", "utime", "mount", "chdir", "chroot", "pivot_root"};

std::vector<std::pair<std::string_view, std::string_view>> pairs_of_the_model() {
    const std::pair<Calls, Calls> sets[] = {
        {kChecks, kMakeFile},       {kRemoveFile, kMakeFile},
        {kChecks, kMakeDirectory},  {kRemoveDirectory, kMakeDirectory},
        {kChecks, kMakeLink},       {kRemoveLink, kMakeLink},
        {kChecks, kUseFile},        {kMakeFile, kUseFile},
        {kMakeLink, kUseFile},      {kUseFile, kUseFile},
        {kChecks, kUseDirectory},   {kMakeDirectory, kUseDirectory},
        {kMakeLink, kUseDirectory}, {kUseDirectory, kUseDirectory}};
    std::vector<std::pair<std::string_view, std::string_view>> all;
    for (const auto& [checks, uses] : sets)
        for (const auto check : checks)
            for (const auto use : uses) all.emplace_back(check, use);
    return all;
}

TEST(CheckUsePairs, ThoseOfWeiAndPuAreAmongThem) {
    const auto model = pairs_of_the_model();
    const std::set different(model.begin(), model.end());
    EXPECT_EQ(model.size(), 224U);
    EXPECT_EQ(different.size(), 171U);
    std::set<std::pair<std::string_view, std::string_view>> covered;
    for (const auto& [check, use] : pairs())
        covered.emplace(check.syscall->name, use.syscall->name);
    for (const auto& [check, use] : different)
        EXPECT_TRUE(covered.contains({check, use})) << check << ", " << use;
}

}  // namespace
}  // namespace tocsin
