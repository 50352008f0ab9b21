// SPDX-License-Identifier: Apache-2.0
#include "samples/support/scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "samples/support/complain.h"

namespace {

// 0 if the directory is empty, ENOTEMPTY if not, else why it cannot be read.
int why_not_empty(const std::string& directory) {
    DIR* stream = opendir(directory.c_str());
    if (!stream) return errno;
    int entries = 0;
    while (readdir(stream)) ++entries;
    closedir(stream);
    return entries > 2 ? ENOTEMPTY : 0;  // "." and ".."
}

bool copy_bytes(int from, int to) {
    for (;;) {
        const ssize_t copied = sendfile(to, from, nullptr, 1 << 20);
        if (copied <= 0) return copied == 0;
    }
}

// A file that is not written whole fails at the latest here.
bool close_written(int file, bool written) {
    const int why = errno;
    const bool closed = close(file) == 0;
    if (!written) errno = why;
    return written && closed;
}

}  // namespace

std::optional<Scratch> Scratch::create(const std::string& wanted) {
    if (wanted.empty()) {
        std::string name = std::string("/tmp/") + program_invocation_short_name + ".XXXXXX";
        if (mkdtemp(name.data())) return Scratch(name, true);
        complain("cannot make a directory in /tmp: %s; name another place with --scratch DIR",
                 std::strerror(errno));
        return std::nullopt;
    }
    if (mkdir(wanted.c_str(), 0700) == 0) return Scratch(wanted, true);
    const int why = errno == EEXIST ? why_not_empty(wanted) : errno;
    if (why == 0) return Scratch(wanted, false);
    complain("cannot use %s as scratch directory: %s; name an empty or a new one", wanted.c_str(),
             std::strerror(why));
    return std::nullopt;
}

Scratch::Scratch(Scratch&& other) noexcept
    : directory_(std::move(other.directory_)),
      made_it_(std::exchange(other.made_it_, false)),
      files_(std::exchange(other.files_, {})),
      directories_(std::exchange(other.directories_, {})) {}

Scratch::~Scratch() {
    std::error_code ignored;
    for (const std::string& directory : directories_)
        std::filesystem::remove_all(directory, ignored);
    for (const std::string& file : files_) unlink(file.c_str());
    if (made_it_) rmdir(directory_.c_str());
}

int Scratch::create_file(const std::string& path) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
    if (file >= 0) files_.push_back(path);
    return file;
}

bool Scratch::add_program(const std::string& name, const std::string& source) {
    const std::string path = directory_ + "/" + name;
    const int from = open(source.c_str(), O_RDONLY | O_CLOEXEC);
    if (from < 0) {
        complain("cannot read the witness %s: %s; name it with --witness PATH", source.c_str(),
                 std::strerror(errno));
        return false;
    }
    const int to = create_file(path);
    const bool copied = to >= 0 && close_written(to, copy_bytes(from, to) && fchmod(to, 0755) == 0);
    if (!copied)
        complain("cannot copy %s to %s: %s; name a directory with 10 MB free with --scratch DIR",
                 source.c_str(), path.c_str(), std::strerror(errno));
    close(from);
    return copied;
}

bool Scratch::add_file(const std::string& name, std::string_view content) {
    const std::string path = directory_ + "/" + name;
    const int file = create_file(path);
    if (file >= 0) {
        errno = ENOSPC;  // what a short write means
        const ssize_t count = write(file, content.data(), content.size());
        if (close_written(file, count == static_cast<ssize_t>(content.size()))) return true;
    }
    complain("cannot write %zu bytes to %s: %s; name another directory with --scratch DIR",
             content.size(), path.c_str(), std::strerror(errno));
    return false;
}

bool Scratch::add_fifo(const std::string& name) {
    const std::string path = directory_ + "/" + name;
    if (mkfifo(path.c_str(), 0600) == 0) return files_.push_back(path), true;
    complain("cannot make the FIFO %s: %s; name another directory with --scratch DIR", path.c_str(),
             std::strerror(errno));
    return false;
}

bool Scratch::add_directory(const std::string& name, uid_t owner) {
    const std::string path = directory_ + "/" + name;
    const bool made = mkdir(path.c_str(), 0700) == 0;
    if (made) directories_.push_back(path);
    if (made && chmod(path.c_str(), 0755) == 0 && lchown(path.c_str(), owner, owner) == 0)
        return true;
    complain("cannot make the directory %s, of user %u: %s; name another with --scratch DIR",
             path.c_str(), owner, std::strerror(errno));
    return false;
}

std::string Scratch::will_hold(const std::string& name) {
    files_.push_back(directory_ + "/" + name);
    return files_.back();
}
