// SPDX-License-Identifier: Apache-2.0
// Root asks whether a user's file may be written and then opens it for writing. In between the user
// exchanges it with a symbolic link to a file of root's, and back again. See README.md.
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

bool exchange(const TryNames& names) {
    return renameat2(AT_FDCWD, names.own("link").c_str(), AT_FDCWD, names.own("report").c_str(),
                     RENAME_EXCHANGE) == 0;
}

bool swap_out_and_back(const TryNames& names) {
    return exchange(names) && exchange(names);
}

// The twin: root's log rotation keeps a copy and empties the file, whose name stays.
bool make_log(const TryNames& names) {
    return make_file(names.own("report"), 0644, "old\n");
}

bool copy_and_truncate(const TryNames& names) {
    return make_file(names.own("report") + ".1", 0644, "old\n") &&
           truncate(names.own("report").c_str(), 0) == 0;
}

// The file opened is the one that was asked about in either case. Who wins is who had the name for
// themselves meanwhile, and nothing that the victim could look at shows it.
std::optional<NameRace> race(Attempt& attempt) {
    const std::string name = attempt.users("report");
    const std::optional<FileIdentity> checked = identity_at(name);
    if (access(name.c_str(), W_OK) != 0) return failed_race(name);
    if (!attempt.swap()) return std::nullopt;
    const int file = open(name.c_str(), O_WRONLY | O_CLOEXEC);
    const bool is_same = file >= 0 && identity_of(file) == checked;
    const auto at_name = !is_same            ? NameRace::Verdict::kChanged
                         : attempt.attacks() ? NameRace::Verdict::kWon
                                             : NameRace::Verdict::kKept;
    return judge_open(name, file, attempt.roots("passwd"), NameRace::Verdict::kChanged, at_name);
}

}  // namespace

int main(int argc, char** argv) {
    return run_name_sample(
        argc, argv,
        {.story = "As root, calls access on a file of user 1000's and then opens it; in between a\n"
                  "process of this user exchanges it with a symbolic link, and back again.\n",
         .form = "exchange",
         .twin = "instead, another process of root's copies the file and truncates it in between",
         .roots_file = "passwd",
         .attacker = {.prepare = prepare, .swap = swap_out_and_back},
         .twins_attacker = {{.user = 0, .prepare = make_log, .swap = copy_and_truncate}},
         .race = race});
}
