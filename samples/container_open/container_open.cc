// SPDX-License-Identifier: Apache-2.0
// Root copies a file into a container: looks that its name leads through no symbolic link
// and then writes there. By then the container has exchanged a directory for one. See README.md.
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "samples/support/container_walk.h"
#include "samples/support/name_sample.h"
#include "samples/support/own_mounts.h"
#include "samples/support/plain_file.h"

namespace {

bool enter_container(const TryNames&) {
    return unshare_mounts() && chroot(".") == 0;
}

// In the container DIR/user is the root, so that the link's target is none there.
bool prepare(const TryNames& names) {
    const std::string data = names.own("data");
    return mkdir(data.c_str(), 0755) == 0 && make_file(data + "/passwd", 0644, "the user's\n") &&
           symlink(names.roots("etc").c_str(), names.own("link").c_str()) == 0;
}

bool exchange(const TryNames& names) {
    return renameat2(AT_FDCWD, names.own("link").c_str(), AT_FDCWD, names.own("data").c_str(),
                     RENAME_EXCHANGE) == 0;
}

// The twin stops the container meanwhile, which has been told to swap.
std::optional<NameRace> race(Attempt& attempt) {
    const std::string root = attempt.directories().users();
    const std::string below = attempt.own("data") + "/passwd";
    const std::string name = attempt.users("data") + "/passwd";
    const std::string etc = attempt.roots("etc");
    if (mkdir(etc.c_str(), 0755) != 0 || !make_file(etc + "/passwd", 0600, "root's\n"))
        return failed_race(name);
    std::optional<FileIdentity> checked;
    int file = -1;
    const auto write_there = [&] { file = open(name.c_str(), O_WRONLY | O_CLOEXEC); };
    const auto check = [&] {
        checked = identity_at(name);
        return leads_through_no_link(root, below);
    };
    if (attempt.attacks()) {
        if (!check()) return failed_race(name);
        if (!attempt.swap()) return std::nullopt;
        write_there();
    } else if (!attempt.swap_after([&] {
                   if (check()) write_there();
               })) {
        return std::nullopt;
    }
    if (file < 0) return failed_race(name);
    const std::optional<FileIdentity> reached = identity_of(file);
    close(file);
    return judge_mark(name, etc + "/passwd", reached == identity_at(etc + "/passwd"),
                      reached == checked);
}

}  // namespace

int main(int argc, char** argv) {
    return run_name_sample(
        argc, argv,
        {.story = "As root, looks that a name in a container of user 1000's leads through no "
                  "symbolic link\n"
                  "and opens it for writing; in between a process of this user, in the container,\n"
                  "exchanges a directory with a symbolic link to one of root's.\n",
         .form = "exchange",
         .twin = "the same, but the container is stopped meanwhile",
         .roots_file = nullptr,
         .attacker = {.enter = enter_container, .prepare = prepare, .swap = exchange},
         .twins_attacker = {},
         .race = race});
}
