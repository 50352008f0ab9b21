// SPDX-License-Identifier: Apache-2.0
// Root mounts a directory of a user's volume in a pod: looks that its name leads through no
// symbolic link and then mounts it. By then the user has exchanged it for one. See README.md.
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "samples/support/container_walk.h"
#include "samples/support/name_sample.h"
#include "samples/support/own_mounts.h"
#include "samples/support/plain_file.h"

namespace {

bool prepare(const TryNames& names) {
    return mkdir(names.own("data").c_str(), 0755) == 0 &&
           symlink(names.roots("host").c_str(), names.own("link").c_str()) == 0;
}

bool exchange(const TryNames& names) {
    return renameat2(AT_FDCWD, names.own("link").c_str(), AT_FDCWD, names.own("data").c_str(),
                     RENAME_EXCHANGE) == 0;
}

// The directory that was checked is called by the name that it has after the exchange.
std::optional<NameRace> mount_and_judge(const Attempt& attempt, const std::string& source) {
    const std::string name = attempt.users("data"), pod = attempt.roots("pod");
    if (mount(source.c_str(), pod.c_str(), nullptr, MS_BIND, nullptr) != 0)
        return failed_race(name);
    const MountedOn place(pod);
    const std::optional<FileIdentity> mounted = identity_at(pod);
    return judge_mark(name, attempt.roots("host"), mounted == identity_at(attempt.roots("host")),
                      mounted == identity_at(attempt.users("link")));
}

std::optional<NameRace> race(Attempt& attempt) {
    const std::string root = attempt.directories().users(), below = attempt.own("data");
    const std::string name = attempt.users("data");
    if (mkdir(attempt.roots("pod").c_str(), 0755) != 0 ||
        mkdir(attempt.roots("host").c_str(), 0755) != 0)
        return failed_race(name);
    int held = -1;
    std::string source = name;
    if (attempt.attacks()) {
        if (!leads_through_no_link(root, below)) return failed_race(name);
    } else {
        held = walk_without_links(root, below);
        if (held < 0) return failed_race(name);
        source = "/proc/self/fd/" + std::to_string(held);
    }
    std::optional<NameRace> result;
    if (attempt.swap()) result = mount_and_judge(attempt, source);
    if (held >= 0) close(held);
    return result;
}

}  // namespace

int main(int argc, char** argv) {
    return run_name_sample(
        argc, argv,
        {.story = "As root, looks that a directory of user 1000's is no symbolic link and mounts "
                  "it in a place\nof root's; in between a process of this user exchanges it with "
                  "a symbolic link to one of\nroot's. All in a mount namespace of its own.\n",
         .form = "exchange",
         .twin = "the same, but the directory is held by O_PATH and named /proc/self/fd/N",
         .roots_file = nullptr,
         .attacker = {.prepare = prepare, .swap = exchange},
         .twins_attacker = {},
         .race = race,
         .mounts = NameSample::Mounts::kOfItsOwn});
}
