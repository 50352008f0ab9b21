// SPDX-License-Identifier: Apache-2.0
#include "samples/support/name_sample.h"

#include <errno.h>

#include "samples/support/own_mounts.h"
#include "samples/support/request.h"

namespace {

std::string usage_of(const NameSample& sample) {
    const std::string name = program_invocation_short_name;
    const std::string options =
        "  --form F       " + std::string(sample.form) +
        ", the only form\n"
        "  --control      " +
        sample.twin +
        "\n"
        "  --tries N      N times; default 50\n"
        "  --scratch DIR  a new or empty directory for the files; default below /tmp\n"
        "  --help         this text\n"
        "Exit status: 0 done as asked, 1 fewer wins than asked for, 2 trouble.\n";
    return "Usage: " + name + " [options]\n" + sample.story + "Every try wins.\n" + options;
}

AttackerProcess::Acts acts_of(const NameSample::Attacker& attacker,
                              const RaceDirectories& directories) {
    const auto in = [&directories](NameSample::AttackersAct act) -> Act {
        return [act, &directories](uint32_t number) {
            return act == nullptr || act(TryNames(directories, number));
        };
    };
    return {
        .enter = in(attacker.enter), .prepare = in(attacker.prepare), .swap = in(attacker.swap)};
}

int run(const NameSample& sample, const Request& request) {
    const bool attacks = request.rewrite == Rewrite::kYes;
    if (sample.mounts == NameSample::Mounts::kOfItsOwn && !have_own_mounts()) return 2;
    const std::optional<RaceDirectories> directories = RaceDirectories::create(request.scratch);
    if (!directories) return 2;
    const NameSample::Attacker& who =
        attacks ? sample.attacker : sample.twins_attacker.value_or(sample.attacker);
    AttackerProcess attacker;
    if (!attacker.start(who.in_roots_directory ? directories->roots() : directories->users(),
                        who.user, acts_of(who, *directories)))
        return 2;
    const auto race_once = [&](uint32_t number) -> std::optional<NameRace> {
        Attempt attempt(TryNames(*directories, number), attacks, attacker);
        if (sample.roots_file != nullptr &&
            !directories->add_roots_file(attempt.own(sample.roots_file)))
            return std::nullopt;
        if (!attacker.prepare(number)) return std::nullopt;
        return sample.race(attempt);
    };
    return conclude(request, make_tries(request, attacker.pid(), race_once), kAdviceOnNames);
}

}  // namespace

int run_name_sample(int argc, char** argv, const NameSample& sample) {
    const std::string usage = usage_of(sample);
    const Offer offer{
        .usage = usage.c_str(),
        .form_option = "form",
        .forms = {{.name = sample.form, .every_try_wins = true, .default_tries = 50}},
    };
    return run_sample(argc, argv, offer,
                      [&sample](const Request& request) { return run(sample, request); });
}
