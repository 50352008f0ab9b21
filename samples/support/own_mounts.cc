// SPDX-License-Identifier: Apache-2.0
#include "samples/support/own_mounts.h"

#include <sched.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstring>

#include "samples/support/complain.h"

bool unshare_mounts() {
    return unshare(CLONE_NEWNS) == 0 &&
           mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

bool have_own_mounts() {
    if (unshare_mounts()) return true;
    complain("cannot have mounts of its own: %s; start it as root, with CAP_SYS_ADMIN",
             std::strerror(errno));
    return false;
}

MountedOn::~MountedOn() {
    if (umount2(directory_.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) != 0)
        complain("cannot unmount %s: %s; look there before it is removed", directory_.c_str(),
                 std::strerror(errno));
}
