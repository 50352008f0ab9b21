// SPDX-License-Identifier: Apache-2.0
#include "samples/support/run_program.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

pid_t run_program(const std::string& path, const std::vector<std::string>& words) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_t pid;
    const int error = posix_spawn(&pid, path.c_str(), nullptr, nullptr, arguments.data(), environ);
    if (error != 0) return errno = error, -1;
    while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) continue;
    return pid;
}

std::string line_that_makes(const std::string& file) {
    return ": >'" + file + "'\n";
}
