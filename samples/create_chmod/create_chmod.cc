// SPDX-License-Identifier: Apache-2.0
// Root creates a lock file, which is certainly new, and lets everybody read it by chmod: by
// then a user has put a symbolic link to a file of root's there. See README.md.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "samples/support/name_sample.h"
#include "samples/support/plain_file.h"

namespace {

constexpr mode_t kReadable = 0444;

bool unlink_and_relink(const TryNames& names) {
    const std::string name = names.own("lock");
    return unlink(name.c_str()) == 0 && symlink(names.roots("shadow").c_str(), name.c_str()) == 0;
}

std::optional<NameRace> make_readable(Attempt& attempt, const std::string& name, int file) {
    if (!attempt.swap()) return std::nullopt;
    const int result = attempt.attacks() ? chmod(name.c_str(), kReadable) : fchmod(file, kReadable);
    if (result != 0) return failed_race(name);
    const std::string target = attempt.roots("shadow");
    return judge_mark(name, target, has_mode(kReadable, target), has_mode(kReadable, file));
}

std::optional<NameRace> race(Attempt& attempt) {
    const std::string name = attempt.users("lock");
    const int file = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return failed_race(name);
    const std::optional<NameRace> result = make_readable(attempt, name, file);
    close(file);
    return result;
}

}  // namespace

int main(int argc, char** argv) {
    return run_name_sample(argc, argv,
                           {.story = "As root, creates a file in a directory of user 1000's with "
                                     "O_EXCL and lets everybody\n"
                                     "read it by chmod; before that a process of this user puts a "
                                     "symbolic link in its place.\n",
                            .form = "symlink",
                            .twin = "the same, but by fchmod",
                            .roots_file = "shadow",
                            .attacker = {.swap = unlink_and_relink},
                            .twins_attacker = {},
                            .race = race});
}
