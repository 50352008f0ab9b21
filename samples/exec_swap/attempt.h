// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>

#include "samples/support/request.h"

// What became of one execve.
struct Attempt {
    pid_t pid = 0;
    int exec_errno = 0;  // 0 if a program ran
    std::string line;    // what the program printed, without the newline
};

// Runs a program in a vfork child, which shares this process's memory until execve
// has succeeded: path, argv and envp are read by the kernel from memory that other
// threads can rewrite meanwhile. The child calls last_step, which may touch memory
// only, right before execve. Waits for the program's end. Complains and returns
// nothing if no child could be made.
std::optional<Attempt> attempt_exec(const char* path, char* const argv[], char* const envp[],
                                    const std::function<void()>& last_step);

// Counts the attempt and prints its line; none, or a line that cannot be printed, is
// trouble.
void report(Tally& tally, const std::optional<Attempt>& attempt, bool won);
