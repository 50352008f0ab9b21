// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <linux/stat.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <array>
#include <string>

#include "tests/support/name_cases.h"

namespace tocsin::test {
namespace {

namespace fs = std::filesystem;
using Directory = const fs::path&;

constexpr Kernel kNoCopy = Kernel::kCopiesNothing;

// Where the kernel may write whatever it finds out.
void* buffer() {
    alignas(16) static std::array<char, 512> bytes;
    return bytes.data();
}

Attempt stat_of(const fs::path& name, Kernel kernel = Kernel::kCopies) {
    return CALL(stat).name(name, kernel).with(buffer());
}

Attempt stat_in_place(const char* pointer, std::string_view bytes, Readable readable,
                      Kernel kernel) {
    return CALL(stat).name_at(pointer, bytes, readable, kernel).with(buffer());
}

Attempt stat_at(int directory, const fs::path& name, int flags = 0,
                Kernel kernel = Kernel::kCopies) {
    return CALL(newfstatat).with(directory).name(name, kernel).with(buffer()).with(flags);
}

Attempt statx_at(int directory, const fs::path& name, int flags = 0,
                 Kernel kernel = Kernel::kCopies) {
    return CALL(statx)
        .with(directory)
        .name(name, kernel)
        .with(flags)
        .with(STATX_BASIC_STATS)
        .with(buffer());
}

Attempt access_to(const fs::path& name, int mode = R_OK, Kernel kernel = Kernel::kCopies) {
    return CALL(access).name(name, kernel).with(mode);
}

Attempt faccessat2_to(int directory, const fs::path& name, int flags,
                      Kernel kernel = Kernel::kCopies) {
    return CALL(faccessat2).with(directory).name(name, kernel).with(long{F_OK}).with(flags);
}

Attempt readlink_of(const fs::path& name, Kernel kernel = Kernel::kCopies) {
    return CALL(readlink).name(name, kernel).with(buffer()).with(64);
}

int open_directory(Directory d) {
    return descriptor_of(d, O_RDONLY | O_DIRECTORY);
}

int stat_relative(Directory d) {
    enter(d);
    return stat_of("file").leads_to(d / "file").make();
}
int stat_dot(Directory d) {
    enter(d);
    return stat_of(".").leads_to(d).make();
}
int stat_dotdot(Directory d) {
    enter(d / "dir");
    return stat_of("..").leads_to(d).make();
}
int stat_denied(Directory d) {
    become(kOrdinaryUser);
    return stat_of(d / "locked/file").make();
}
int stat_long_component(Directory d) {
    const std::string name(255, 'n');
    return stat_of(d / name).leads_to(d / name).make();
}
int stat_untouched(Directory d) {
    const fs::path file = d / "file";
    return stat_in_place(map_untouched(d, file.native()), file.native(), Readable::kLater,
                         Kernel::kCopies)
        .leads_to(file)
        .make();
}
int stat_before_page(Directory d) {
    const std::string name = (d / "file").native() + '\0';
    return stat_in_place(put_before_unreadable_page(name), (d / "file").native(), Readable::kAll,
                         Kernel::kCopies)
        .leads_to(d / "file")
        .make();
}
int stat_half_readable(Directory d) {
    const std::string name = d / "file";
    return stat_in_place(put_before_unreadable_page(name), name, Readable::kPartly, kNoCopy).make();
}
int stat_too_long(Directory d) {
    const std::string name = name_of_length(d / "file", kNameMax + 1);
    return stat_in_place(name.c_str(), name, Readable::kCut, kNoCopy).make();
}
int stat_mounted(Directory d) {
    leave_mount_namespace();
    mount_tmpfs(d / "mount_point");
    return stat_of(d / "mount_point").leads_to(d / "mount_point").make();
}
int stat_below_mount(Directory d) {
    leave_mount_namespace();
    mount_tmpfs(d / "mount_point");
    write_file(d / "mount_point/file", "");
    return stat_of(d / "mount_point/file").leads_to(d / "mount_point/file").make();
}
int stat_out_of_mount(Directory d) {
    leave_mount_namespace();
    mount_tmpfs(d / "mount_point");
    enter(d / "mount_point");
    return stat_of("../file").leads_to(d / "file").make();
}

int statat_empty(Directory d) {
    return stat_at(descriptor_of(d / "file", O_RDONLY), "", AT_EMPTY_PATH, kNoCopy)
        .leads_to(d / "file")
        .make();
}
int statat_empty_here(Directory d) {
    enter(d);
    return stat_at(AT_FDCWD, "", AT_EMPTY_PATH, kNoCopy).leads_to(d).make();
}

int access_relative(Directory d) {
    enter(d);
    return access_to("file").accesses(d / "file", d).make();
}
int access_dot(Directory d) {
    enter(d / "dir");
    return access_to(".").accesses(d / "dir", d / "dir").make();
}
int access_denied_file(Directory d) {
    become(kOrdinaryUser);
    return access_to(d / "locked_file").make();
}
int access_denied_directory(Directory d) {
    become(kOrdinaryUser);
    return access_to(d / "locked/file", F_OK).make();
}
int access_mounted(Directory d) {
    leave_mount_namespace();
    mount_tmpfs(d / "mount_point");
    return access_to(d / "mount_point").accesses(d / "mount_point", d).make();
}

int faccessat2_empty(Directory d) {
    return faccessat2_to(descriptor_of(d / "file", O_PATH), "", AT_EMPTY_PATH, kNoCopy)
        .accesses(d / "file", "")
        .make();
}

int readlinkat_empty(Directory d) {
    const int link = descriptor_of(d / "link", O_PATH | O_NOFOLLOW);
    return CALL(readlinkat)
        .with(link)
        .name("", kNoCopy)
        .with(buffer())
        .with(64)
        .leads_to(d / "link")
        .make();
}
int readlinkat_below(Directory d) {
    return CALL(readlinkat)
        .with(open_directory(d))
        .name("link")
        .with(buffer())
        .with(64)
        .leads_to(d / "link")
        .make();
}

constexpr Case kCases[] = {
    {"stat", [](Directory d) { return stat_of(d / "file").leads_to(d / "file").make(); }},
    {"stat_relative", stat_relative},
    {"stat_dot", stat_dot},
    {"stat_dotdot", stat_dotdot},
    {"stat_through_dotdot",
     [](Directory d) { return stat_of(d / "dir/../file").leads_to(d / "file").make(); }},
    {"stat_slashes",
     [](Directory d) { return stat_of(d.native() + "//.///file").leads_to(d / "file").make(); }},
    {"stat_directory_slash",
     [](Directory d) { return stat_of(d / "dir/").leads_to(d / "dir").make(); }},
    {"stat_file_slash", [](Directory d) { return stat_of(d / "file/").make(); }},
    {"stat_root", [](Directory) { return stat_of("/", kNoCopy).leads_to("/").make(); }},
    {"stat_through_link",
     [](Directory d) { return stat_of(d / "dir_link/file").leads_to(d / "dir/file").make(); }},
    {"stat_link", [](Directory d) { return stat_of(d / "link").leads_to(d / "dir/file").make(); }},
    {"stat_dangling_link", [](Directory d) { return stat_of(d / "dangling").misses(d).make(); }},
    {"stat_40_links",
     [](Directory d) { return stat_of(d / "links/39").leads_to(d / "file").make(); }},
    {"stat_41_links", [](Directory d) { return stat_of(d / "links/40").make(); }},
    {"stat_loop", [](Directory d) { return stat_of(d / "loop").make(); }},
    {"stat_missing", [](Directory d) { return stat_of(d / "missing").misses(d).make(); }},
    {"stat_missing_below",
     [](Directory d) { return stat_of(d / "dir/missing").misses(d / "dir").make(); }},
    {"stat_missing_middle",
     [](Directory d) { return stat_of(d / "missing/dir/file").misses(d).make(); }},
    {"stat_through_file", [](Directory d) { return stat_of(d / "file/file").make(); }},
    {"stat_denied", stat_denied},
    {"stat_empty", [](Directory) { return stat_of("", kNoCopy).make(); }},
    {"stat_odd_bytes",
     [](Directory d) { return stat_of(d / kOddName).leads_to(d / kOddName).make(); }},
    {"stat_long_component", stat_long_component},
    {"stat_too_long_component",
     [](Directory d) { return stat_of(d / std::string(256, 'n')).make(); }},
    {"stat_longest",
     [](Directory d) {
         return stat_of(name_of_length(d / "file", kNameMax)).leads_to(d / "file").make();
     }},
    {"stat_too_long", stat_too_long},
    {"stat_null",
     [](Directory) { return stat_in_place(nullptr, "", Readable::kPartly, kNoCopy).make(); }},
    {"stat_unreadable",
     [](Directory) {
         return stat_in_place(map_pages(1, PROT_NONE), "", Readable::kPartly, kNoCopy).make();
     }},
    {"stat_half_readable", stat_half_readable},
    {"stat_before_page", stat_before_page},
    {"stat_untouched", stat_untouched},
    {"stat_mounted", stat_mounted},
    {"stat_below_mount", stat_below_mount},
    {"stat_out_of_mount", stat_out_of_mount},
    {"lstat",
     [](Directory d) {
         return CALL(lstat).name(d / "link").with(buffer()).leads_to(d / "link").make();
     }},
    {"lstat_link_slash",
     [](Directory d) {
         return CALL(lstat).name(d / "dir_link/").with(buffer()).leads_to(d / "dir").make();
     }},
    {"lstat_missing",
     [](Directory d) { return CALL(lstat).name(d / "missing").with(buffer()).misses(d).make(); }},
    {"statat",
     [](Directory d) { return stat_at(open_directory(d), "file").leads_to(d / "file").make(); }},
    {"statat_absolute",
     [](Directory d) {
         return stat_at(open_directory(d / "dir"), d / "file").leads_to(d / "file").make();
     }},
    {"statat_nofollow",
     [](Directory d) {
         return stat_at(AT_FDCWD, d / "link", AT_SYMLINK_NOFOLLOW).leads_to(d / "link").make();
     }},
    {"statat_empty", statat_empty},
    {"statat_empty_here", statat_empty_here},
    {"statat_empty_refused",
     [](Directory d) { return stat_at(open_directory(d), "", 0, kNoCopy).make(); }},
    {"statat_bad_descriptor", [](Directory) { return stat_at(999, "file", 0, kNoCopy).make(); }},
    {"statat_file",
     [](Directory d) {
         return stat_at(descriptor_of(d / "file", O_RDONLY), "file", 0, kNoCopy).make();
     }},
    {"statx",
     [](Directory d) { return statx_at(AT_FDCWD, d / "file").leads_to(d / "file").make(); }},
    {"statx_nofollow",
     [](Directory d) {
         return statx_at(AT_FDCWD, d / "link", AT_SYMLINK_NOFOLLOW).leads_to(d / "link").make();
     }},
    {"statx_below",
     [](Directory d) {
         return statx_at(open_directory(d / "dir"), "../file").leads_to(d / "file").make();
     }},
    {"statx_empty",
     [](Directory d) {
         return statx_at(descriptor_of(d / "file", O_PATH), "", AT_EMPTY_PATH, kNoCopy)
             .leads_to(d / "file")
             .make();
     }},
    {"statx_missing",
     [](Directory d) { return statx_at(open_directory(d), "missing").misses(d).make(); }},
    {"access", [](Directory d) { return access_to(d / "file").accesses(d / "file", d).make(); }},
    {"access_relative", access_relative},
    {"access_dot", access_dot},
    {"access_dotdot",
     [](Directory d) { return access_to(d / "dir/..").accesses(d, d / "dir").make(); }},
    {"access_link",
     [](Directory d) { return access_to(d / "link").accesses(d / "dir/file", d / "dir").make(); }},
    {"access_directory",
     [](Directory d) { return access_to(d / "dir", X_OK).accesses(d / "dir", d).make(); }},
    {"access_not_executable", [](Directory d) { return access_to(d / "file", X_OK).make(); }},
    {"access_root",
     [](Directory) { return access_to("/", F_OK, kNoCopy).accesses("/", "").make(); }},
    {"access_missing", [](Directory d) { return access_to(d / "missing").misses(d).make(); }},
    {"access_denied_file", access_denied_file},
    {"access_denied_directory", access_denied_directory},
    {"access_mounted", access_mounted},
    {"faccessat",
     [](Directory d) {
         return CALL(faccessat)
             .with(open_directory(d))
             .name("dir/file")
             .with(R_OK)
             .accesses(d / "dir/file", d / "dir")
             .make();
     }},
    {"faccessat2",
     [](Directory d) {
         return faccessat2_to(AT_FDCWD, d / "file", AT_EACCESS).accesses(d / "file", d).make();
     }},
    {"faccessat2_nofollow",
     [](Directory d) {
         return faccessat2_to(AT_FDCWD, d / "link", AT_SYMLINK_NOFOLLOW)
             .accesses(d / "link", d)
             .make();
     }},
    {"faccessat2_empty", faccessat2_empty},
    {"faccessat2_bad_flags",
     [](Directory d) { return faccessat2_to(AT_FDCWD, d / "file", 1, kNoCopy).make(); }},
    {"readlink", [](Directory d) { return readlink_of(d / "link").leads_to(d / "link").make(); }},
    {"readlink_dangling",
     [](Directory d) { return readlink_of(d / "dangling").leads_to(d / "dangling").make(); }},
    {"readlink_through_link",
     [](Directory d) { return readlink_of(d / "dir_link/link").leads_to(d / "dir/link").make(); }},
    {"readlink_file", [](Directory d) { return readlink_of(d / "file").make(); }},
    {"readlink_missing", [](Directory d) { return readlink_of(d / "missing").misses(d).make(); }},
    {"readlink_null_size",
     [](Directory d) {
         return CALL(readlink).name(d / "link", kNoCopy).with(buffer()).with(0L).make();
     }},
    {"readlinkat", readlinkat_below},
    {"readlinkat_empty", readlinkat_empty},
};

}  // namespace

std::span<const Case> check_cases() {
    return kCases;
}

}  // namespace tocsin::test
