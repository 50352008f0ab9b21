// SPDX-License-Identifier: Apache-2.0
#include "blocked_call.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <thread>

#include "samples/support/complain.h"

namespace {

constexpr std::chrono::seconds kPatience{10};
constexpr std::chrono::microseconds kPause{100};

// Nothing, with errno, if it cannot be read.
std::optional<std::string> read_file(const std::string& path) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return std::nullopt;
    char bytes[1024];
    const ssize_t count = read(file, bytes, sizeof bytes);
    const int why = errno;
    close(file);
    errno = why;
    if (count < 0) return std::nullopt;
    return std::string(bytes, static_cast<size_t>(count));
}

// From "257 0xffffff9c 0x7ffd1234 ..."; "running" is no call.
bool is_in_call(const std::string& text, long call, const void* second_argument) {
    long number;
    unsigned long long first, second;
    return std::sscanf(text.c_str(), "%ld %llx %llx", &number, &first, &second) == 3 &&
           number == call && second == reinterpret_cast<uintptr_t>(second_argument);
}

// From "4711 (any name) S ...".
char state_in(const std::string& text) {
    const size_t end = text.rfind(") ");
    return end == std::string::npos || end + 2 >= text.size() ? '?' : text[end + 2];
}

}  // namespace

bool wait_until_blocked_in(pid_t tid, long call, const void* second_argument) {
    const std::string folder = "/proc/self/task/" + std::to_string(tid) + "/";
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    std::optional<std::string> current, stat;
    do {
        // In this order: a sleep seen after the call has begun is one within the call.
        current = read_file(folder + "syscall");
        stat = read_file(folder + "stat");
        if (!current || !stat) {
            complain(
                "cannot read %ssyscall or stat: %s; mount /proc, or use a kernel with "
                "CONFIG_HAVE_ARCH_TRACEHOOK",
                folder.c_str(), std::strerror(errno));
            return false;
        }
        if (is_in_call(*current, call, second_argument) && state_in(*stat) == 'S') return true;
        std::this_thread::sleep_for(kPause);
    } while (std::chrono::steady_clock::now() < deadline);
    complain(
        "thread %d has not gone to sleep in system call %ld within %lld s (state %c, call %s); "
        "see what keeps it",
        static_cast<int>(tid), call, static_cast<long long>(kPatience.count()), state_in(*stat),
        current->substr(0, current->find('\n')).c_str());
    return false;
}
