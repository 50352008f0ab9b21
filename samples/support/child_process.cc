// SPDX-License-Identifier: Apache-2.0
#include "samples/support/child_process.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "samples/support/complain.h"

namespace {

constexpr int kPatienceMs = 30'000;

// Messages are values of one type each way, whole or not at all.
template <typename Value>
bool send_value(int channel, Value value) {
    ssize_t count;
    do count = send(channel, &value, sizeof value, MSG_NOSIGNAL);
    while (count < 0 && errno == EINTR);
    return count == static_cast<ssize_t>(sizeof value);
}

template <typename Value>
std::optional<Value> receive_value(int channel) {
    Value value;
    ssize_t count;
    do count = recv(channel, &value, sizeof value, 0);
    while (count < 0 && errno == EINTR);
    if (count != static_cast<ssize_t>(sizeof value)) return std::nullopt;
    return value;
}

}  // namespace

ChildProcess::~ChildProcess() {
    if (pid_ < 0) return;
    close(channel_);
    // It has nothing to clean up, and may be stopped.
    kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

bool ChildProcess::start(const std::function<int(int channel)>& work) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        complain("cannot make a pair of sockets: %s; raise the limit on open files",
                 std::strerror(errno));
        return false;
    }
    pid_ = fork();
    if (pid_ == 0) {
        close(ends[0]);
        _exit(work(ends[1]));
    }
    const int why = errno;
    close(ends[1]);
    channel_ = ends[0];
    if (pid_ > 0) return true;
    close(channel_);
    complain("cannot make a child: %s; raise the limit on processes", std::strerror(why));
    return false;
}

bool ChildProcess::complain_of_end() {
    complain("the %s, process %d, has ended; see what killed it", role_, static_cast<int>(pid_));
    return false;
}

std::optional<int> ChildProcess::ask(uint64_t request_value) {
    if (!request(request_value)) return std::nullopt;
    return answer();
}

bool ChildProcess::request(uint64_t request) {
    return send_value(channel_, request) || complain_of_end();
}

bool ChildProcess::stop() {
    if (kill(pid_, SIGSTOP) != 0) return complain_of_end();
    siginfo_t change;
    int result;
    // An end is left for the destructor to wait for.
    do result = waitid(P_PID, static_cast<id_t>(pid_), &change, WSTOPPED | WEXITED | WNOWAIT);
    while (result != 0 && errno == EINTR);
    return (result == 0 && change.si_code == CLD_STOPPED) || complain_of_end();
}

bool ChildProcess::go_on() {
    return kill(pid_, SIGCONT) == 0 || complain_of_end();
}

std::optional<int> ChildProcess::answer() {
    pollfd answer = {channel_, POLLIN, 0};
    int ready;
    do ready = poll(&answer, 1, kPatienceMs);
    while (ready < 0 && errno == EINTR);
    if (ready > 0)
        if (const std::optional<int> given = receive_value<int>(channel_)) return given;
    if (ready == 0)
        complain("the %s, process %d, has not answered for %d s; see what stopped it", role_,
                 static_cast<int>(pid_), kPatienceMs / 1000);
    else
        complain_of_end();
    return std::nullopt;
}

std::optional<uint64_t> take_request(int channel) {
    return receive_value<uint64_t>(channel);
}

bool answer_request(int channel, int answer) {
    return send_value(channel, answer);
}
