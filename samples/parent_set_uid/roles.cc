// SPDX-License-Identifier: Apache-2.0
#include "samples/parent_set_uid/roles.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "samples/support/user_of_process.h"

namespace {

std::optional<int> descriptor_in(const char* word) {
    int number = 0;
    const char* const end = word + std::strlen(word);
    const auto [stopped, error] = std::from_chars(word, end, number);
    if (error != std::errc() || stopped != end) return std::nullopt;
    return number;
}

bool say(int channel) {
    return write(channel, "", 1) == 1;
}

bool hear(int channel) {
    char byte;
    return read(channel, &byte, 1) == 1;
}

}  // namespace

int act_as_parent(const char* program, int answers) {
    int channel[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, channel) != 0) return 2;
    const pid_t child = fork();
    if (child < 0) return 2;
    const std::string own = std::to_string(channel[child == 0]), answer = std::to_string(answers);
    close(channel[child != 0]);
    if (child == 0)
        execl(kAuthoriser, kAuthoriser, own.c_str(), answer.c_str(), nullptr);
    else if (hear(channel[0]))
        execl(program, program, own.c_str(), nullptr);
    return 2;
}

int authorise(int argc, char** argv) {
    const auto channel = argc == 3 ? descriptor_in(argv[1]) : std::nullopt;
    const auto answers = argc == 3 ? descriptor_in(argv[2]) : std::nullopt;
    if (!channel || !answers || !say(*channel) || !hear(*channel)) return 2;
    Answer answer{.pid = getpid(), .parent = getppid(), .user = 0, .is_set_uid = geteuid() == 0};
    const auto user = effective_user_of(answer.parent);
    if (!user) return 2;
    answer.user = *user;
    return write(*answers, &answer, sizeof answer) == static_cast<ssize_t>(sizeof answer) ? 0 : 2;
}

int let_authorise(int argc, char** argv) {
    const auto channel = argc == 2 ? descriptor_in(argv[1]) : std::nullopt;
    if (!channel || !say(*channel)) return 2;
    int status;
    while (wait(&status) < 0)
        if (errno != EINTR) return 2;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}
