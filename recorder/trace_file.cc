// SPDX-License-Identifier: Apache-2.0
#include "recorder/trace_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tocsin {
namespace {

// A pipe that is not to block, which is a property that we share with whoever else has it open.
bool await_room(int fd) {
    pollfd full{fd, POLLOUT, 0};
    return poll(&full, 1, -1) > 0 || errno == EINTR;
}

}  // namespace

Result<std::unique_ptr<TraceFile>> TraceFile::create(const std::string& path) {
    if (path == "-") {
        if (isatty(STDOUT_FILENO) != 0)
            return Error{"a trace is not for a terminal; pipe it on, or name a file with -o"};
        return std::unique_ptr<TraceFile>(new TraceFile(path, FileDescriptor()));
    }
    // O_APPEND: taking a torn frame back with ftruncate does not move the file offset.
    FileDescriptor file(open(path.c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_APPEND | O_CLOEXEC,
                             S_IRUSR | S_IWUSR));
    if (file.get() < 0) {
        if (errno == EEXIST)
            return Error{path + " exists and is not overwritten; name another file with -o"};
        return Error{"cannot create " + path + ": " + std::strerror(errno) +
                     "; name another file with -o"};
    }
    return std::unique_ptr<TraceFile>(new TraceFile(path, std::move(file)));
}

int TraceFile::fd() const {
    return is_stream() ? STDOUT_FILENO : file_.get();
}

Result<> TraceFile::write(std::span<const uint8_t> bytes) {
    const uint64_t total = bytes.size();
    while (!bytes.empty()) {
        const ssize_t n = ::write(fd(), bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN && await_room(fd())) continue;
        if (n < 0) {
            const int reason = errno;
            if (!is_stream() && ftruncate(fd(), static_cast<off_t>(good_bytes_)) != 0)
                return Error{"cannot write to " + path_ + ": " + std::strerror(reason) +
                             "; a torn frame remains at its end, which readers leave out"};
            return Error{"cannot write to " + (is_stream() ? "standard output" : path_) + ": " +
                         std::strerror(reason)};
        }
        bytes = bytes.subspan(static_cast<size_t>(n));
    }
    good_bytes_ += total;
    return {};
}

Result<> TraceFile::sync() {
    if (!is_stream() && fdatasync(fd()) != 0 && errno != EINVAL)
        return Error{"cannot make " + path_ + " durable: " + std::strerror(errno)};
    return {};
}

void TraceFile::discard() {
    if (!is_stream()) unlink(path_.c_str());
}

}  // namespace tocsin
