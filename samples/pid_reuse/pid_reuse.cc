// SPDX-License-Identifier: Apache-2.0
// Root looks whose process a pid stands for and grants it a higher priority: by then the process
// has ended, and another user's has its pid. See README.md.
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>

#include "samples/pid_reuse/pid_takers.h"
#include "samples/support/complain.h"
#include "samples/support/name_race.h"
#include "samples/support/request.h"
#include "samples/support/user_of_process.h"

namespace {

constexpr char kUsage[] =
    "Usage: pid_reuse [options]\n"
    "As root, looks that a pid stands for a process of user 1001's and grants it a higher\n"
    "priority; in between the process ends, and one of user 1000's gets its pid.\n"
    "Every try wins.\n"
    "  --form F       cycle, the only form\n"
    "  --control      the same, but the pid is taken over after the grant\n"
    "  --tries N      N times; default 20\n"
    "  --scratch DIR  of no use: there are no files\n"
    "  --help         this text\n"
    "Exit status: 0 done as asked, 1 fewer wins than asked for, 2 trouble.\n";

bool is_clients(pid_t pid) {
    const auto user = effective_user_of(pid);
    if (user && user != kClient) errno = EPERM;
    return user == kClient;
}

bool grant(pid_t pid) {
    return setpriority(PRIO_PROCESS, static_cast<id_t>(pid), kGranted) == 0;
}

// Gives nothing where the try cannot be judged; it has complained then.
std::optional<NameRace> race(bool attacks, PidTaker& client, PidTaker& attacker) {
    const auto pid = client.take_any();
    if (!pid) return std::nullopt;
    const std::string name = status_file_of(*pid);
    if (!is_clients(*pid) || (!attacks && !grant(*pid))) return failed_race(name);
    if (!client.release() || !attacker.take(*pid)) return std::nullopt;
    if (attacks && !grant(*pid)) return failed_race(name);
    const auto is_granted = attacker.is_granted();
    if (!is_granted || !attacker.release()) return std::nullopt;
    return NameRace{.verdict = *is_granted ? NameRace::Verdict::kWon : NameRace::Verdict::kKept,
                    .check = name,
                    .used = "uid:" + std::to_string(*is_granted ? kAttacker : kClient)};
}

int run(const Request& request) {
    if (geteuid() != 0) {
        complain("root's part in the race cannot be played by user %u; start it as root",
                 geteuid());
        return 2;
    }
    if (!can_cycle_pids()) return 2;
    PidTaker client("client", kClient), attacker("attacker", kAttacker);
    if (!client.start() || !attacker.start()) return 2;
    const bool attacks = request.rewrite == Rewrite::kYes;
    return conclude(request,
                    make_tries(request, attacker.pid(),
                               [&](uint32_t) { return race(attacks, client, attacker); }),
                    "see that no other program makes so many processes that the pids are gone");
}

}  // namespace

int main(int argc, char** argv) {
    const Offer offer{
        .usage = kUsage,
        .form_option = "form",
        .forms = {{.name = "cycle", .every_try_wins = true, .default_tries = 20}},
    };
    return run_sample(argc, argv, offer, run);
}
