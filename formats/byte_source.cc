// SPDX-License-Identifier: Apache-2.0
#include "formats/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "formats/check.h"
#include "formats/file_descriptor.h"

namespace tocsin {
namespace {

class MemorySource : public ByteSource {
  public:
    explicit MemorySource(std::vector<uint8_t> bytes) : bytes_(std::move(bytes)) {}
    uint64_t size() const override { return bytes_.size(); }
    Result<> read_at(uint64_t offset, std::span<uint8_t> out) const override {
        CHECK(offset <= bytes_.size() && out.size() <= bytes_.size() - offset);
        if (!out.empty()) std::memcpy(out.data(), bytes_.data() + offset, out.size());
        return {};
    }

  private:
    std::vector<uint8_t> bytes_;
};

class FileSource : public ByteSource {
  public:
    FileSource(FileDescriptor file, uint64_t size) : file_(std::move(file)), size_(size) {}
    uint64_t size() const override { return size_; }
    // pread, not mmap: a file that shrinks meanwhile must be an error, not a SIGBUS.
    Result<> read_at(uint64_t offset, std::span<uint8_t> out) const override {
        CHECK(offset <= size_ && out.size() <= size_ - offset);
        while (!out.empty()) {
            const ssize_t n =
                pread(file_.get(), out.data(), out.size(), static_cast<off_t>(offset));
            if (n < 0 && errno == EINTR) continue;
            if (n < 0)
                return Error{"cannot read at byte " + std::to_string(offset) + ": " +
                             std::strerror(errno)};
            if (n == 0)
                return Error{"the file ends at byte " + std::to_string(offset) +
                             " though it was longer a moment ago; is it still being written?"};
            out = out.subspan(static_cast<size_t>(n));
            offset += static_cast<uint64_t>(n);
        }
        return {};
    }

  private:
    FileDescriptor file_;
    uint64_t size_;
};

Error too_long(uint64_t most) {
    return Error{"it has more than " + std::to_string(most) + " bytes"};
}

Result<std::unique_ptr<ByteSource>> read_to_end(int fd, const std::string& name, uint64_t most) {
    std::vector<uint8_t> bytes;
    size_t used = 0;
    while (true) {
        if (used == bytes.size()) bytes.resize(std::max<size_t>(size_t{1} << 16, used * 2));
        const ssize_t n = read(fd, bytes.data() + used, bytes.size() - used);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return Error{"cannot read " + name + ": " + std::strerror(errno)};
        if (n == 0) break;
        used += static_cast<size_t>(n);
        if (used > most) return too_long(most);
    }
    bytes.resize(used);
    return ByteSource::from_memory(std::move(bytes));
}

}  // namespace

Result<std::unique_ptr<ByteSource>> ByteSource::open(const std::string& path, uint64_t most) {
    if (path == "-") return read_to_end(STDIN_FILENO, "standard input", most);
    FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    struct stat status {};
    if (file.get() < 0 || fstat(file.get(), &status) != 0)
        return Error{std::string("cannot open it: ") + std::strerror(errno)};
    if (S_ISDIR(status.st_mode)) return Error{"it is a directory, not a file"};
    if (!S_ISREG(status.st_mode)) return read_to_end(file.get(), path, most);
    if (static_cast<uint64_t>(status.st_size) > most) return too_long(most);
    return std::unique_ptr<ByteSource>(
        std::make_unique<FileSource>(std::move(file), static_cast<uint64_t>(status.st_size)));
}

std::unique_ptr<ByteSource> ByteSource::from_memory(std::vector<uint8_t> bytes) {
    return std::make_unique<MemorySource>(std::move(bytes));
}

}  // namespace tocsin
