// SPDX-License-Identifier: Apache-2.0
// Root asks whether a user's file may be written and then opens it for writing: by then
// the user has put a symbolic link to a file of root's there. See README.md.
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

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
    "Usage: access_then_open [options]\n"
    "As root, calls access on a file of user 1000's and then opens it; in between a process\n"
    "of this user renames a symbolic link over it. Every try wins.\n"
    "  --form rename  the only form\n"
    "  --control      the same, but the link is there before access is called\n"
    "  --tries N      N calls of each; default 50\n"
    "  --scratch DIR  a new or empty directory for the files; default below /tmp\n"
    "  --help         this text\n"
    "Exit status: 0 done as asked, 1 fewer wins than asked for, 2 trouble.\n";

struct Race {
    RaceDirectories directories;
    bool swaps_early;  // before the check
    AttackerProcess attacker = {};
};

AttackerProcess::Acts attack_in(const RaceDirectories& directories) {
    return {
        .prepare =
            [&directories](uint32_t number) {
                const std::string target = directories.roots(numbered("passwd", number));
                return make_file(numbered("report", number), 0644, "the user's\n") &&
                       symlink(target.c_str(), numbered("link", number).c_str()) == 0;
            },
        .swap =
            [](uint32_t number) {
                return rename(numbered("link", number).c_str(),
                              numbered("report", number).c_str()) == 0;
            },
    };
}

std::optional<NameRace> race_once(Race& race, uint32_t number) {
    const std::string name = race.directories.users(numbered("report", number));
    const std::string target = race.directories.roots(numbered("passwd", number));
    if (!race.directories.add_roots_file(numbered("passwd", number)) ||
        !race.attacker.prepare(number) || (race.swaps_early && !race.attacker.swap(number)))
        return std::nullopt;
    if (access(name.c_str(), W_OK) != 0) return failed_race(name);
    if (!race.swaps_early && !race.attacker.swap(number)) return std::nullopt;
    const int file = open(name.c_str(), O_WRONLY | O_CLOEXEC);
    return judge_open(name, file, target,
                      race.swaps_early ? NameRace::Verdict::kKept : NameRace::Verdict::kWon,
                      NameRace::Verdict::kKept);
}

int run(const Request& request) {
    std::optional<RaceDirectories> directories = RaceDirectories::create(request.scratch);
    if (!directories) return 2;
    Race race{.directories = std::move(*directories),
              .swaps_early = request.rewrite == Rewrite::kNo};
    if (!race.attacker.start(race.directories.users(), kAttacker, attack_in(race.directories)))
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
        .forms = {{.name = "rename", .every_try_wins = true, .default_tries = 50}},
    };
    return run_sample(argc, argv, offer, run);
}
