// SPDX-License-Identifier: Apache-2.0
// Root creates a file in a user's directory and gives it to the user, by its name: by
// then the user has put a symbolic link to a file of root's there. See README.md.
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "samples/support/attacker_process.h"
#include "samples/support/complain.h"
#include "samples/support/name_race.h"
#include "samples/support/race_directories.h"
#include "samples/support/request.h"

namespace {

constexpr char kUsage[] =
    "Usage: create_chown [options]\n"
    "As root, creates a file in a directory of user 1000's, writes it and gives it to this\n"
    "user by chown; before that a process of the user renames a symbolic link over it.\n"
    "Every try wins.\n"
    "  --form rename  the only form\n"
    "  --control      the same, but the file is given away by fchown\n"
    "  --tries N      N calls of each; default 50\n"
    "  --scratch DIR  a new or empty directory for the files; default below /tmp\n"
    "  --help         this text\n"
    "Exit status: 0 done as asked, 1 fewer wins than asked for, 2 trouble.\n";

constexpr std::string_view kText = "what was edited\n";

struct Race {
    RaceDirectories directories;
    bool gives_by_name;  // else by descriptor
    AttackerProcess attacker = {};
};

AttackerProcess::Acts attack_in(const RaceDirectories& directories) {
    return {
        .prepare =
            [&directories](uint32_t number) {
                const std::string target = directories.roots(numbered("passwd", number));
                return symlink(target.c_str(), numbered("link", number).c_str()) == 0;
            },
        .swap =
            [](uint32_t number) {
                return rename(numbered("link", number).c_str(),
                              numbered("draft", number).c_str()) == 0;
            },
    };
}

// By whose owner changed. No file is the attacker's before.
std::optional<NameRace> judge_gift(const std::string& name, int file, const std::string& target) {
    struct stat status;
    if (lstat(target.c_str(), &status) == 0 && status.st_uid == kAttacker)
        return NameRace{.verdict = NameRace::Verdict::kWon, .check = name, .used = target};
    if (fstat(file, &status) == 0 && status.st_uid == kAttacker)
        return NameRace{.verdict = NameRace::Verdict::kKept, .check = name, .used = name};
    complain("neither %s nor %s was given away; see that nothing else touches them", name.c_str(),
             target.c_str());
    return std::nullopt;
}

std::optional<NameRace> write_and_give_away(Race& race, uint32_t number, const std::string& name,
                                            int file) {
    errno = ENOSPC;  // what a short write means
    if (write(file, kText.data(), kText.size()) != static_cast<ssize_t>(kText.size()))
        return failed_race(name);
    if (!race.attacker.swap(number)) return std::nullopt;
    const int result = race.gives_by_name ? chown(name.c_str(), kAttacker, kAttacker)
                                          : fchown(file, kAttacker, kAttacker);
    if (result != 0) return failed_race(name);
    return judge_gift(name, file, race.directories.roots(numbered("passwd", number)));
}

std::optional<NameRace> race_once(Race& race, uint32_t number) {
    const std::string name = race.directories.users(numbered("draft", number));
    if (!race.directories.add_roots_file(numbered("passwd", number)) ||
        !race.attacker.prepare(number))
        return std::nullopt;
    const int file = open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return failed_race(name);
    const std::optional<NameRace> result = write_and_give_away(race, number, name, file);
    close(file);
    return result;
}

int run(const Request& request) {
    std::optional<RaceDirectories> directories = RaceDirectories::create(request.scratch);
    if (!directories) return 2;
    Race race{.directories = std::move(*directories),
              .gives_by_name = request.rewrite == Rewrite::kYes};
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
