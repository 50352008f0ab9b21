// SPDX-License-Identifier: Apache-2.0
// Root saves a user's file: writes a temporary one, renames it and gives it to the user, by
// its name. By then the user has put a symbolic link there. See README.md.
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "samples/support/name_sample.h"
#include "samples/support/plain_file.h"

namespace {

bool prepare(const TryNames& names) {
    return symlink(names.roots("passwd").c_str(), names.own("link").c_str()) == 0;
}

bool swap_names(const TryNames& names) {
    return rename(names.own("link").c_str(), names.own("draft").c_str()) == 0;
}

std::optional<NameRace> save(Attempt& attempt, const std::string& name, int file) {
    if (!attempt.attacks() && fchown(file, kAttacker, kAttacker) != 0) return failed_race(name);
    if (rename((name + ".new").c_str(), name.c_str()) != 0) return failed_race(name);
    if (!attempt.swap()) return std::nullopt;
    if (attempt.attacks() && chown(name.c_str(), kAttacker, kAttacker) != 0)
        return failed_race(name);
    const std::string target = attempt.roots("passwd");
    return judge_mark(name, target, is_owned_by(kAttacker, target), is_owned_by(kAttacker, file));
}

std::optional<NameRace> race(Attempt& attempt) {
    const std::string name = attempt.users("draft");
    const int file = open((name + ".new").c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return failed_race(name);
    const std::optional<NameRace> result = save(attempt, name, file);
    close(file);
    return result;
}

}  // namespace

int main(int argc, char** argv) {
    return run_name_sample(
        argc, argv,
        {.story =
             "As root, renames a new file in a directory of user 1000's to its final name and "
             "gives\n"
             "it to this user by chown; before that a process of the user renames a symbolic link\n"
             "over it.\n",
         .form = "rename",
         .twin = "the same, but the file is given away by fchown before its rename",
         .roots_file = "passwd",
         .attacker = {.prepare = prepare, .swap = swap_names},
         .twins_attacker = {},
         .race = race});
}
