// SPDX-License-Identifier: Apache-2.0
// Root rotates a log: renames it and creates a new one. In between a user replaces the
// log's directory by a symbolic link to one of root's. See README.md.
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "samples/support/name_sample.h"
#include "samples/support/plain_file.h"

namespace {

bool make_log(const std::string& directory) {
    return mkdir(directory.c_str(), 0755) == 0 && make_file(directory + "/app.log", 0644, "old\n");
}

bool prepare(const TryNames& names) {
    return make_log(names.own("log"));
}

bool replace_directory(const TryNames& names) {
    const std::string name = names.own("log");
    return rename(name.c_str(), (name + ".old").c_str()) == 0 &&
           symlink(names.roots("cron.d").c_str(), name.c_str()) == 0;
}

// The twin's. That the directory is not the user's to rename is no trouble; if it were,
// the victim would find out.
bool fail_to_replace_directory(const TryNames& names) {
    return replace_directory(names) || errno == EACCES;
}

std::optional<NameRace> race(Attempt& attempt) {
    const std::string log = attempt.attacks() ? attempt.users("log") : attempt.roots("log");
    const std::string name = log + "/app.log";
    if (mkdir(attempt.roots("cron.d").c_str(), 0755) != 0 || (!attempt.attacks() && !make_log(log)))
        return failed_race(name);
    if (rename(name.c_str(), (name + ".1").c_str()) != 0) return failed_race(name);
    if (!attempt.swap()) return std::nullopt;
    const int file = open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
    return judge_open(name, file, attempt.roots("cron.d") + "/app.log", NameRace::Verdict::kWon,
                      NameRace::Verdict::kKept);
}

}  // namespace

int main(int argc, char** argv) {
    return run_name_sample(
        argc, argv,
        {.story =
             "As root, renames a log and creates it anew; in between a process of user 1000, who\n"
             "owns the parent of the log's directory, replaces this directory by a symbolic link "
             "to\n"
             "one of root's.\n",
         .form = "symlink",
         .twin = "the same, but the parent is root's, so that the user's try fails",
         .roots_file = nullptr,
         .attacker = {.prepare = prepare, .swap = replace_directory},
         .twins_attacker = {{.in_roots_directory = true, .swap = fail_to_replace_directory}},
         .race = race});
}
