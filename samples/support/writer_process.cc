// SPDX-License-Identifier: Apache-2.0
#include "samples/support/writer_process.h"

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

bool send_byte(int channel) {
    return send(channel, "w", 1, MSG_NOSIGNAL) == 1;
}

bool receive_byte(int channel) {
    char byte;
    ssize_t count;
    do count = recv(channel, &byte, 1, 0);
    while (count < 0 && errno == EINTR);
    return count == 1;
}

}  // namespace

WriterProcess::~WriterProcess() {
    if (pid_ < 0) return;
    close(channel_);
    // It has nothing to clean up, and may be stopped.
    kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

bool WriterProcess::start(const std::function<int(int channel)>& work) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
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

bool WriterProcess::ask() {
    pollfd answer = {channel_, POLLIN, 0};
    int ready = -1;
    bool waits = send_byte(channel_);
    while (waits) {
        ready = poll(&answer, 1, kPatienceMs);
        waits = ready < 0 && errno == EINTR;
    }
    if (ready > 0 && receive_byte(channel_)) return true;
    if (ready == 0)
        complain("the writer, process %d, has not answered for %d s; see what stopped it",
                 static_cast<int>(pid_), kPatienceMs / 1000);
    else
        complain("the writer, process %d, has ended; see what killed it", static_cast<int>(pid_));
    return false;
}

bool take_request(int channel) {
    return receive_byte(channel);
}

bool answer_request(int channel) {
    return send_byte(channel);
}
