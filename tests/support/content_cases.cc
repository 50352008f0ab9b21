// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <array>
#include <functional>
#include <string>

#include "tests/support/name_cases.h"

namespace tocsin::test {
namespace {

namespace fs = std::filesystem;
using Directory = const fs::path&;

constexpr const char* kText = "text";
constexpr long kTextBytes = 4;
constexpr iovec kVector = {const_cast<char*>(kText), kTextBytes};

std::string text(const char* name, long value) {
    return std::string(name) + "=" + std::to_string(value);
}

void write_once(int descriptor) {
    if (write(descriptor, kText, kTextBytes) != kTextBytes) give_up("write");
}

// Another process does it, and ends.
void let_another(const std::function<void()>& act) {
    const pid_t child = fork();
    if (child < 0) give_up("fork");
    if (child == 0) {
        act();
        _exit(0);
    }
    if (waitpid(child, nullptr, 0) != child) give_up("wait for a child");
}

Attempt write_of(int descriptor) {
    return CALL(write)
        .with(descriptor)
        .with(kText)
        .with(kTextBytes)
        .says(text("write-fd", descriptor) + " value=4");
}
// Of the file that all begin with.
int write_recorded(Directory d, int descriptor) {
    return write_of(descriptor).shows("written", d / "file").make();
}
int opened(Directory d) {
    return descriptor_of(d / "file", O_RDWR);
}
int written_once(Directory d) {
    const int descriptor = opened(d);
    write_once(descriptor);
    return descriptor;
}

int write_after_other_opened(Directory d) {
    const int descriptor = written_once(d);
    let_another([&] { opened(d); });
    return write_recorded(d, descriptor);
}
int write_after_other_wrote(Directory d) {
    const int descriptor = written_once(d);
    let_another([&] { write_once(descriptor); });
    return write_recorded(d, descriptor);
}
int write_after_other_looked(Directory d) {
    const int descriptor = written_once(d);
    let_another([&] {
        struct stat status = {};
        stat((d / "file").c_str(), &status);
    });
    return write_of(descriptor).shows("written", d / "file").leaves_no_trace_without_hooks().make();
}
int write_with_other_rights(Directory d) {
    const int descriptor = written_once(d);
    become(kOrdinaryUser);
    return write_recorded(d, descriptor);
}
int write_to_made(Directory d) {
    const int descriptor = open((d / "made_by_write").c_str(), O_WRONLY | O_CREAT, 0600);
    return write_of(descriptor).shows("written", d / "made_by_write").make();
}

int sendfile_recorded(Directory d) {
    const int from = descriptor_of(d / "dir/file", O_RDONLY), to = opened(d);
    return CALL(sendfile)
        .with(to)
        .with(from)
        .with(0L)
        .with(kTextBytes)
        .says(text("write-fd", to) + " " + text("read-fd", from) + " value=4")
        .shows("written", d / "file")
        .make();
}
int splice_recorded(Directory d) {
    std::array<int, 2> ends = {};
    if (pipe(ends.data()) != 0) give_up("make a pipe");
    write_once(ends[1]);
    const int to = opened(d);
    return CALL(splice)
        .with(ends[0])
        .with(0L)
        .with(to)
        .with(0L)
        .with(kTextBytes)
        .with(0L)
        .says(text("read-fd", ends[0]) + " " + text("write-fd", to) + " value=4 flags=0")
        .shows_behind("read", ends[0])
        .shows("written", d / "file")
        .make();
}
int copy_file_range_recorded(Directory d) {
    const int from = descriptor_of(d / "dir/file", O_RDONLY), to = opened(d);
    return CALL(copy_file_range)
        .with(from)
        .with(0L)
        .with(to)
        .with(0L)
        .with(kTextBytes)
        .with(0L)
        .says(text("read-fd", from) + " " + text("write-fd", to) + " value=4 flags=0")
        .shows("written", d / "file")
        .make();
}

Attempt mmap_of(int protection, int flags, int descriptor) {
    return CALL(mmap)
        .with(0L)
        .with(static_cast<long>(kPageBytes))
        .with(protection)
        .with(flags)
        .with(descriptor)
        .with(0L);
}
int mmap_shared(Directory d) {
    return mmap_of(PROT_READ | PROT_WRITE, MAP_SHARED, opened(d))
        .shows("written", d / "file")
        .make();
}
// mprotect(2) may make it writable.
int mmap_shared_not_written_yet(Directory d) {
    return mmap_of(PROT_READ, MAP_SHARED, opened(d)).shows("written", d / "file").make();
}
int mmap_shared_denied(Directory d) {
    return mmap_of(PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_of(d / "file", O_RDONLY))
        .leaves_no_trace()
        .make();
}

constexpr Case kCases[] = {
    {"write", [](Directory d) { return write_recorded(d, opened(d)); }},
    {"write_twice",
     [](Directory d) { return write_of(opened(d)).twice().shows("written", d / "file").make(); }},
    {"write_denied",
     [](Directory d) { return write_recorded(d, descriptor_of(d / "file", O_RDONLY)); }},
    {"write_again", [](Directory d) { return write_of(written_once(d)).leaves_no_trace().make(); }},
    {"write_after_other_opened", write_after_other_opened},
    {"write_after_other_wrote", write_after_other_wrote},
    {"write_after_other_looked", write_after_other_looked},
    {"write_with_other_rights", write_with_other_rights},
    {"write_to_made", write_to_made},
    {"write_bad_descriptor", [](Directory) { return write_of(999).leaves_no_trace().make(); }},
    {"write_device",
     [](Directory) {
         return write_of(descriptor_of("/dev/null", O_WRONLY)).leaves_no_trace().make();
     }},
    {"write_event",
     [](Directory) {
         const uint64_t one = 1;
         return CALL(write)
             .with(eventfd(0, EFD_CLOEXEC))
             .with(&one)
             .with(8)
             .leaves_no_trace()
             .make();
     }},
    {"read_file",
     [](Directory d) {
         static std::array<char, 4> bytes;
         return CALL(read)
             .with(opened(d))
             .with(bytes.data())
             .with(kTextBytes)
             .leaves_no_trace()
             .make();
     }},
    {"pwrite64",
     [](Directory d) {
         const int to = opened(d);
         return CALL(pwrite64)
             .with(to)
             .with(kText)
             .with(kTextBytes)
             .with(8L)
             .says(text("write-fd", to) + " value#2=4 value#3=8")
             .shows("written", d / "file")
             .make();
     }},
    {"writev",
     [](Directory d) {
         const int to = opened(d);
         return CALL(writev)
             .with(to)
             .with(&kVector)
             .with(1L)
             .says(text("write-fd", to) + " value=1")
             .shows("written", d / "file")
             .make();
     }},
    {"pwritev",
     [](Directory d) {
         return CALL(pwritev)
             .with(opened(d))
             .with(&kVector)
             .with(1L)
             .with(8L)
             .shows("written", d / "file")
             .make();
     }},
    {"pwritev2",
     [](Directory d) {
         return CALL(pwritev2)
             .with(opened(d))
             .with(&kVector)
             .with(1L)
             .with(-1L)
             .with(0L)
             .shows("written", d / "file")
             .make();
     }},
    {"sendfile", sendfile_recorded},
    {"splice_to_file", splice_recorded},
    {"copy_file_range", copy_file_range_recorded},
    {"ftruncate",
     [](Directory d) {
         const int to = opened(d);
         return CALL(ftruncate)
             .with(to)
             .with(2L)
             .says(text("write-fd", to) + " value=2")
             .shows("written", d / "file")
             .make();
     }},
    {"fallocate",
     [](Directory d) {
         return CALL(fallocate)
             .with(opened(d))
             .with(0L)
             .with(0L)
             .with(100L)
             .shows("written", d / "file")
             .make();
     }},
    {"mmap_shared", mmap_shared},
    {"mmap_shared_not_written_yet", mmap_shared_not_written_yet},
    {"mmap_shared_denied", mmap_shared_denied},
    {"mmap_private",
     [](Directory d) {
         return mmap_of(PROT_READ | PROT_WRITE, MAP_PRIVATE, opened(d)).leaves_no_trace().make();
     }},
    {"mmap_anonymous",
     [](Directory) {
         return mmap_of(PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1)
             .leaves_no_trace()
             .make();
     }},
};

}  // namespace

std::span<const Case> content_cases() {
    return kCases;
}

}  // namespace tocsin::test
