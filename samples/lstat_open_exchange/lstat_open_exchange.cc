// SPDX-License-Identifier: Apache-2.0
// Root looks that a user's name is no symbolic link and then opens it: by then the user
// has exchanged it with one, to a file that only root may read. See README.md.
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "samples/support/attacker_process.h"
#include "samples/support/name_race.h"
#include "samples/support/plain_file.h"
#include "samples/support/race_directories.h"
#include "samples/support/request.h"

namespace {

constexpr char kUsage[] =
    "Usage: lstat_open_exchange [options]\n"
    "As root, calls lstat on a file of user 1000's and then opens it; in between a process\n"
    "of this user exchanges it with a symbolic link. Every try wins.\n"
    "  --form exchange  the only form\n"
    "  --control        instead, root saves a new version of the file in between\n"
    "  --tries N        N calls of each; default 50\n"
    "  --scratch DIR    a new or empty directory for the files; default below /tmp\n"
    "  --help           this text\n"
    "Exit status: 0 done as asked, 1 fewer wins than asked for, 2 trouble.\n";

struct Race {
    RaceDirectories directories;
    AttackerProcess attacker = {};
};

std::string name_in(uint32_t number) {
    return numbered("report", number);
}

AttackerProcess::Acts attack_in(const RaceDirectories& directories) {
    const auto link_in = [](uint32_t number) { return numbered("link", number); };
    return {
        .prepare =
            [&directories, link_in](uint32_t number) {
                const std::string target = directories.roots(numbered("shadow", number));
                return make_file(name_in(number), 0644, "the user's\n") &&
                       symlink(target.c_str(), link_in(number).c_str()) == 0;
            },
        .swap =
            [link_in](uint32_t number) {
                return renameat2(AT_FDCWD, link_in(number).c_str(), AT_FDCWD,
                                 name_in(number).c_str(), RENAME_EXCHANGE) == 0;
            },
    };
}

// The twin: what an editor of root's does.
AttackerProcess::Acts editing() {
    return {
        .prepare = [](uint32_t number) { return make_file(name_in(number), 0644, "old\n"); },
        .swap =
            [](uint32_t number) {
                const std::string version = name_in(number) + ".new";
                return make_file(version, 0644, "new\n") &&
                       rename(version.c_str(), name_in(number).c_str()) == 0;
            },
    };
}

std::optional<NameRace> race_once(Race& race, uint32_t number) {
    const std::string name = race.directories.users(name_in(number));
    const std::string target = race.directories.roots(numbered("shadow", number));
    if (!race.directories.add_roots_file(numbered("shadow", number)) ||
        !race.attacker.prepare(number))
        return std::nullopt;
    struct stat checked;
    if (lstat(name.c_str(), &checked) != 0) return failed_race(name);
    if (!S_ISREG(checked.st_mode)) return errno = EINVAL, failed_race(name);
    if (!race.attacker.swap(number)) return std::nullopt;
    const int file = open(name.c_str(), O_RDONLY | O_CLOEXEC);
    const bool is_same =
        file >= 0 && identity_of(file) == FileIdentity{checked.st_dev, checked.st_ino};
    return judge_open(name, file, target, NameRace::Verdict::kWon,
                      is_same ? NameRace::Verdict::kKept : NameRace::Verdict::kChanged);
}

int run(const Request& request) {
    std::optional<RaceDirectories> directories = RaceDirectories::create(request.scratch);
    if (!directories) return 2;
    Race race{.directories = std::move(*directories)};
    const bool attacks = request.rewrite == Rewrite::kYes;
    if (!race.attacker.start(race.directories.users(), attacks ? kAttacker : 0,
                             attacks ? attack_in(race.directories) : editing()))
        return 2;
    const Tally tally = make_tries(request, race.attacker.pid(),
                                   [&race](uint32_t number) { return race_once(race, number); });
    return conclude(request, tally, kAdviceOnNames);
}

}  // namespace

int main(int argc, char** argv) {
    const Offer offer{
        .usage = kUsage,
        .form_option = "form",
        .forms = {{.name = "exchange", .every_try_wins = true, .default_tries = 50}},
    };
    return run_sample(argc, argv, offer, run);
}
