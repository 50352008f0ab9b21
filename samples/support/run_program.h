// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

// Runs a program by its path, with these words as its arguments, and waits until it ends. Its pid;
// -1, with errno, where it could not be started; what it ended with is of no interest.
pid_t run_program(const std::string& path, const std::vector<std::string>& words);

// A line of sh(1) that makes an empty file.
std::string line_that_makes(const std::string& file);
