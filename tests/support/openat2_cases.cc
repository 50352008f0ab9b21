// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mman.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/support/open_cases.h"

namespace tocsin::test {
namespace {

namespace fs = std::filesystem;

// A structure of a kernel to come.
struct LargerHow {
    open_how known;
    uint64_t more;
};

open_how how(int flags, uint64_t resolve = 0) {
    const bool makes_file = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
    return {static_cast<__u64>(flags), makes_file ? 0600U : 0U, resolve};
}

int open_with(const fs::path& name, const void* how, size_t size, int directory = AT_FDCWD) {
    return status_of_call(SYS_openat2, directory, name.c_str(), how, size);
}

int open_with(const fs::path& name, open_how how, int directory = AT_FDCWD) {
    return open_with(name, &how, sizeof how, directory);
}

int open_below(const fs::path& directory, const char* name, uint64_t resolve) {
    const int fd = open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) give_up("open " + directory.string());
    return open_with(name, how(O_RDONLY, resolve), fd);
}

int plain(const fs::path& directory) {
    return open_with(directory / "file", how(O_RDONLY));
}
int o_path(const fs::path& directory) {
    return open_with(directory / "file", how(O_PATH | O_CLOEXEC));
}
int tmpfile(const fs::path& directory) {
    return open_with(directory, how(O_TMPFILE | O_RDWR));
}

// The kernel adds O_DSYNC, O_NOFOLLOW and O_LARGEFILE, and takes O_CLOEXEC away.
int changed_flags(const fs::path& directory) {
    return open_with(directory / "changed_flags",
                     how(O_WRONLY | O_SYNC | O_CLOEXEC | O_CREAT | O_EXCL));
}
int all_flags(const fs::path& directory) {
    return open_with(directory / "file", how(O_RDWR | O_APPEND | O_TRUNC | O_NONBLOCK | O_NOCTTY |
                                             O_NOATIME | O_DSYNC | O_ASYNC | O_NOFOLLOW | O_CREAT));
}
int unknown_flag(const fs::path& directory) {
    open_how unknown = how(O_RDONLY);
    unknown.flags |= uint64_t{1} << 40;
    return open_with(directory / "file", unknown);
}

int beneath(const fs::path& directory) {
    return open_below(directory / "dir", "file", RESOLVE_BENEATH);
}
int beneath_escaped(const fs::path& directory) {
    return open_below(directory / "dir", "../file", RESOLVE_BENEATH);
}
int in_root(const fs::path& directory) {
    return open_below(directory / "dir", "/../../file", RESOLVE_IN_ROOT);
}
int no_symlinks(const fs::path& directory) {
    return open_below(directory, "link", RESOLVE_NO_SYMLINKS);
}

int larger_zero_tail(const fs::path& directory) {
    const LargerHow larger{how(O_RDONLY), 0};
    return open_with(directory / "file", &larger, sizeof larger);
}
int larger_nonzero_tail(const fs::path& directory) {
    const LargerHow larger{how(O_RDONLY), 1};
    return open_with(directory / "file", &larger, sizeof larger);
}
int of_zeros(const fs::path& directory, size_t size) {
    const std::string zeros(size, '\0');
    return open_with(directory / "file", zeros.data(), size);
}
// Of this much a recorder keeps the beginning.
int whole_page(const fs::path& directory) {
    return of_zeros(directory, kPageBytes);
}
int larger_than_page(const fs::path& directory) {
    return of_zeros(directory, kPageBytes + 1);
}
int too_small(const fs::path& directory) {
    const open_how whole = how(O_RDONLY);
    return open_with(directory / "file", &whole, sizeof whole - 1);
}
int size_0(const fs::path& directory) {
    const open_how whole = how(O_RDONLY);
    return open_with(directory / "file", &whole, 0);
}
int size_of_64_bits(const fs::path& directory) {
    const open_how whole = how(O_RDONLY);
    return open_with(directory / "file", &whole, SIZE_MAX);
}

int how_unreadable(const fs::path& directory) {
    return open_with(directory / "file", map_pages(1, PROT_NONE), sizeof(open_how));
}
int how_half_readable(const fs::path& directory) {
    return open_with(directory / "file", put_before_unreadable_page("12345678"), sizeof(open_how));
}
int how_untouched(const fs::path& directory) {
    const open_how whole = how(O_RDONLY);
    const std::string_view bytes{reinterpret_cast<const char*>(&whole), sizeof whole};
    return open_with(directory / "file", map_untouched(directory, bytes), sizeof whole);
}

constexpr Case kCases[] = {
    {"openat2", plain},
    {"openat2_o_path", o_path},
    {"openat2_tmpfile", tmpfile},
    {"openat2_changed_flags", changed_flags},
    {"openat2_all_flags", all_flags},
    {"openat2_unknown_flag", unknown_flag},
    {"openat2_beneath", beneath},
    {"openat2_beneath_escaped", beneath_escaped},
    {"openat2_in_root", in_root},
    {"openat2_no_symlinks", no_symlinks},
    {"openat2_larger_zero_tail", larger_zero_tail},
    {"openat2_larger_nonzero_tail", larger_nonzero_tail},
    {"openat2_whole_page", whole_page},
    {"openat2_larger_than_page", larger_than_page},
    {"openat2_too_small", too_small},
    {"openat2_size_0", size_0},
    {"openat2_size_of_64_bits", size_of_64_bits},
    {"openat2_how_unreadable", how_unreadable},
    {"openat2_how_half_readable", how_half_readable},
    {"openat2_how_untouched", how_untouched},
};

}  // namespace

std::span<const Case> openat2_cases() {
    return kCases;
}

}  // namespace tocsin::test
