// SPDX-License-Identifier: Apache-2.0
#include "samples/pid_reuse/pid_takers.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "samples/support/attacker_process.h"
#include "samples/support/complain.h"

namespace {

// RESERVED_PIDS of kernel/pid.c: once the pids have come round, those below are given out no more.
constexpr pid_t kFirstThatComesRound = 300;
constexpr pid_t kSoon = 32768;  // pid_max(5) of a small machine

enum RequestKind : uint64_t { kTakeAny, kTake, kIsGranted, kRelease };

uint64_t request_for(RequestKind kind, pid_t pid = 0) {
    return uint64_t{kind} << 32 | static_cast<uint32_t>(pid);
}

void reap(pid_t child) {
    while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) continue;
}

void end(pid_t& child) {
    if (child <= 0) return;
    kill(child, SIGKILL);
    reap(std::exchange(child, -1));
}

// A child that lasts, as long as this process does, where its pid is to be had, and else one that
// ends at once.
template <typename Wanted>
pid_t fork_for(const Wanted& is_wanted) {
    const pid_t child = fork();
    if (child != 0) return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (is_wanted(getpid())) pause();
    _exit(0);
}

// The pid, or -errno.
template <typename Wanted>
int take(pid_t& child, const Wanted& is_wanted) {
    end(child);
    for (pid_t tries = 0; tries < 2 * kSoon; ++tries) {
        child = fork_for(is_wanted);
        if (child < 0) return -errno;
        if (is_wanted(child)) return child;
        reap(child);
    }
    child = -1;
    return -EAGAIN;
}

int answer_to(uint64_t request, pid_t& child) {
    const auto pid = static_cast<pid_t>(static_cast<uint32_t>(request));
    switch (static_cast<RequestKind>(request >> 32)) {
        case kTakeAny:
            return take(child, [](pid_t own) { return own >= kFirstThatComesRound; });
        case kTake:
            return take(child, [pid](pid_t own) { return own == pid; });
        case kIsGranted:
            return getpriority(PRIO_PROCESS, static_cast<id_t>(child)) == kGranted;
        case kRelease:
            end(child);
            return 0;
    }
    return -EINVAL;
}

}  // namespace

bool can_cycle_pids() {
    pid_t most = 0;
    std::ifstream("/proc/sys/kernel/pid_max") >> most;
    if (most > 0 && most <= kSoon) return true;
    complain(
        "there are %d pids, and it would take too long until one comes round again; in a "
        "virtual machine, set kernel.pid_max to 500",
        most);
    return false;
}

bool PidTaker::start() {
    return process_.start([this](int channel) {
        if (!become(user_)) return 2;
        pid_t child = -1;
        while (const auto request = take_request(channel))
            if (!answer_request(channel, answer_to(*request, child))) return 2;
        return 0;
    });
}

std::optional<int> PidTaker::ask(uint64_t request, const char* what) {
    const auto answer = process_.ask(request);
    if (!answer) return std::nullopt;
    if (*answer >= 0) return answer;
    complain("the %s, process %d, cannot %s: %s; see that no other program takes the pids", role_,
             static_cast<int>(pid()), what, std::strerror(-*answer));
    return std::nullopt;
}

std::optional<pid_t> PidTaker::take_any() {
    return ask(request_for(kTakeAny), "make a process");
}

bool PidTaker::take(pid_t pid) {
    return ask(request_for(kTake, pid), "get the pid that was checked").has_value();
}

std::optional<bool> PidTaker::is_granted() {
    const auto answer = ask(request_for(kIsGranted), "look at its child");
    return answer ? std::optional(*answer != 0) : std::nullopt;
}

bool PidTaker::release() {
    return ask(request_for(kRelease), "end its child").has_value();
}
