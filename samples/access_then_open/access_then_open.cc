// SPDX-License-Identifier: Apache-2.0
// Root asks whether a user's file may be written and then opens it for writing: by then
// the user has put a symbolic link to a file of root's there. See README.md.
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "samples/support/name_sample.h"
#include "samples/support/plain_file.h"

namespace {

bool prepare(const TryNames& names) {
    return make_file(names.own("report"), 0644, "the user's\n") &&
           symlink(names.roots("passwd").c_str(), names.own("link").c_str()) == 0;
}

bool swap_names(const TryNames& names) {
    return rename(names.own("link").c_str(), names.own("report").c_str()) == 0;
}

std::optional<NameRace> race(Attempt& attempt) {
    const std::string name = attempt.users("report");
    if (!attempt.attacks() && !attempt.swap()) return std::nullopt;
    if (access(name.c_str(), W_OK) != 0) return failed_race(name);
    if (attempt.attacks() && !attempt.swap()) return std::nullopt;
    const int file = open(name.c_str(), O_WRONLY | O_CLOEXEC);
    return judge_open(name, file, attempt.roots("passwd"),
                      attempt.attacks() ? NameRace::Verdict::kWon : NameRace::Verdict::kKept,
                      NameRace::Verdict::kKept);
}

}  // namespace

int main(int argc, char** argv) {
    return run_name_sample(
        argc, argv,
        {.story = "As root, calls access on a file of user 1000's and then opens it; in between a\n"
                  "process of this user renames a symbolic link over it.\n",
         .form = "rename",
         .twin = "the same, but the link is there before access is called",
         .roots_file = "passwd",
         .attacker = {.prepare = prepare, .swap = swap_names},
         .twins_attacker = {},
         .race = race});
}
