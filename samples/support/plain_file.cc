// SPDX-License-Identifier: Apache-2.0
#include "samples/support/plain_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

std::optional<FileIdentity> identity_of(int descriptor) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) return std::nullopt;
    return FileIdentity{status.st_dev, status.st_ino};
}

std::optional<FileIdentity> identity_at(const std::string& path) {
    struct stat status;
    if (lstat(path.c_str(), &status) != 0) return std::nullopt;
    return FileIdentity{status.st_dev, status.st_ino};
}

bool is_owned_by(uid_t user, const std::string& path) {
    struct stat status;
    return lstat(path.c_str(), &status) == 0 && status.st_uid == user;
}

bool is_owned_by(uid_t user, int descriptor) {
    struct stat status;
    return fstat(descriptor, &status) == 0 && status.st_uid == user;
}

bool has_mode(mode_t mode, const std::string& path) {
    struct stat status;
    return lstat(path.c_str(), &status) == 0 && (status.st_mode & 07777) == mode;
}

bool has_mode(mode_t mode, int descriptor) {
    struct stat status;
    return fstat(descriptor, &status) == 0 && (status.st_mode & 07777) == mode;
}

namespace {

bool write_and_close(int file, std::string_view content) {
    if (file < 0) return false;
    errno = ENOSPC;  // what a short write means
    const ssize_t count = write(file, content.data(), content.size());
    const int why = errno;
    close(file);
    errno = why;
    return count == static_cast<ssize_t>(content.size());
}

}  // namespace

bool make_file(const std::string& path, mode_t mode, std::string_view content) {
    return write_and_close(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode),
                           content);
}

bool add_to_file(const std::string& path, std::string_view content) {
    return write_and_close(open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC), content);
}
