// SPDX-License-Identifier: Apache-2.0
#include "attempt.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "samples/support/complain.h"
#include "samples/support/output.h"

namespace {

struct Launched {
    pid_t pid;
    int exec_errno;
};

// Not inlined: the child runs on this stack frame, and must not spoil another one.
[[gnu::noinline]] Launched launch(const char* path, char* const argv[], char* const envp[],
                                  int output, const std::function<void()>& last_step) {
    volatile int exec_errno = 0;
    const pid_t pid = vfork();
    if (pid == 0) {
        dup2(output, STDOUT_FILENO);
        last_step();
        execve(path, argv, envp);
        exec_errno = errno;
        _exit(127);
    }
    if (pid < 0) exec_errno = errno;
    return {pid, exec_errno};
}

std::string read_line(int input) {
    std::string text;
    char bytes[4096];
    for (;;) {
        const ssize_t count = read(input, bytes, sizeof bytes);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        text.append(bytes, static_cast<size_t>(count));
    }
    return text.substr(0, text.find('\n'));
}

}  // namespace

std::optional<Attempt> attempt_exec(const char* path, char* const argv[], char* const envp[],
                                    const std::function<void()>& last_step) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        complain("cannot make a pipe: %s; raise the limit on open files", std::strerror(errno));
        return std::nullopt;
    }
    const Launched child = launch(path, argv, envp, ends[1], last_step);
    close(ends[1]);
    Attempt attempt{child.pid, child.exec_errno, read_line(ends[0])};
    close(ends[0]);
    if (child.pid < 0) {
        complain("cannot make a child: %s; raise the limit on processes",
                 std::strerror(child.exec_errno));
        return std::nullopt;
    }
    while (waitpid(child.pid, nullptr, 0) < 0 && errno == EINTR) continue;
    return attempt;
}

void report(Tally& tally, const std::optional<Attempt>& attempt, bool won) {
    if (!attempt) {
        tally.in_trouble = true;
        return;
    }
    ++tally.tries;
    tally.wins += won;
    tally.answered += !attempt->line.empty();
    std::string line = attempt->line;
    if (attempt->exec_errno != 0) {
        tally.last_errno = attempt->exec_errno;
        line = "failed pid=" + std::to_string(attempt->pid) +
               " errno=" + std::to_string(attempt->exec_errno);
    }
    if (!line.empty() && !print_line(line)) tally.in_trouble = true;
}
