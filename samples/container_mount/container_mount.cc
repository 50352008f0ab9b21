// SPDX-License-Identifier: Apache-2.0
// Root mounts a volume in a container: looks that the place leads through no symbolic link
// and then mounts there. By then a user has exchanged a directory for one. See README.md.
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
    const std::string rootfs = names.own("rootfs");
    return mkdir(rootfs.c_str(), 0755) == 0 && mkdir((rootfs + "/etc").c_str(), 0755) == 0 &&
           symlink(names.roots("host").c_str(), names.own("link").c_str()) == 0;
}

bool exchange(const TryNames& names) {
    return renameat2(AT_FDCWD, names.own("link").c_str(), AT_FDCWD, names.own("rootfs").c_str(),
                     RENAME_EXCHANGE) == 0;
}

bool mount_on(const std::string& volume, const std::string& place) {
    return mount(volume.c_str(), place.c_str(), nullptr, MS_BIND, nullptr) == 0;
}

// Where the volume is now, which it leaves. The rootfs that was checked is called by the name that
// it has after the exchange.
std::optional<NameRace> judge(const std::string& name, const std::string& target,
                              const std::string& kept, const std::string& volume) {
    const std::optional<FileIdentity> mounted = identity_at(volume);
    const bool is_on_target = identity_at(target) == mounted;
    const bool is_on_kept = identity_at(kept) == mounted;
    const MountedOn place(is_on_target ? target : kept);
    return judge_mark(name, target, is_on_target, is_on_kept);
}

std::optional<NameRace> race(Attempt& attempt) {
    const std::string root = attempt.directories().users();
    const std::string below = attempt.own("rootfs") + "/etc";
    const std::string name = attempt.users("rootfs") + "/etc";
    const std::string target = attempt.roots("host") + "/etc";
    const std::string volume = attempt.roots("volume");
    if (mkdir(volume.c_str(), 0755) != 0 || mkdir(attempt.roots("host").c_str(), 0755) != 0 ||
        mkdir(target.c_str(), 0755) != 0)
        return failed_race(name);
    int held = -1;
    std::string place = name;
    if (attempt.attacks()) {
        if (!leads_through_no_link(root, below)) return failed_race(name);
    } else {
        held = walk_without_links(root, below);
        if (held < 0) return failed_race(name);
        place = "/proc/self/fd/" + std::to_string(held);
    }
    if (!attempt.swap()) return close(held), std::nullopt;
    const bool is_mounted = mount_on(volume, place);
    const std::optional<NameRace> failure =
        is_mounted ? std::nullopt : std::optional(failed_race(name));
    close(held);
    return is_mounted ? judge(name, target, attempt.users("link") + "/etc", volume) : failure;
}

}  // namespace

int main(int argc, char** argv) {
    return run_name_sample(
        argc, argv,
        {.story =
             "As root, looks that a directory of user 1000's leads through no symbolic link and "
             "mounts\n"
             "a volume there; in between a process of this user exchanges a directory on the way\n"
             "with a symbolic link to one of root's. All in a mount namespace of its own.\n",
         .form = "exchange",
         .twin = "the same, but the directory is held by O_PATH and named /proc/self/fd/N",
         .roots_file = nullptr,
         .attacker = {.prepare = prepare, .swap = exchange},
         .twins_attacker = {},
         .race = race,
         .mounts = NameSample::Mounts::kOfItsOwn});
}
