// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "analyzer/report/escape.h"

namespace tocsin {
namespace {

constexpr size_t kPendingBytes = size_t{64} << 10;

}  // namespace

OutputFile::OutputFile(FileDescriptor descriptor, std::string name)
    : descriptor_(std::move(descriptor)), name_(std::move(name)) {}

namespace {

Error error_of_creating(const std::string& path, int error) {
    if (error == EEXIST)
        return Error{quote(path) + " exists and is left as it is; name another file with -o"};
    return Error{"cannot create " + quote(path) + ": " + std::strerror(error)};
}

}  // namespace

Result<> OutputFile::expect_to_create(const std::string& path) {
    if (path.empty() || path == "-") return {};
    struct stat there = {};
    if (::lstat(path.c_str(), &there) == 0) return error_of_creating(path, EEXIST);
    const std::string parent = std::filesystem::absolute(path).parent_path().string();
    if (::access(parent.c_str(), W_OK | X_OK) != 0) return error_of_creating(path, errno);
    return {};
}

Result<OutputFile> OutputFile::create(const std::string& path) {
    FileDescriptor descriptor(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (descriptor.get() >= 0) return OutputFile(std::move(descriptor), quote(path));
    return error_of_creating(path, errno);
}

OutputFile OutputFile::standard_output() {
    // Never below 3: a closed standard output must not become some other file's number.
    return {FileDescriptor(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)), "standard output"};
}

Result<OutputFile> OutputFile::open(const std::string& operand) {
    return operand.empty() || operand == "-" ? standard_output() : create(operand);
}

Result<> OutputFile::write(std::string_view text) {
    pending_ += text;
    return pending_.size() < kPendingBytes ? Result<>{} : flush();
}

Result<> OutputFile::flush() {
    std::string_view rest = pending_;
    while (!rest.empty()) {
        const ssize_t written = ::write(descriptor_.get(), rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        // Who read it has seen enough.
        if (written < 0 && errno == EPIPE) return Error{};
        if (written < 0)
            return Error{"cannot write to " + name_ + ": " + std::strerror(errno) +
                         "; the report is not complete"};
        rest.remove_prefix(static_cast<size_t>(written));
    }
    pending_.clear();
    return {};
}

Result<> OutputFile::close() {
    if (auto flushed = flush(); !flushed) return flushed;
    // Network file systems report a full disk when any descriptor of the file is closed.
    const int copy = ::fcntl(descriptor_.get(), F_DUPFD_CLOEXEC, 3);
    const bool failed = copy >= 0 && ::close(copy) != 0 && errno != EINTR;
    const int error = errno;
    descriptor_.reset();
    if (!failed) return {};
    return Error{"cannot write to " + name_ + ": " + std::strerror(error) +
                 "; the report is not complete"};
}

Colour OutputFile::colour_for(std::string_view when) const {
    if (when == "always") return Colour::kYes;
    const char* no_color = std::getenv("NO_COLOR");
    const bool is_refused = no_color != nullptr && *no_color != '\0';
    const bool is_terminal = ::isatty(descriptor_.get()) == 1;
    return when == "auto" && !is_refused && is_terminal ? Colour::kYes : Colour::kNo;
}

}  // namespace tocsin
