// SPDX-License-Identifier: Apache-2.0
#include "recorder/held_command.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tocsin {
namespace {

namespace fs = std::filesystem;

using Words = std::vector<std::string>;

Words shell(const std::string& script) {
    return {"/bin/sh", "-c", script};
}

// Runs it to its end.
std::optional<int> status_of(const Words& words) {
    auto command = HeldCommand::start(words);
    if (!command || !command->release()) return std::nullopt;
    return command->wait_exit();
}

// Waits until the process is gone, but leaves it to be waited for.
void await_end(int pid) {
    siginfo_t info{};
    ASSERT_EQ(waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT), 0);
}

TEST(HeldCommand, EndsWithTheStatusOfTheCommand) {
    EXPECT_EQ(status_of(shell("exit 0")), 0);
    EXPECT_EQ(status_of(shell("exit 7")), 7);
    EXPECT_EQ(status_of(shell("exit 255")), 255);
}

TEST(HeldCommand, ASignalCountsFrom128AsInTheShell) {
    EXPECT_EQ(status_of(shell("kill -KILL $$")), 128 + SIGKILL);
    EXPECT_EQ(status_of(shell("kill -TERM $$")), 128 + SIGTERM);
}

TEST(HeldCommand, IsLookedUpInThePath) {
    EXPECT_EQ(status_of({"true"}), 0);
}

TEST(HeldCommand, KeepsItsArgumentsAsTheyAre) {
    EXPECT_EQ(status_of({"/bin/sh", "-c", R"([ "$#" = 3 ] && [ -z "$2" ] && [ "$3" = "a  b" ])",
                         "sh", "1", "", "a  b"}),
              0);
}

TEST(HeldCommand, OneThatDoesNotExistIsAnErrorWhenItIsReleased) {
    auto command = HeldCommand::start({"/no/such/command"});
    ASSERT_TRUE(command.ok());
    const auto released = command->release();
    ASSERT_FALSE(released.ok());
    EXPECT_EQ(released.error().message, "cannot run /no/such/command: No such file or directory");
    EXPECT_EQ(command->wait_exit(), 127);
}

TEST(HeldCommand, OneThatMayNotBeExecutedSaysWhy) {
    auto command = HeldCommand::start({"/etc/passwd"});
    ASSERT_TRUE(command.ok());
    const auto released = command->release();
    ASSERT_FALSE(released.ok());
    EXPECT_EQ(released.error().message, "cannot run /etc/passwd: Permission denied");
}

TEST(HeldCommand, RunsNothingBeforeItIsReleased) {
    auto command = HeldCommand::start({"true"});
    ASSERT_TRUE(command.ok());
    const std::string program = "/proc/" + std::to_string(command->pid()) + "/exe";
    EXPECT_EQ(fs::read_symlink(program), fs::read_symlink("/proc/self/exe"));
    EXPECT_FALSE(command->poll_exit());
    ASSERT_TRUE(command->release().ok());
    EXPECT_EQ(command->wait_exit(), 0);
}

TEST(HeldCommand, OneThatIsNeverReleasedNeverRuns) {
    std::string directory = "/tmp/held_command_test.XXXXXX";
    ASSERT_NE(mkdtemp(directory.data()), nullptr);
    const fs::path marker = fs::path(directory) / "ran";
    int pid = 0;
    {
        auto command = HeldCommand::start({"touch", marker});
        ASSERT_TRUE(command.ok());
        pid = command->pid();
    }
    int status = 0;
    EXPECT_EQ(waitpid(pid, &status, 0), pid);
    EXPECT_FALSE(fs::exists(marker));
    fs::remove_all(directory);
}

TEST(HeldCommand, OneThatWasKilledMeanwhileIsAnError) {
    auto command = HeldCommand::start({"true"});
    ASSERT_TRUE(command.ok());
    kill(command->pid(), SIGKILL);
    await_end(command->pid());
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    const auto released = command->release();
    std::signal(SIGPIPE, before);
    ASSERT_FALSE(released.ok());
    EXPECT_EQ(released.error().message, "cannot start true: Broken pipe");
    EXPECT_EQ(command->wait_exit(), 128 + SIGKILL);
}

TEST(HeldCommand, PollingSeesTheEndAndKeepsIt) {
    auto command = HeldCommand::start(shell("exit 3"));
    ASSERT_TRUE(command.ok());
    EXPECT_FALSE(command->poll_exit());
    ASSERT_TRUE(command->release().ok());
    await_end(command->pid());
    EXPECT_EQ(command->poll_exit(), 3);
    EXPECT_EQ(command->poll_exit(), 3);
    EXPECT_EQ(command->wait_exit(), 3);
}

void do_nothing(int) {}

// So that a recorder that waits for a command can itself be stopped.
TEST(HeldCommand, ASignalEndsTheWaitingAndNotTheCommand) {
    auto command = HeldCommand::start({"true"});
    ASSERT_TRUE(command.ok());
    struct sigaction action {
    }, before{};
    action.sa_handler = do_nothing;
    sigaction(SIGALRM, &action, &before);
    const itimerval soon{{0, 5000}, {0, 5000}};  // again, should the first come before the wait
    const itimerval never{};
    setitimer(ITIMER_REAL, &soon, nullptr);
    EXPECT_FALSE(command->wait_exit());
    setitimer(ITIMER_REAL, &never, nullptr);
    sigaction(SIGALRM, &before, nullptr);
    ASSERT_TRUE(command->release().ok());
    EXPECT_EQ(command->wait_exit(), 0);
}

TEST(HeldCommand, DiesOfABrokenPipeAsItWouldWithoutARecorder) {
    EXPECT_EQ(status_of(shell("kill -PIPE $$")), 128 + SIGPIPE);
}

// Descriptors of this process that a command is meant to get.
int inheritable_descriptors() {
    int count = 0;
    for (int fd = 0; fd < 1024; ++fd) {
        const int flags = fcntl(fd, F_GETFD);
        if (flags >= 0 && (flags & FD_CLOEXEC) == 0) ++count;
    }
    return count;
}

TEST(HeldCommand, InheritsNoDescriptorOfTheRecorder) {
    auto other = HeldCommand::start({"true"});
    ASSERT_TRUE(other.ok());
    const int own = 1;  // of the directory that ls reads
    EXPECT_EQ(status_of(shell("exit $(ls /proc/self/fd | wc -l)")),
              inheritable_descriptors() + own);
    ASSERT_TRUE(other->release().ok());
    EXPECT_EQ(other->wait_exit(), 0);
}

// A descriptor that is another one, for as long as the object lives.
class Redirected {
  public:
    Redirected(int fd, int to) : fd_(fd), before_(dup(fd)) { dup2(to, fd_); }
    ~Redirected() {
        dup2(before_, fd_);
        close(before_);
    }
    Redirected(const Redirected&) = delete;
    Redirected& operator=(const Redirected&) = delete;

  private:
    int fd_, before_;
};

std::string all_of(int fd) {
    std::string text;
    std::array<char, 256> some{};
    for (ssize_t n = 0; (n = read(fd, some.data(), some.size())) > 0;)
        text.append(some.data(), static_cast<size_t>(n));
    return text;
}

TEST(HeldCommand, ItsOutputCanBeKeptOutOfATraceOnStandardOutput) {
    std::array<int, 2> out{}, error{};
    ASSERT_EQ(pipe2(out.data(), O_CLOEXEC), 0);
    ASSERT_EQ(pipe2(error.data(), O_CLOEXEC), 0);
    {
        const Redirected to_out(STDOUT_FILENO, out[1]), to_error(STDERR_FILENO, error[1]);
        auto command = HeldCommand::start({"echo", "hello"}, CommandOutput::kToStderr);
        ASSERT_TRUE(command.ok());
        ASSERT_TRUE(command->release().ok());
        command->wait_exit();
    }
    close(out[1]);
    close(error[1]);
    EXPECT_EQ(all_of(out[0]), "");
    EXPECT_EQ(all_of(error[0]), "hello\n");
    close(out[0]);
    close(error[0]);
}

}  // namespace
}  // namespace tocsin
