// SPDX-License-Identifier: Apache-2.0
// Root looks that a name is free and then creates a file there: by then a user has put a
// symbolic link to a file of root's there. See README.md.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "samples/support/name_sample.h"

namespace {

bool plant(const TryNames& names) {
    return symlink(names.roots("passwd").c_str(), names.own("spool").c_str()) == 0;
}

bool is_free(const std::string& name) {
    struct stat status;
    return stat(name.c_str(), &status) != 0 && errno == ENOENT;
}

// The victim of the twin takes the next name where the first one is taken after all.
std::optional<NameRace> race(Attempt& attempt) {
    const int exclusive = attempt.attacks() ? 0 : O_EXCL;
    std::string name = attempt.users("spool");
    if (!is_free(name)) return failed_race(name);
    if (!attempt.swap()) return std::nullopt;
    int file = open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | exclusive, 0600);
    if (file < 0 && errno == EEXIST) {
        name += ".next";
        if (!is_free(name)) return failed_race(name);
        file = open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | exclusive, 0600);
    }
    return judge_open(name, file, attempt.roots("passwd"), NameRace::Verdict::kWon,
                      NameRace::Verdict::kKept);
}

}  // namespace

int main(int argc, char** argv) {
    return run_name_sample(
        argc, argv,
        {.story =
             "As root, looks that a name in a directory of user 1000's is free and creates a file "
             "of\n"
             "this name; in between a process of this user makes a symbolic link of this name.\n",
         .form = "symlink",
         .twin = "the same, but the file is created with O_EXCL, or else the next name taken",
         .roots_file = "passwd",
         .attacker = {.swap = plant},
         .twins_attacker = {},
         .race = race});
}
