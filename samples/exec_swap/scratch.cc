// SPDX-License-Identifier: Apache-2.0
#include "scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "complain.h"

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

}  // namespace

std::optional<Scratch> Scratch::create(const std::string& wanted) {
    if (wanted.empty()) {
        char name[] = "/tmp/exec_swap.XXXXXX";
        if (mkdtemp(name)) return Scratch(name, true);
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
      files_(std::exchange(other.files_, {})) {}

Scratch::~Scratch() {
    for (const std::string& file : files_) unlink(file.c_str());
    if (made_it_) rmdir(directory_.c_str());
}

bool Scratch::add_program(const std::string& name, const std::string& source) {
    const std::string path = directory_ + "/" + name;
    const int from = open(source.c_str(), O_RDONLY | O_CLOEXEC);
    if (from < 0) {
        complain("cannot read the witness %s: %s; name it with --witness PATH", source.c_str(),
                 std::strerror(errno));
        return false;
    }
    const int to = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
    if (to >= 0) files_.push_back(path);
    bool copied = to >= 0 && copy_bytes(from, to) && fchmod(to, 0755) == 0;
    if (to >= 0 && close(to) != 0) copied = false;
    if (!copied)
        complain("cannot copy %s to %s: %s; name a directory with 10 MB free with --scratch DIR",
                 source.c_str(), path.c_str(), std::strerror(errno));
    close(from);
    return copied;
}
