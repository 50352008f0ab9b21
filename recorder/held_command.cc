// SPDX-License-Identifier: Apache-2.0
#include "recorder/held_command.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace tocsin {
namespace {

int shell_status(int status) {
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool make_pipe(FileDescriptor& out, FileDescriptor& in) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    out = FileDescriptor(ends[0]);
    in = FileDescriptor(ends[1]);
    return true;
}

}  // namespace

void HeldCommand::run_child(const std::vector<std::string>& command, CommandOutput output, int gate,
                            int report) {
    if (output == CommandOutput::kToStderr && dup2(STDERR_FILENO, STDOUT_FILENO) < 0) _exit(126);
    std::vector<char*> argv;
    argv.reserve(command.size() + 1);
    for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    char go = 0;
    if (read(gate, &go, 1) != 1) _exit(127);  // the recorder is gone
    execvp(argv[0], argv.data());
    const int error = errno;
    if (write(report, &error, sizeof error) < 0) _exit(126);
    _exit(127);
}

Result<HeldCommand> HeldCommand::start(const std::vector<std::string>& command,
                                       CommandOutput output) {
    HeldCommand held(command.front());
    FileDescriptor child_gate, child_report;
    if (!make_pipe(child_gate, held.gate_) || !make_pipe(held.report_, child_report))
        return Error{"cannot start " + held.name_ + ": " + std::strerror(errno)};
    held.pid_ = fork();
    if (held.pid_ < 0) return Error{"cannot start " + held.name_ + ": " + std::strerror(errno)};
    if (held.pid_ == 0) {
        held.gate_.reset();
        run_child(command, output, child_gate.get(), child_report.get());
    }
    return held;
}

Result<> HeldCommand::release() {
    if (write(gate_.get(), "g", 1) != 1)
        return Error{"cannot start " + name_ + ": " + std::strerror(errno)};
    gate_.reset();
    int error = 0;
    ssize_t bytes = 0;
    do bytes = read(report_.get(), &error, sizeof error);
    while (bytes < 0 && errno == EINTR);
    if (bytes == static_cast<ssize_t>(sizeof error))
        return Error{"cannot run " + name_ + ": " + std::strerror(error)};
    return {};
}

std::optional<int> HeldCommand::poll_exit() {
    int status = 0;
    if (!exit_ && waitpid(pid_, &status, WNOHANG) == pid_) exit_ = shell_status(status);
    return exit_;
}

std::optional<int> HeldCommand::wait_exit() {
    int status = 0;
    if (!exit_ && waitpid(pid_, &status, 0) == pid_) exit_ = shell_status(status);
    return exit_;
}

}  // namespace tocsin
