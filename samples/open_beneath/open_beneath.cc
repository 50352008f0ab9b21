// SPDX-License-Identifier: Apache-2.0
// Root looks at a file in a user's tree and opens it with RESOLVE_BENEATH: by then the user has
// exchanged a directory for a symbolic link that leads out, and the open is refused. See README.md.
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "samples/support/name_sample.h"
#include "samples/support/plain_file.h"

namespace {

bool make_data(const std::string& data) {
    return mkdir(data.c_str(), 0755) == 0 && make_file(data + "/passwd", 0644, "the tree's\n");
}

bool prepare(const TryNames& names) {
    return make_data(names.own("data")) &&
           symlink(names.roots("etc").c_str(), names.own("link").c_str()) == 0;
}

bool exchange(const TryNames& names) {
    return renameat2(AT_FDCWD, names.own("link").c_str(), AT_FDCWD, names.own("data").c_str(),
                     RENAME_EXCHANGE) == 0;
}

// The twin's. That nothing in the tree is the user's to rename is no trouble; if it were, the
// victim would find out.
bool fail_to_exchange(const TryNames& names) {
    return exchange(names) || errno == EACCES;
}

int open_beneath(int tree, const std::string& below) {
    open_how how{};
    how.flags = O_RDONLY | O_CLOEXEC;
    how.resolve = RESOLVE_BENEATH;
    return static_cast<int>(syscall(SYS_openat2, tree, below.c_str(), &how, sizeof how));
}

// Looks, has the attacker act, opens. A win is a refusal: the name led out of the tree by then.
std::optional<NameRace> race_in(Attempt& attempt, int tree, const std::string& name) {
    const std::string below = attempt.own("data") + "/passwd";
    struct stat checked;
    if (fstatat(tree, below.c_str(), &checked, AT_SYMLINK_NOFOLLOW) != 0) return failed_race(name);
    if (!attempt.swap()) return std::nullopt;
    const int file = open_beneath(tree, below);
    if (file < 0 && errno == EXDEV && attempt.attacks())
        return NameRace{.verdict = NameRace::Verdict::kWon, .check = name, .used = "nothing"};
    return judge_open(name, file, attempt.roots("etc") + "/passwd", NameRace::Verdict::kChanged,
                      NameRace::Verdict::kKept);
}

std::optional<NameRace> race(Attempt& attempt) {
    const std::string name =
        (attempt.attacks() ? attempt.users("data") : attempt.roots("data")) + "/passwd";
    const std::string root =
        attempt.attacks() ? attempt.directories().users() : attempt.directories().roots();
    const std::string etc = attempt.roots("etc");
    if (mkdir(etc.c_str(), 0755) != 0 || !make_file(etc + "/passwd", 0600, "root's\n") ||
        (!attempt.attacks() && (!make_data(attempt.roots("data")) ||
                                symlink(etc.c_str(), attempt.roots("link").c_str()) != 0)))
        return failed_race(name);
    const int tree = open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (tree < 0) return failed_race(name);
    std::optional<NameRace> result = race_in(attempt, tree, name);
    close(tree);
    return result;
}

}  // namespace

int main(int argc, char** argv) {
    return run_name_sample(
        argc, argv,
        {.story =
             "As root, looks at a file in a tree of user 1000's and opens it with RESOLVE_BENEATH; "
             "in\nbetween a process of this user exchanges a directory with a symbolic link out of "
             "it.\nThe open is then refused.\n",
         .form = "exchange",
         .twin = "the same, but the tree is root's, so that the user's try fails",
         .roots_file = nullptr,
         .attacker = {.prepare = prepare, .swap = exchange},
         .twins_attacker = {{.in_roots_directory = true, .swap = fail_to_exchange}},
         .race = race});
}
