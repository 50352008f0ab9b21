// SPDX-License-Identifier: Apache-2.0
// Root looks that a user's file has one name only and lets everybody read it: by then the
// name is another one of a file of root's. See README.md.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "samples/support/name_sample.h"
#include "samples/support/plain_file.h"

namespace {

constexpr mode_t kReadable = 0644;

int roots_directory = -1;  // the attacker's descriptor, for it cannot get there by a path

bool look_into_roots_directory(const TryNames& names) {
    roots_directory = open(names.directories().roots().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    return roots_directory >= 0;
}

bool prepare(const TryNames& names) {
    return make_file(names.own("report"), 0600, "the user's\n");
}

bool link_shadow(const TryNames& names) {
    return unlink(names.own("report").c_str()) == 0 &&
           linkat(roots_directory, names.own("shadow").c_str(), AT_FDCWD,
                  names.own("report").c_str(), 0) == 0;
}

// The twin: `cp -l` of the user's.
bool link_report(const TryNames& names) {
    return link(names.own("report").c_str(), names.own("copy").c_str()) == 0;
}

std::optional<NameRace> race(Attempt& attempt) {
    const std::string name = attempt.users("report");
    if (!attempt.attacks() && !attempt.swap()) return std::nullopt;
    struct stat checked;
    if (lstat(name.c_str(), &checked) != 0) return failed_race(name);
    if (!S_ISREG(checked.st_mode) || checked.st_uid != kAttacker)
        return errno = EINVAL, failed_race(name);
    if (attempt.attacks() && !attempt.swap()) return std::nullopt;
    if (chmod(name.c_str(), kReadable) != 0) return failed_race(name);
    const std::string target = attempt.roots("shadow");
    return judge_mark(name, target, has_mode(kReadable, target), has_mode(kReadable, name));
}

}  // namespace

int main(int argc, char** argv) {
    return run_name_sample(
        argc, argv,
        {.story = "As root, calls lstat on a file of user 1000's and then lets everybody read it "
                  "by chmod;\n"
                  "in between a process of this user puts a hard link to a file of root's in its "
                  "place,\n"
                  "which needs fs.protected_hardlinks=0.\n",
         .form = "link",
         .twin = "instead, the user makes a hard link to the file, before lstat is called",
         .roots_file = "shadow",
         .attacker = {.enter = look_into_roots_directory, .prepare = prepare, .swap = link_shadow},
         .twins_attacker = {{.prepare = prepare, .swap = link_report}},
         .race = race});
}
