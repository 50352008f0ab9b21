// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cstdio>
#include <deque>
#include <optional>

#include "tests/support/name_cases.h"

namespace tocsin::test {
namespace {

namespace fs = std::filesystem;

std::string hex(std::string_view bytes) {
    if (bytes.empty()) return "-";
    std::string digits;
    for (const char byte : bytes) {
        char two[3];
        std::snprintf(two, sizeof two, "%02x", static_cast<unsigned char>(byte));
        digits += two;
    }
    return digits;
}

std::optional<struct stat> status_of(const fs::path& file) {
    struct stat status = {};
    if (lstat(file.c_str(), &status) != 0) return std::nullopt;
    return status;
}

std::string identity(const std::optional<struct stat>& status) {
    if (!status) return "0:0/0";
    return std::to_string(major(status->st_dev)) + ":" + std::to_string(minor(status->st_dev)) +
           "/" + std::to_string(status->st_ino);
}

// `parent`: what the directory is.
void say_object(const char* role, const std::optional<struct stat>& status, std::string_view name,
                const std::string& parent, const fs::path& directory) {
    std::printf("%d: object %s %s %o %s %s %s\n", getpid(), role, identity(status).c_str(),
                status ? status->st_mode & S_IFMT : 0, hex(name).c_str(), parent.c_str(),
                hex(directory.native()).c_str());
}

// In no directory where that is empty.
void say_object(const char* role, const std::optional<struct stat>& status, std::string_view name,
                const fs::path& directory) {
    const std::string parent = directory.empty() ? "-" : identity(status_of(directory));
    say_object(role, status, name, parent, directory);
}

// A case is a process of its own: what it passes is kept until it ends.
const std::string& kept(std::string string) {
    static std::deque<std::string> all;
    return all.emplace_back(std::move(string));
}

const char* word_of(Readable readable) {
    switch (readable) {
        case Readable::kAll:
            return "all";
        case Readable::kPartly:
            return "partly";
        case Readable::kLater:
            return "later";
        case Readable::kCut:
            return "cut";
    }
    return "?";
}

const char* word_of(Kernel kernel) {
    switch (kernel) {
        case Kernel::kCopies:
            return "copied";
        case Kernel::kCopiesNothing:
            return "not-copied";
        case Kernel::kMayCopy:
            return "may-be-copied";
    }
    return "?";
}

}  // namespace

Attempt& Attempt::operand(const char* kind, const char* pointer, std::string_view bytes,
                          Readable readable, Kernel kernel) {
    std::printf("%d: operand %zu %s %s %s %s\n", getpid(), arguments_.size(), kind,
                hex(bytes).c_str(), word_of(readable), word_of(kernel));
    return with(pointer);
}

Attempt& Attempt::name(const fs::path& name, Kernel kernel) {
    const std::string& bytes = kept(name.native());
    return operand("path", bytes.c_str(), bytes, Readable::kAll, kernel);
}

Attempt& Attempt::text(const std::string& text, Kernel kernel) {
    const std::string& bytes = kept(text);
    return operand("string", bytes.c_str(), bytes, Readable::kAll, kernel);
}

Attempt& Attempt::name_at(const char* pointer, std::string_view bytes, Readable readable,
                          Kernel kernel) {
    return operand("path", pointer, bytes, readable, kernel);
}

Attempt& Attempt::text_at(const char* pointer, std::string_view bytes, Readable readable,
                          Kernel kernel) {
    return operand("string", pointer, bytes, readable, kernel);
}

Attempt& Attempt::with(long word) {
    arguments_.push_back(word);
    return *this;
}

Attempt& Attempt::with(const void* pointer) {
    return with(reinterpret_cast<long>(pointer));
}

Attempt& Attempt::shows(const char* role, const fs::path& file) {
    return shows_as(role, file, file);
}

Attempt& Attempt::shows_as(const char* role, const fs::path& file, const fs::path& name) {
    if (name == "/")
        say_object(role, status_of(file), "/", "");
    else
        say_object(role, status_of(file), name.filename().native(), name.parent_path());
    return *this;
}

Attempt& Attempt::shows_detached(const char* role, const fs::path& file) {
    say_object(role, status_of(file), file.filename().native(),
               identity(status_of(file.parent_path())), "");
    return *this;
}

Attempt& Attempt::accesses(const fs::path& file, const fs::path& directory) {
    say_object("named", status_of(file), "", directory);
    return *this;
}

Attempt& Attempt::misses(const fs::path& directory, const char* role) {
    say_object(role, std::nullopt, "", directory);
    return *this;
}

Attempt& Attempt::shows_later(const char* role, const fs::path& file) {
    later_.emplace_back(role, file);
    return *this;
}

Attempt& Attempt::makes(const fs::path& file) {
    return shows("named", file).shows_later("made", file);
}

Attempt& Attempt::opens(const fs::path& file, int detail) {
    std::printf("%d: detail %d\n", getpid(), detail);
    return shows_later("opened", file).shows_later("returned", file);
}

Attempt& Attempt::says(const std::string& entry) {
    std::printf("%d: entry %s\n", getpid(), entry.c_str());
    return *this;
}

Attempt& Attempt::fills(const void* memory, size_t bytes) {
    filled_ = {static_cast<const char*>(memory), bytes};
    return *this;
}

Attempt& Attempt::reaches(pid_t process) {
    std::printf("%d: target %d\n", getpid(), process);
    return *this;
}

Attempt& Attempt::shows_behind(const char* role, int descriptor) {
    struct stat status = {};
    if (fstat(descriptor, &status) != 0) give_up("look behind a descriptor");
    say_object(role, status, "", "");
    return *this;
}

Attempt& Attempt::twice() {
    is_twice_ = true;
    return *this;
}

Attempt& Attempt::leaves_no_trace() {
    std::printf("%d: unrecorded everywhere\n", getpid());
    return *this;
}

Attempt& Attempt::leaves_no_trace_without_hooks() {
    std::printf("%d: unrecorded without-hooks\n", getpid());
    return *this;
}

int Attempt::make() {
    std::printf("%d: call %s\n", getpid(), call_);
    arguments_.resize(6);
    const std::vector<long>& a = arguments_;
    close(kMark);
    long result = syscall(number_, a[0], a[1], a[2], a[3], a[4], a[5]);
    if (is_twice_) result = syscall(number_, a[0], a[1], a[2], a[3], a[4], a[5]);
    const int error = result < 0 ? errno : 0;
    close(kMark);
    if (error != 0) result = -error;
    std::printf("%d: result %ld\n", getpid(), result);
    if (error == 0) {
        for (const auto& [role, file] : later_) shows(role, file);
        if (!filled_.empty()) std::printf("%d: output %s\n", getpid(), hex(filled_).c_str());
    }
    if (std::fflush(stdout) != 0) give_up("print what is true");
    return error;
}

void mount_tmpfs(const fs::path& target) {
    // Copies: the program's own may lie in a page that this process has not touched.
    const std::string source = "none", type = "tmpfs";
    if (mount(source.c_str(), target.c_str(), type.c_str(), 0, nullptr) != 0)
        give_up("mount a file system on " + target.string());
}

}  // namespace tocsin::test
