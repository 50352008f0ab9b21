// SPDX-License-Identifier: Apache-2.0
// A program whose supervisor looks at the path of each openat2 and lets the call go on. A second
// thread of the program rewrites the path in between. See README.md.
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "notified_calls.h"
#include "samples/support/child_process.h"
#include "samples/support/complain.h"
#include "samples/support/opened_file.h"
#include "samples/support/request.h"
#include "samples/support/scratch.h"
#include "samples/support/swappable_path.h"

namespace {

constexpr char kUsage[] =
    "Usage: seccomp_supervisor [options]\n"
    "Opens a file named decoy under a supervisor, which reads the name and lets the call go on;\n"
    "another thread rewrites the name in between to hidden. Every try wins.\n"
    "  --control      the same, but the supervisor opens the file itself\n"
    "  --tries N      N calls; default 200\n"
    "  --scratch DIR  a new or empty directory for the files; default below /tmp\n"
    "  --help         this text\n"
    "Exit status: 0 done as asked, 1 fewer wins than asked for, 2 trouble.\n";

// The supervisor. The first request names the listener. Each further one is a call to come; it
// answers when it has read the path, and decides when it is asked again.
int supervise(int channel, pid_t process, Rewrite rewrite) {
    NotifiedCalls calls;
    const auto listener = take_request(channel);
    if (!listener || !calls.take_over(process, static_cast<int>(*listener))) return 2;
    if (!answer_request(channel)) return 2;
    while (take_request(channel)) {
        seccomp_notif call;
        if (!calls.receive(call)) return 2;
        const auto path = path_of(call);
        if (!path) return 2;
        const bool is_allowed = base_name(*path) == kDecoy;
        if (!answer_request(channel, is_allowed ? 1 : 0) || !take_request(channel)) return 2;
        if (!(rewrite == Rewrite::kYes ? calls.let_go_on(call) : calls.open_for(call, *path)))
            return 2;
    }
    return 0;
}

void race_once(Tally& tally, SwappablePath<uint64_t>& path, ChildProcess& supervisor) {
    path.put(kDecoy);
    if (!supervisor.request(0)) {
        tally.in_trouble = true;
        return;
    }
    bool claimed_decoy = false;
    std::thread sibling([&] {
        const auto read = supervisor.answer();
        claimed_decoy = read == 1;
        path.put(kHidden);
        if (!read || !supervisor.request(0)) tally.in_trouble = true;
    });
    const auto how = plain_open_how();
    const long descriptor = open_with(path.text(), reinterpret_cast<const open_how*>(how.data()));
    const int failed = errno;
    sibling.join();
    errno = failed;
    const OpenedFile opened = identify(descriptor);
    const std::string claimed(claimed_decoy ? kDecoy : kHidden);
    report_open(tally, opened, opened.name != claimed,
                " claimed=" + claimed + " supervisor=" + std::to_string(supervisor.pid()));
}

Tally make_tries(const Request& request, SwappablePath<uint64_t>& path) {
    Tally tally{.in_trouble = true};
    ChildProcess supervisor("supervisor");
    const pid_t process = getpid();
    if (!supervisor.start(
            [&](int channel) { return supervise(channel, process, request.rewrite); }))
        return tally;
    // Yama lets nobody but ancestors and root read, unless told otherwise.
    prctl(PR_SET_PTRACER, supervisor.pid(), 0, 0, 0);
    const auto listener = have_openat2_notified();
    if (!listener || !supervisor.ask(static_cast<uint64_t>(*listener))) return tally;
    close(*listener);  // when the supervisor ends, calls fail instead of waiting for it
    tally.in_trouble = false;
    while (wants_another_try(request, tally)) race_once(tally, path, supervisor);
    return tally;
}

int run(const Request& request) {
    std::optional<Scratch> scratch = Scratch::create(request.scratch);
    if (!scratch || !add_decoy_and_hidden(*scratch)) return 2;
    SwappablePath<uint64_t> path;
    // The twin's is rewritten, too: its supervisor uses what it has read.
    if (!path.lay_out(scratch->directory(), kDecoy, Rewrite::kYes)) return 2;
    return conclude(request, make_tries(request, path), kAdviceOnOpens);
}

}  // namespace

int main(int argc, char** argv) {
    const Offer offer{
        .usage = kUsage,
        .form_option = "form",
        .forms = {{.name = "continue", .every_try_wins = true, .default_tries = 200}},
    };
    return run_sample(argc, argv, offer, run);
}
