// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

// Where proc(5) says whose a process is.
std::string status_file_of(pid_t pid);

// The effective user; nothing, with errno, where there is no such process.
std::optional<uid_t> effective_user_of(pid_t pid);
