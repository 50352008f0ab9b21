// SPDX-License-Identifier: Apache-2.0
// A program that claims to open "decoy" and opens "hidden": another process writes
// into its private memory after the call has begun. See README.md.
#include <limits.h>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "foreign_memory.h"
#include "samples/support/absent_page.h"
#include "samples/support/child_process.h"
#include "samples/support/complain.h"
#include "samples/support/opened_file.h"
#include "samples/support/request.h"
#include "samples/support/scratch.h"

namespace {

constexpr char kUsage[] =
    "Usage: process_vm_writer [options]\n"
    "Opens a file named decoy while another process rewrites the name, which lies in this\n"
    "process's private memory, to hidden. Needs userfaultfd; every try wins.\n"
    "  --form vm|mem  by process_vm_writev, or by a write to /proc/PID/mem; default vm\n"
    "  --control      the same, but the other process writes before the call begins\n"
    "  --tries N      N calls; default 200\n"
    "  --scratch DIR  a new or empty directory for the files; default below /tmp\n"
    "  --help         this text\n"
    "Exit status: 0 done as asked, 1 fewer wins than asked for, 2 trouble.\n";

constexpr std::string_view kVm = "vm", kMem = "mem";

// The victim's memory, and what is to be written there.
struct Race {
    AbsentPage page;
    char name[PATH_MAX] = {};
    std::string decoy;
    std::string hidden;
    bool writes_early;  // before the call begins
    WriteBy means;
    pid_t victim = getpid();
};

// The other process. Asked before each call; answers the fault that the call makes.
int write_into_victim(int channel, Race& race) {
    ForeignMemory memory;
    if (!memory.open(race.victim, race.means)) return 2;
    const auto write = [&] {
        return memory.write(race.name, race.hidden.c_str(), race.hidden.size() + 1);
    };
    pollfd events[] = {{race.page.faults(), POLLIN, 0}, {channel, POLLIN, 0}};
    AbsentPage::Answer answer = AbsentPage::Answer::kGiven;
    while (answer == AbsentPage::Answer::kGiven) {
        if (poll(events, 2, -1) < 0) continue;  // a signal
        if (events[0].revents != 0)
            answer = race.page.answer_fault([&] { return race.writes_early || write(); });
        if (events[1].revents == 0) continue;
        if (!take_request(channel)) return 0;
        if ((race.writes_early && !write()) || !answer_request(channel)) return 2;
    }
    if (answer == AbsentPage::Answer::kFailed)
        complain("the writer cannot answer a page fault: %s; try again, or another kernel",
                 std::strerror(errno));
    return 2;
}

void race_once(Tally& tally, Race& race, ChildProcess& writer) {
    std::memcpy(race.name, race.decoy.c_str(), race.decoy.size() + 1);
    if (!race.page.empty_again() || !writer.ask()) {
        tally.in_trouble = true;
        return;
    }
    const std::string claimed = base_name(race.name);
    const auto* const how = reinterpret_cast<const open_how*>(race.page.address());
    const OpenedFile opened = identify(open_with(race.name, how));
    report_open(tally, opened, opened.name != claimed,
                " claimed=" + claimed + " writer=" + std::to_string(writer.pid()));
}

Tally make_tries(const Request& request, Race& race) {
    Tally tally{.in_trouble = true};
    ChildProcess writer("writer");
    if (a_debugger_would_hang() || !race.page.open(plain_open_how()) ||
        !writer.start([&race](int channel) { return write_into_victim(channel, race); }))
        return tally;
    // Only the writer can fill the page: if it dies, nobody waits for it for ever.
    race.page.give_up();
    // Yama lets nobody but ancestors and root write, unless told otherwise.
    prctl(PR_SET_PTRACER, writer.pid(), 0, 0, 0);
    tally.in_trouble = false;
    while (wants_another_try(request, tally)) race_once(tally, race, writer);
    if (!tally.in_trouble && !writer.ask()) tally.in_trouble = true;
    return tally;
}

int run(const Request& request) {
    std::optional<Scratch> scratch = Scratch::create(request.scratch);
    if (!scratch || !add_decoy_and_hidden(*scratch)) return 2;
    Race race{.page{},
              .decoy = scratch->directory() + "/" + std::string(kDecoy),
              .hidden = scratch->directory() + "/" + std::string(kHidden),
              .writes_early = request.rewrite == Rewrite::kNo,
              .means = request.form.name == kVm ? WriteBy::kProcessVmWritev : WriteBy::kProcMem};
    if (race.hidden.size() >= sizeof race.name) {
        complain(
            "%s is %zu bytes long, too long for a path; name another directory with "
            "--scratch DIR",
            race.hidden.c_str(), race.hidden.size());
        return 2;
    }
    return conclude(request, make_tries(request, race), kAdviceOnOpens);
}

}  // namespace

int main(int argc, char** argv) {
    const Offer offer{
        .usage = kUsage,
        .form_option = "form",
        .forms = {{.name = kVm, .every_try_wins = true, .default_tries = 200},
                  {.name = kMem, .every_try_wins = true, .default_tries = 200}},
    };
    return run_sample(argc, argv, offer, run);
}
