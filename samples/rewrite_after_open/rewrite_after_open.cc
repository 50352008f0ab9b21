// SPDX-License-Identifier: Apache-2.0
// A program that opens "hidden", and afterwards looks as if it had opened "decoy":
// while the open of a FIFO blocks, a second thread rewrites the path, which the
// kernel has copied by then. See README.md.
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <string>
#include <thread>

#include "blocked_call.h"
#include "samples/support/complain.h"
#include "samples/support/opened_file.h"
#include "samples/support/request.h"
#include "samples/support/scratch.h"

namespace {

constexpr char kUsage[] =
    "Usage: rewrite_after_open [options]\n"
    "Opens a FIFO named hidden; while that blocks, a second thread rewrites the name to\n"
    "decoy. Every try wins.\n"
    "  --form fifo    the only form\n"
    "  --control      the same, but the name that the call was given is not rewritten\n"
    "  --tries N      N calls; default 50\n"
    "  --scratch DIR  a new or empty directory for the files; default below /tmp\n"
    "  --help         this text\n"
    "Exit status: 0 done as asked, 1 fewer wins than asked for, 2 trouble.\n";

struct Race {
    std::string decoy;
    std::string fifo;
    pid_t victim = gettid();
    char name[PATH_MAX] = {};
    char elsewhere[PATH_MAX] = {};
    char* target;        // name, or elsewhere
    int other_end = -1;  // of the FIFO
    std::atomic<bool> has_returned = false;
    bool in_trouble = false;
};

// So that the victim does not wait for ever for a FIFO that cannot be opened.
void interrupt_victim(Race& race) {
    race.in_trouble = true;
    complain("cannot write to the FIFO %s: %s; name another directory with --scratch DIR",
             race.fifo.c_str(), std::strerror(errno));
    while (!race.has_returned) {
        syscall(SYS_tgkill, getpid(), race.victim, SIGUSR1);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

// The second thread. fifo(7): opening a FIFO for reading and writing never blocks, and
// it counts as the writer that the victim waits for. It is opened also after trouble,
// so that the victim goes on.
void rewrite_and_release(Race& race) {
    race.in_trouble = !wait_until_blocked_in(race.victim, SYS_openat, race.name);
    if (!race.in_trouble) std::memcpy(race.target, race.decoy.c_str(), race.decoy.size() + 1);
    race.other_end = open(race.fifo.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (race.other_end < 0 || write(race.other_end, kHidden.data(), kHidden.size()) < 0)
        interrupt_victim(race);
}

void race_once(Tally& tally, Race& race) {
    std::memcpy(race.name, race.fifo.c_str(), race.fifo.size() + 1);
    race.has_returned = false;
    std::thread second([&race] { rewrite_and_release(race); });
    const long descriptor = syscall(SYS_openat, AT_FDCWD, race.name, O_RDONLY | O_CLOEXEC);
    race.has_returned = true;
    const std::string after = base_name(race.name);
    const OpenedFile opened = identify(descriptor);
    second.join();
    if (race.other_end >= 0) close(race.other_end);
    if (race.in_trouble)
        tally.in_trouble = true;
    else
        report_open(tally, opened, opened.name != after, " after=" + after);
}

int run(const Request& request) {
    std::optional<Scratch> scratch = Scratch::create(request.scratch);
    if (!scratch || !scratch->add_file(std::string(kDecoy), kDecoy) ||
        !scratch->add_fifo(std::string(kHidden)))
        return 2;
    Race race{.decoy = scratch->directory() + "/" + std::string(kDecoy),
              .fifo = scratch->directory() + "/" + std::string(kHidden),
              .target = nullptr};
    race.target = request.rewrite == Rewrite::kYes ? race.name : race.elsewhere;
    if (race.fifo.size() >= sizeof race.name) {
        complain(
            "%s is %zu bytes long, too long for a path; name another directory with "
            "--scratch DIR",
            race.fifo.c_str(), race.fifo.size());
        return 2;
    }
    struct sigaction interrupt {};
    interrupt.sa_handler = [](int) {};
    sigaction(SIGUSR1, &interrupt, nullptr);
    Tally tally;
    while (wants_another_try(request, tally)) race_once(tally, race);
    return conclude(request, tally, kAdviceOnOpens);
}

}  // namespace

int main(int argc, char** argv) {
    const Offer offer{
        .usage = kUsage,
        .form_option = "form",
        .forms = {{.name = "fifo", .every_try_wins = true, .default_tries = 50}},
    };
    return run_sample(argc, argv, offer, run);
}
