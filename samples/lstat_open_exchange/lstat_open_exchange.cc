// SPDX-License-Identifier: Apache-2.0
// Root looks that a user's name is no symbolic link and then opens it: by then the user
// has exchanged it with one, to a file that only root may read. See README.md.
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "samples/support/name_sample.h"
#include "samples/support/plain_file.h"

namespace {

bool prepare(const TryNames& names) {
    return make_file(names.own("report"), 0644, "the user's\n") &&
           symlink(names.roots("shadow").c_str(), names.own("link").c_str()) == 0;
}

bool exchange(const TryNames& names) {
    return renameat2(AT_FDCWD, names.own("link").c_str(), AT_FDCWD, names.own("report").c_str(),
                     RENAME_EXCHANGE) == 0;
}

// The twin: what an editor of root's does.
bool make_old(const TryNames& names) {
    return make_file(names.own("report"), 0644, "old\n");
}

bool save(const TryNames& names) {
    const std::string version = names.own("report") + ".new";
    return make_file(version, 0644, "new\n") &&
           rename(version.c_str(), names.own("report").c_str()) == 0;
}

std::optional<NameRace> race(Attempt& attempt) {
    const std::string name = attempt.users("report");
    struct stat checked;
    if (lstat(name.c_str(), &checked) != 0) return failed_race(name);
    if (!S_ISREG(checked.st_mode)) return errno = EINVAL, failed_race(name);
    if (!attempt.swap()) return std::nullopt;
    const int file = open(name.c_str(), O_RDONLY | O_CLOEXEC);
    const bool is_same =
        file >= 0 && identity_of(file) == FileIdentity{checked.st_dev, checked.st_ino};
    return judge_open(name, file, attempt.roots("shadow"), NameRace::Verdict::kWon,
                      is_same ? NameRace::Verdict::kKept : NameRace::Verdict::kChanged);
}

}  // namespace

int main(int argc, char** argv) {
    return run_name_sample(
        argc, argv,
        {.story = "As root, calls lstat on a file of user 1000's and then opens it; in between a\n"
                  "process of this user exchanges it with a symbolic link.\n",
         .form = "exchange",
         .twin = "instead, root saves a new version of the file in between",
         .roots_file = "shadow",
         .attacker = {.prepare = prepare, .swap = exchange},
         .twins_attacker = {{.user = 0, .prepare = make_old, .swap = save}},
         .race = race});
}
