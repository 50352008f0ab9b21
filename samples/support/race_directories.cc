// SPDX-License-Identifier: Apache-2.0
#include "samples/support/race_directories.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "samples/support/complain.h"
#include "samples/support/plain_file.h"

namespace {

// A new directory is root's alone; one that was there need not be.
bool admits_root_only(const std::string& directory) {
    struct stat status;
    if (lstat(directory.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == 0 &&
        (status.st_mode & 077) == 0)
        return true;
    complain(
        "%s is not a directory that root alone may enter, so others could meddle in a race of "
        "root's; name a new one with --scratch DIR",
        directory.c_str());
    return false;
}

}  // namespace

std::string numbered(std::string_view name, uint32_t number) {
    return std::string(name) + std::to_string(number);
}

std::optional<RaceDirectories> RaceDirectories::create(const std::string& scratch_wanted) {
    if (geteuid() != 0) {
        complain("root's part in the race cannot be played by user %u; start it as root",
                 geteuid());
        return std::nullopt;
    }
    std::optional<Scratch> scratch = Scratch::create(scratch_wanted);
    if (!scratch || !admits_root_only(scratch->directory()) ||
        !scratch->add_directory("user", kAttacker) || !scratch->add_directory("root", 0))
        return std::nullopt;
    std::error_code error;
    const std::string absolute = std::filesystem::canonical(scratch->directory(), error);
    if (!error) return RaceDirectories(std::move(*scratch), absolute);
    complain("cannot find where %s is: %s; name another directory with --scratch DIR",
             scratch->directory().c_str(), error.message().c_str());
    return std::nullopt;
}

bool RaceDirectories::add_roots_file(std::string_view name) const {
    const std::string file = roots(name);
    if (make_file(file, 0600, "root's\n")) return true;
    complain("cannot make %s: %s; name another directory with --scratch DIR", file.c_str(),
             std::strerror(errno));
    return false;
}

std::string RaceDirectories::path(std::string_view directory, std::string_view name) const {
    std::string path = absolute_ + "/";
    path.append(directory);
    if (!name.empty()) path.append("/").append(name);
    return path;
}
