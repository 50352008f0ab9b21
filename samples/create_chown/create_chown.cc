// SPDX-License-Identifier: Apache-2.0
// Root creates a file in a user's directory and gives it to the user, by its name: by
// then the user has put a symbolic link to a file of root's there. See README.md.
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "samples/support/name_sample.h"
#include "samples/support/plain_file.h"

namespace {

constexpr std::string_view kText = "what was edited\n";

bool prepare(const TryNames& names) {
    return symlink(names.roots("passwd").c_str(), names.own("link").c_str()) == 0;
}

bool swap_names(const TryNames& names) {
    return rename(names.own("link").c_str(), names.own("draft").c_str()) == 0;
}

std::optional<NameRace> write_and_give_away(Attempt& attempt, const std::string& name, int file) {
    errno = ENOSPC;  // what a short write means
    if (write(file, kText.data(), kText.size()) != static_cast<ssize_t>(kText.size()))
        return failed_race(name);
    if (!attempt.swap()) return std::nullopt;
    const int result = attempt.attacks() ? chown(name.c_str(), kAttacker, kAttacker)
                                         : fchown(file, kAttacker, kAttacker);
    if (result != 0) return failed_race(name);
    const std::string target = attempt.roots("passwd");
    return judge_mark(name, target, is_owned_by(kAttacker, target), is_owned_by(kAttacker, file));
}

std::optional<NameRace> race(Attempt& attempt) {
    const std::string name = attempt.users("draft");
    const int file = open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return failed_race(name);
    const std::optional<NameRace> result = write_and_give_away(attempt, name, file);
    close(file);
    return result;
}

}  // namespace

int main(int argc, char** argv) {
    return run_name_sample(
        argc, argv,
        {.story =
             "As root, creates a file in a directory of user 1000's, writes it and gives it to "
             "this\n"
             "user by chown; before that a process of the user renames a symbolic link over it.\n",
         .form = "rename",
         .twin = "the same, but the file is given away by fchown",
         .roots_file = "passwd",
         .attacker = {.prepare = prepare, .swap = swap_names},
         .twins_attacker = {},
         .race = race});
}
