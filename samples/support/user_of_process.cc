// SPDX-License-Identifier: Apache-2.0
#include "samples/support/user_of_process.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

std::string status_file_of(pid_t pid) {
    return "/proc/" + std::to_string(pid) + "/status";
}

// proc(5): "Uid:" and the real, the effective, the saved and the file system's user.
std::optional<uid_t> effective_user_of(pid_t pid) {
    const int file = open(status_file_of(pid).c_str(), O_RDONLY | O_CLOEXEC);
    char text[4096];
    const ssize_t size = file < 0 ? -1 : read(file, text, sizeof text - 1);
    const int why = errno;
    if (file >= 0) close(file);
    if (size < 0) return errno = why, std::nullopt;
    errno = EBADMSG;
    text[size] = '\0';
    const char* const line = std::strstr(text, "\nUid:\t");
    if (line == nullptr) return std::nullopt;
    const char* const effective = std::strchr(line + 6, '\t');
    if (effective == nullptr) return std::nullopt;
    uid_t user = 0;
    if (std::from_chars(effective + 1, text + size, user).ec != std::errc()) return std::nullopt;
    return user;
}
