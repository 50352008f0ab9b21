// SPDX-License-Identifier: Apache-2.0
// Root rotates a log: renames it and creates a new one. In between a user replaces the
// log's directory by a symbolic link to one of root's. See README.md.
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "samples/support/attacker_process.h"
#include "samples/support/complain.h"
#include "samples/support/name_race.h"
#include "samples/support/plain_file.h"
#include "samples/support/race_directories.h"
#include "samples/support/request.h"

namespace {

constexpr char kUsage[] =
    "Usage: rename_directory [options]\n"
    "As root, renames a log and creates it anew; in between a process of user 1000, who owns\n"
    "the parent of the log's directory, replaces this directory by a symbolic link to one of\n"
    "root's. Every try wins.\n"
    "  --form symlink  the only form\n"
    "  --control       the same, but the parent is root's, so that the user's try fails\n"
    "  --tries N       N calls of each; default 50\n"
    "  --scratch DIR   a new or empty directory for the files; default below /tmp\n"
    "  --help          this text\n"
    "Exit status: 0 done as asked, 1 fewer wins than asked for, 2 trouble.\n";

enum class Parent { kUsers, kRoots };  // whose the parent of the log's directory is

struct Race {
    RaceDirectories directories;
    Parent parent;
    AttackerProcess attacker = {};

    std::string in_parent(const std::string& name = {}) const {
        return parent == Parent::kUsers ? directories.users(name) : directories.roots(name);
    }
};

bool make_log(const std::string& directory) {
    return mkdir(directory.c_str(), 0755) == 0 && make_file(directory + "/app.log", 0644, "old\n");
}

AttackerProcess::Acts attack_in(const RaceDirectories& directories) {
    return {
        .prepare = [](uint32_t number) { return make_log(numbered("log", number)); },
        .swap =
            [&directories](uint32_t number) {
                const std::string name = numbered("log", number);
                const std::string target = directories.roots(numbered("cron.d", number));
                return rename(name.c_str(), (name + ".old").c_str()) == 0 &&
                       symlink(target.c_str(), name.c_str()) == 0;
            },
    };
}

// The twin's. That the directory is not the user's to rename is no trouble; if it were,
// the victim would find out.
AttackerProcess::Acts vain_attack_in(const RaceDirectories& directories) {
    const Act swap = attack_in(directories).swap;
    return {
        .prepare = {},
        .swap = [swap](uint32_t number) { return swap(number) || errno == EACCES; },
    };
}

bool prepare(Race& race, uint32_t number) {
    const std::string cron = race.directories.roots(numbered("cron.d", number));
    const std::string log = race.in_parent(numbered("log", number));
    const bool made =
        mkdir(cron.c_str(), 0755) == 0 && (race.parent == Parent::kUsers || make_log(log));
    if (made) return race.parent == Parent::kRoots || race.attacker.prepare(number);
    complain("cannot prepare %s and %s: %s; name another directory with --scratch DIR",
             cron.c_str(), log.c_str(), std::strerror(errno));
    return false;
}

std::optional<NameRace> race_once(Race& race, uint32_t number) {
    const std::string name = race.in_parent(numbered("log", number) + "/app.log");
    const std::string target = race.directories.roots(numbered("cron.d", number) + "/app.log");
    if (!prepare(race, number)) return std::nullopt;
    if (rename(name.c_str(), (name + ".1").c_str()) != 0) return failed_race(name);
    if (!race.attacker.swap(number)) return std::nullopt;
    const int file = open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
    return judge_open(name, file, target, NameRace::Verdict::kWon, NameRace::Verdict::kKept);
}

int run(const Request& request) {
    std::optional<RaceDirectories> directories = RaceDirectories::create(request.scratch);
    if (!directories) return 2;
    const bool attacks = request.rewrite == Rewrite::kYes;
    Race race{.directories = std::move(*directories),
              .parent = attacks ? Parent::kUsers : Parent::kRoots};
    if (!race.attacker.start(
            race.in_parent(), kAttacker,
            attacks ? attack_in(race.directories) : vain_attack_in(race.directories)))
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
        .forms = {{.name = "symlink", .every_try_wins = true, .default_tries = 50}},
    };
    return run_sample(argc, argv, offer, run);
}
