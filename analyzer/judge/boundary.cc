// SPDX-License-Identifier: Apache-2.0
#include "analyzer/judge/boundary.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "analyzer/judge/policy.h"
#include "analyzer/replay/open_flags.h"

namespace tocsin {
namespace {

constexpr int kCrossed = 100;
constexpr int kPeer = 60;
constexpr int kOtherCapabilities = 30;
constexpr int kNotKnown = 25;
// Who changed the name could have done as much to that file without it: at most they learn what is
// written to it, or feed what is read from it.
constexpr int kLearned = 30;
constexpr int kNothingGained = 10;

struct Impact {
    std::string_view call;
    int hundredths;
    std::string_view what;
};

constexpr std::array kImpacts = {
    Impact{"execve", 100, "a program runs"},
    Impact{"execveat", 100, "a program runs"},
    Impact{"mount", 100, "a file system is mounted"},
    Impact{"move_mount", 100, "a file system is mounted"},
    Impact{"umount2", 100, "a file system is unmounted"},
    Impact{"open_tree", 100, "a mount is made"},
    Impact{"chroot", 100, "a process gets another root"},
    Impact{"pivot_root", 100, "processes get another root"},
    Impact{"chdir", 60, "a process goes to a directory"},
    Impact{"truncate", 90, "a file is emptied"},
    Impact{"chown", 90, "a file gets another owner"},
    Impact{"lchown", 90, "a file gets another owner"},
    Impact{"fchownat", 90, "a file gets another owner"},
    Impact{"chmod", 90, "a file gets other permissions"},
    Impact{"fchmodat", 90, "a file gets other permissions"},
    Impact{"fchmodat2", 90, "a file gets other permissions"},
    Impact{"file_setattr", 90, "a file gets other flags"},
    Impact{"swapon", 100, "the kernel keeps memory in a file"},
    Impact{"acct", 90, "the kernel writes accounts to a file"},
    Impact{"quotactl", 90, "a file system's quotas are turned on"},
    Impact{"fspick", 100, "a file system is to be set up anew"},
    Impact{"fsconfig", 100, "a file system is set up"},
    Impact{"mount_setattr", 100, "a mount is changed"},
    Impact{"inotify_add_watch", 30, "a file is watched"},
    Impact{"fanotify_mark", 30, "a file is watched"},
};
// By the beginning of its name.
constexpr std::array kAttributes = {
    Impact{"security.capability", 90, "a program's capabilities change"},
    Impact{"security.", 90, "a file's security label changes"},
    Impact{"system.posix_acl", 90, "a file's access list changes"},
    Impact{"trusted.", 70, "an attribute of the system's own changes"},
    Impact{"", 30, "an attribute of a file changes"},
};
constexpr Impact kUnknownAttribute{"", 90, "an attribute changes, which one is not recorded"};
constexpr Impact kWrites{"", 90, "a file is opened to be written"};
constexpr Impact kReads{"", 60, "a file is opened to be read"};
constexpr Impact kRunsContent{"", 100, "an interpreter opens the script that it was told to run"};
constexpr Impact kDirectoryChanges{"", 70, "a directory changes"};
constexpr Impact kTimesChange{"", 30, "a file gets other times"};

bool writes(const Operation& use) {
    return use.syscall->name == "creat" ||
           (open_flags_of(use) & (kOpenAccessMode | kOpenCreate | kOpenTruncate)) != 0;
}

// Whether an interpreter opens a file that its command line names.
bool runs_content(const Operation& use) {
    const auto executable = use.caller.executable();
    const Operand* name = use.first_operand(OperandKind::kPath);
    if (executable == nullptr || name == nullptr || !use.caller.image->command_line) return false;
    const std::string_view words = use.caller.image->command_line->bytes;
    // Of the many programs that busybox is, the first word says which.
    std::string_view program = executable->link.name;
    if (program == "busybox") program = words.substr(0, words.find('\0'));
    if (!is_interpreter(program)) return false;
    const std::string_view text = name->text();
    for (size_t begin = 0; begin < words.size();) {
        const size_t end = std::min(words.find('\0', begin), words.size());
        if (begin != 0 && words.substr(begin, end - begin) == text) return true;
        begin = end + 1;
    }
    return false;
}

bool changes_attribute(const Operation& use) {
    return use.syscall->name.find("xattr") != std::string_view::npos;
}

const Impact& impact_of_attribute(const Operation& use) {
    const Operand* attribute = use.first_operand(OperandKind::kString);
    if (attribute == nullptr || attribute->text().empty()) return kUnknownAttribute;
    return *std::find_if(kAttributes.begin(), kAttributes.end(), [&](const Impact& known) {
        return attribute->text().starts_with(known.call);
    });
}

const Impact& impact(const Operation& use) {
    if (use.syscall->group == SyscallGroup::kOpen)
        return writes(use) ? kWrites : runs_content(use) ? kRunsContent : kReads;
    if (changes_attribute(use)) return impact_of_attribute(use);
    for (const Impact& known : kImpacts)
        if (known.call == use.syscall->name) return known;
    return use.syscall->name.find("utime") != std::string_view::npos ? kTimesChange
                                                                     : kDirectoryChanges;
}

bool is_watch(const Operation& use) {
    return use.syscall->name == "inotify_add_watch" || use.syscall->name == "fanotify_mark";
}

bool is_trusted_with(const Operation& use) {
    const SyscallGroup group = use.syscall->group;
    return group == SyscallGroup::kExec || impact(use).hundredths == 100;
}

// Whether the task may itself do to what was found what the use does.
bool may_do_the_same(const TaskState& task, const Candidate& candidate) {
    const Operation& use = *candidate.operation;
    const FileObject& found = *candidate.race->found;
    const std::string_view call = use.syscall->name;
    const bool is_there = candidate.race->found_id != ObjectId{};
    if (use.syscall->group == SyscallGroup::kOpen && is_there && !use.made_file)
        return may(task, writes(use) ? Right::kWrite : Right::kRead, found.link);
    if (use.syscall->group == SyscallGroup::kExec) return may(task, Right::kExecute, found.link);
    if (call == "truncate" || call == "acct") return may(task, Right::kWrite, found.link);
    if (call == "chdir") return may(task, Right::kExecute, found.link);
    if (is_watch(use)) return may(task, Right::kRead, found.link);
    const bool changes_inode =
        impact(use).hundredths == 90 || &impact(use) == &kTimesChange || changes_attribute(use);
    if (is_there && changes_inode) return may(task, Right::kOwn, found.link);
    return found.parent != nullptr && may(task, Right::kWrite, found.parent->link);
}

// Whether the task decides what is in the file: it owns or may write it or its directory.
bool controls(const TaskState& task, const FileObject& file) {
    return may(task, Right::kOwn, file.link) || may(task, Right::kWrite, file.link) ||
           (file.parent != nullptr && may(task, Right::kWrite, file.parent->link));
}

Factor boundary_of_exposure(const NameRace& race, const Operation& use) {
    if (!race.exposed_to) return {0, "no user of the trace could have changed the name"};
    if (standing_of(*race.exposed_to, use.task) == Standing::kPeer)
        return {kPeer, "a user of no more rights could have changed the name"};
    return {kCrossed, "a user with fewer rights could have changed the name"};
}

}  // namespace

Factor impact_of(const Operation& use) {
    const Impact& known = impact(use);
    return {known.hundredths, std::string(known.what)};
}

Factor boundary_of(const Candidate& candidate) {
    const NameRace& race = *candidate.race;
    if (candidate.rule == Rule::kF4) return boundary_of_exposure(race, *candidate.operation);
    const Mutation* mutation = race.explained_by();
    if (mutation == nullptr) return {kNotKnown, "who changed the name is not known"};
    switch (mutation->standing) {
        case Standing::kSamePrincipal:
            return {0, "the same user with the same rights changed it"};
        case Standing::kOtherCapabilities:
            return {kOtherCapabilities, "the same user with other capabilities changed it"};
        case Standing::kMorePrivileged:
            return {0, "a user with more rights changed it"};
        case Standing::kLessPrivileged:
        case Standing::kPeer:
            break;
    }
    const bool is_peer = mutation->standing == Standing::kPeer;
    if (candidate.rule == Rule::kF3)
        return is_peer ? Factor{kPeer, "a user of no more rights changed the name"}
                       : Factor{kCrossed, "a user with fewer rights changed the name"};
    const TaskState& task = mutation->operation->task;
    if (is_trusted_with(*candidate.operation) && controls(task, *race.found))
        return {kCrossed, "who changed it controls what the use trusts"};
    if (candidate.rule == Rule::kF5)
        return {kLearned, "what another user wrote is read, and not run"};
    if (may_do_the_same(task, candidate)) {
        const bool is_written = candidate.operation->syscall->group == SyscallGroup::kOpen &&
                                writes(*candidate.operation);
        return {is_written ? kLearned : kNothingGained,
                "who changed the name may do the same to that file anyway"};
    }
    if (is_peer)
        return {kPeer, "a user of no more rights changed the name, and has no right to that file"};
    return {kCrossed, "who changed the name has no right to do that, who uses it has"};
}

Factor impact_of_pid(const Candidate& candidate) {
    const Operation& use = *candidate.operation;
    const SyscallGroup group = use.syscall->group;
    if (group == SyscallGroup::kProcess || group == SyscallGroup::kMemory)
        return {100, "a process is acted on"};
    const auto& image = use.caller.image;
    const bool is_parent = image != nullptr && image->parent_id &&
                           image->parent_id->tgid == candidate.process_race->found.state.id.tgid;
    if (is_parent && has_borrowed_rights(use.task->credentials))
        return {100, "a set-uid program looks at whom it acts for"};
    return {20, "a process is looked at"};
}

Factor boundary_of_pid(const Candidate& candidate) {
    const ProcessRace& race = *candidate.process_race;
    switch (standing_of(race.found.state, race.expected.state)) {
        case Standing::kSamePrincipal:
            return {0, "both are of the same user with the same rights"};
        case Standing::kOtherCapabilities:
            return {kOtherCapabilities, "both are of the same user, with other capabilities"};
        case Standing::kMorePrivileged:
            return {kCrossed, "the process has more rights than the one that was checked"};
        case Standing::kPeer:
            return race.is_another_process()
                       ? Factor{kCrossed, "the process is another user's than the one checked"}
                       : Factor{kPeer, "the process has become another user's"};
        case Standing::kLessPrivileged:
            break;
    }
    if (race.is_another_process())
        return {kCrossed, "the process is of a user with fewer rights than the one checked"};
    return {0, "the process has given up rights"};
}

bool is_of_trusted_mutator(const NameRace& race) {
    const Mutation* mutation = race.explained_by();
    return mutation != nullptr && mutation->standing == Standing::kMorePrivileged;
}

}  // namespace tocsin
