// SPDX-License-Identifier: Apache-2.0
// Root gives all that it finds in a directory to a user: by then the user has put a symbolic
// link to a directory of root's in the place of that one. See README.md.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "samples/support/name_sample.h"
#include "samples/support/plain_file.h"

namespace {

bool prepare(const TryNames& names) {
    const std::string tree = names.own("tree");
    return mkdir(tree.c_str(), 0755) == 0 && make_file(tree + "/shadow", 0600, "the user's\n");
}

bool replace_directory(const TryNames& names) {
    const std::string tree = names.own("tree");
    return rename(tree.c_str(), (tree + ".old").c_str()) == 0 &&
           symlink(names.roots("etc").c_str(), tree.c_str()) == 0;
}

// The name of the only file in a directory, whose descriptor is closed; empty, with errno, if
// it cannot be read.
std::string only_file_in(int directory) {
    std::string name;
    DIR* const stream = directory >= 0 ? fdopendir(directory) : nullptr;
    if (stream == nullptr) return name;
    while (const dirent* entry = readdir(stream))
        if (entry->d_name[0] != '.') name = entry->d_name;
    closedir(stream);
    return name;
}

// Gives nothing where the swap failed.
std::optional<bool> give_by_path(Attempt& attempt, const std::string& path) {
    struct stat status;
    if (lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
    if (!attempt.swap()) return std::nullopt;
    return chown(path.c_str(), kAttacker, kAttacker) == 0;
}

std::optional<bool> give_by_descriptor(Attempt& attempt, const std::string& tree,
                                       const std::string& file) {
    const int directory = open(tree.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    const int found = openat(directory, file.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC);
    struct stat status;
    std::optional<bool> given = found >= 0 && fstat(found, &status) == 0 && S_ISREG(status.st_mode);
    if (*given) {
        if (attempt.swap())
            given = fchownat(found, "", kAttacker, kAttacker, AT_EMPTY_PATH) == 0;
        else
            given.reset();
    }
    const int why = errno;
    close(found);
    close(directory);
    errno = why;
    return given;
}

std::optional<NameRace> race(Attempt& attempt) {
    const std::string tree = attempt.users("tree");
    const std::string etc = attempt.roots("etc");
    if (mkdir(etc.c_str(), 0755) != 0 || !make_file(etc + "/shadow", 0600, "root's\n") ||
        lchown((tree + "/shadow").c_str(), 0, 0) != 0)
        return failed_race(tree);
    const std::string file = only_file_in(open(tree.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const std::string path = tree + "/" + file;
    if (file.empty()) return failed_race(path);
    const std::optional<bool> given =
        attempt.attacks() ? give_by_path(attempt, path) : give_by_descriptor(attempt, tree, file);
    if (!given) return std::nullopt;
    if (!*given) return failed_race(path);
    return judge_mark(path, etc + "/shadow", is_owned_by(kAttacker, etc + "/shadow"),
                      is_owned_by(kAttacker, tree + ".old/shadow"));
}

}  // namespace

int main(int argc, char** argv) {
    return run_name_sample(
        argc, argv,
        {.story = "As root, lists a directory in one of user 1000's, calls lstat on what it finds "
                  "and gives\n"
                  "it to this user by chown; before that a process of the user replaces the "
                  "directory by\n"
                  "a symbolic link to one of root's.\n",
         .form = "symlink",
         .twin = "the same, but what is found is held by O_PATH and given by this descriptor",
         .roots_file = nullptr,
         .attacker = {.prepare = prepare, .swap = replace_directory},
         .twins_attacker = {},
         .race = race});
}
