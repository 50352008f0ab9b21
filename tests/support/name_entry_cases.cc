// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include <algorithm>
#include <string>

#include "tests/support/name_cases.h"

namespace tocsin::test {
namespace {

namespace fs = std::filesystem;
using Directory = const fs::path&;

constexpr Kernel kNoCopy = Kernel::kCopiesNothing;

Attempt unlink_of(const fs::path& name, Kernel kernel = Kernel::kCopies) {
    return CALL(unlink).name(name, kernel);
}
Attempt rmdir_of(const fs::path& name, Kernel kernel = Kernel::kCopies) {
    return CALL(rmdir).name(name, kernel);
}
Attempt mkdir_of(const fs::path& name, Kernel kernel = Kernel::kCopies) {
    return CALL(mkdir).name(name, kernel).with(0755);
}
Attempt mknod_of(const fs::path& name, mode_t mode, dev_t device = 0) {
    return CALL(mknod).name(name).with(static_cast<long>(mode)).with(static_cast<long>(device));
}
Attempt symlink_of(const std::string& target, const fs::path& name,
                   Kernel kernel = Kernel::kCopies) {
    return CALL(symlink).text(target, kernel).name(name, kernel);
}
Attempt link_of(const fs::path& old_name, const fs::path& new_name) {
    return CALL(link).name(old_name).name(new_name);
}
Attempt rename_of(const fs::path& old_name, const fs::path& new_name) {
    return CALL(rename).name(old_name).name(new_name);
}
Attempt renameat2_of(const fs::path& old_name, const fs::path& new_name, unsigned flags) {
    return CALL(renameat2).with(AT_FDCWD).name(old_name).with(AT_FDCWD).name(new_name).with(
        static_cast<long>(flags));
}

// A new file in the directory.
fs::path file_in(Directory directory, const char* name) {
    write_file(directory / name, name);
    return directory / name;
}
fs::path directory_in(Directory directory, const char* name) {
    fs::create_directory(directory / name);
    return directory / name;
}

int open_directory(Directory d) {
    return descriptor_of(d, O_PATH | O_DIRECTORY);
}

// What goes

int unlink_relative(Directory d) {
    const fs::path file = file_in(d, "relative");
    enter(d);
    return unlink_of("relative").leads_to(file).make();
}
int unlink_link(Directory d) {
    fs::create_symlink("file", d / "gone");
    return unlink_of(d / "gone").leads_to(d / "gone").make();
}
int unlink_through_link(Directory d) {
    const fs::path file = file_in(d / "dir", "gone");
    return unlink_of(d / "dir_link/gone").leads_to(file).make();
}
int unlink_denied(Directory d) {
    become(kOrdinaryUser);
    return unlink_of(d / "file").leads_to(d / "file").make();
}
int unlink_denied_walk(Directory d) {
    become(kOrdinaryUser);
    return unlink_of(d / "locked/file").make();
}
int unlink_untouched(Directory d) {
    const fs::path file = file_in(d, "gone_untouched");
    return CALL(unlink)
        .name_at(map_untouched(d, file.native()), file.native(), Readable::kLater)
        .leads_to(file)
        .make();
}
int unlinkat_below(Directory d) {
    const fs::path file = file_in(d, "gone_at");
    return CALL(unlinkat).with(open_directory(d)).name("gone_at").with(0L).leads_to(file).make();
}
int unlinkat_absolute(Directory d) {
    const fs::path file = file_in(d, "gone_at");
    return CALL(unlinkat).with(999).name(file).with(0L).leads_to(file).make();
}
int unlinkat_directory(Directory d) {
    const fs::path gone = directory_in(d, "gone_directory");
    return CALL(unlinkat)
        .with(open_directory(d))
        .name("gone_directory/")
        .with(AT_REMOVEDIR)
        .leads_to(gone)
        .make();
}
int rmdir_relative(Directory d) {
    const fs::path gone = directory_in(d, "gone_directory");
    enter(gone);
    return rmdir_of("../gone_directory").leads_to(gone).make();
}
int rmdir_slash(Directory d) {
    const fs::path gone = directory_in(d, "gone_directory");
    return rmdir_of(gone / "").leads_to(gone).make();
}
int rmdir_dot(Directory d) {
    enter(d / "dir");
    return rmdir_of(".").make();
}

// What comes

int mkdir_relative(Directory d) {
    enter(d / "dir");
    return mkdir_of("../made_relative").makes(d / "made_relative").make();
}
int mkdir_denied(Directory d) {
    become(kOrdinaryUser);
    return mkdir_of(d / "made_by_other").shows("named", d / "made_by_other").make();
}
int mkdirat_below(Directory d) {
    return CALL(mkdirat)
        .with(open_directory(d / "dir"))
        .name("made")
        .with(0700)
        .makes(d / "dir/made")
        .make();
}
int mknod_denied(Directory d) {
    become(kOrdinaryUser);
    return mknod_of(d / "denied", S_IFCHR | 0600, makedev(1, 3))
        .shows("named", d / "denied")
        .make();
}
int mknodat_below(Directory d) {
    return CALL(mknodat)
        .with(open_directory(d / "dir"))
        .name("made_fifo")
        .with(S_IFIFO | 0600)
        .with(0L)
        .makes(d / "dir/made_fifo")
        .make();
}

int bind_to(const fs::path& name, Attempt attempt) {
    static sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    const std::string& bytes = name.native();
    if (bytes.size() >= sizeof address.sun_path) throw Skipped("the name is too long for a socket");
    std::copy(bytes.begin(), bytes.end(), address.sun_path);
    return attempt.with(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0))
        .with(&address)
        .with(static_cast<long>(sizeof address))
        .make();
}
int bind_new(Directory d) {
    const fs::path name = d / "socket";
    return bind_to(name, CALL(bind).makes(name).shows_later("returned", name));
}
int bind_existing(Directory d) {
    return bind_to(d / "file", CALL(bind));
}

int symlink_untouched(Directory d) {
    return CALL(symlink)
        .text_at(map_untouched(d, "later"), "later", Readable::kLater)
        .name(d / "to_untouched")
        .makes(d / "to_untouched")
        .make();
}
int symlink_null(Directory d) {
    return CALL(symlink)
        .text_at(nullptr, "", Readable::kPartly, kNoCopy)
        .name(d / "to_null", kNoCopy)
        .make();
}
int symlink_denied(Directory d) {
    become(kOrdinaryUser);
    return symlink_of("target", d / "denied").shows("named", d / "denied").make();
}
int symlinkat_below(Directory d) {
    return CALL(symlinkat)
        .text("../file")
        .with(open_directory(d / "dir"))
        .name("made_link")
        .makes(d / "dir/made_link")
        .make();
}

// Other names

// 5.10 copies the second name to where the first one was, from where it was.
int link_same_pointer(Directory d) {
    const std::string name = d / "file";
    return CALL(link)
        .name_at(name.c_str(), name, Readable::kAll)
        .name_at(name.c_str(), name, Readable::kAll, Kernel::kMayCopy)
        .make();
}
int link_directory(Directory d) {
    return link_of(d / "dir", d / "linked_directory")
        .leads_to(d / "dir")
        .shows("second", d / "linked_directory")
        .make();
}
int link_across(Directory d) {
    leave_mount_namespace();
    mount_tmpfs(d / "mount_point");
    return link_of(d / "file", d / "mount_point/file").make();
}
int linkat_follow(Directory d) {
    return CALL(linkat)
        .with(open_directory(d))
        .name("link")
        .with(open_directory(d / "dir"))
        .name("linked")
        .with(AT_SYMLINK_FOLLOW)
        .leads_to(d / "dir/file")
        .shows("second", d / "dir/linked")
        .make();
}
int linkat_empty(Directory d) {
    return CALL(linkat)
        .with(descriptor_of(d / "file", O_RDONLY))
        .name("", kNoCopy)
        .with(AT_FDCWD)
        .name(d / "linked_empty")
        .with(AT_EMPTY_PATH)
        .leads_to(d / "file")
        .shows("second", d / "linked_empty")
        .make();
}

// Renames: of files in a directory of the case's own

int renamed(const fs::path& from, const fs::path& to) {
    return rename_of(from, to).leads_to(from).shows("second", to).make();
}
int rename_relative(Directory d) {
    const fs::path from = file_in(d, "rename_relative");
    enter(d / "dir");
    return rename_of("../rename_relative", "renamed")
        .leads_to(from)
        .shows("second", d / "dir/renamed")
        .make();
}
int rename_directory_slash(Directory d) {
    const fs::path from = directory_in(d, "rename_directory");
    const fs::path to = d / "renamed_directory";
    return rename_of(from / "", to / "").leads_to(from).shows("second", to).make();
}
int rename_same_pointer(Directory d) {
    const std::string name = d / "file";
    return CALL(rename)
        .name_at(name.c_str(), name, Readable::kAll)
        .name_at(name.c_str(), name, Readable::kAll)
        .leads_to(name)
        .shows("second", name)
        .make();
}
int rename_hard_links(Directory d) {
    const fs::path from = file_in(d, "first_link");
    fs::create_hard_link(from, d / "second_link");
    return renamed(from, d / "second_link");
}
int rename_denied(Directory d) {
    become(kOrdinaryUser);
    return renamed(d / "file", d / "renamed");
}
int rename_across(Directory d) {
    leave_mount_namespace();
    mount_tmpfs(d / "mount_point");
    return rename_of(d / "file", d / "mount_point/file").make();
}
int rename_exchange(Directory d) {
    const fs::path from = file_in(d, "exchanged");
    const fs::path to = directory_in(d / "dir", "exchanged");
    return renameat2_of(from, to, RENAME_EXCHANGE).leads_to(from).shows("second", to).make();
}
int rename_first_null(Directory d) {
    return CALL(rename)
        .name_at(nullptr, "", Readable::kPartly, kNoCopy)
        .name(d / "renamed", kNoCopy)
        .make();
}
int rename_second_null(Directory d) {
    return CALL(rename).name(d / "file").name_at(nullptr, "", Readable::kPartly, kNoCopy).make();
}
int rename_untouched(Directory d) {
    const fs::path from = file_in(d, "rename_untouched");
    const fs::path to = d / "renamed_untouched";
    return CALL(rename)
        .name(from)
        .name_at(map_untouched(d, to.native()), to.native(), Readable::kLater)
        .leads_to(from)
        .shows("second", to)
        .make();
}
int renameat_below(Directory d) {
    const fs::path from = file_in(d, "renameat");
    return CALL(renameat)
        .with(open_directory(d))
        .name("renameat")
        .with(open_directory(d / "dir"))
        .name("renameat")
        .leads_to(from)
        .shows("second", d / "dir/renameat")
        .make();
}
// As nothing is known of the first walk that the second would not hide, nothing is said to be
// missing.
int rename_missing(Directory d) {
    return rename_of(d / "missing", d / "dir/renamed").make();
}

constexpr Case kCases[] = {
    {"unlink",
     [](Directory d) { return unlink_of(file_in(d, "gone")).leads_to(d / "gone").make(); }},
    {"unlink_relative", unlink_relative},
    {"unlink_link", unlink_link},
    {"unlink_through_link", unlink_through_link},
    {"unlink_slash", [](Directory d) { return unlink_of(d / "file/").make(); }},
    {"unlink_directory",
     [](Directory d) { return unlink_of(d / "dir").leads_to(d / "dir").make(); }},
    {"unlink_root", [](Directory) { return unlink_of("/", kNoCopy).make(); }},
    {"unlink_missing", [](Directory d) { return unlink_of(d / "missing").misses(d).make(); }},
    {"unlink_missing_middle",
     [](Directory d) { return unlink_of(d / "dir/missing/file").misses(d / "dir").make(); }},
    {"unlink_through_file", [](Directory d) { return unlink_of(d / "file/file").make(); }},
    {"unlink_empty", [](Directory) { return unlink_of("", kNoCopy).make(); }},
    {"unlink_denied", unlink_denied},
    {"unlink_denied_walk", unlink_denied_walk},
    {"unlink_untouched", unlink_untouched},
    {"unlinkat", unlinkat_below},
    {"unlinkat_absolute", unlinkat_absolute},
    {"unlinkat_directory", unlinkat_directory},
    {"unlinkat_bad_descriptor",
     [](Directory) { return CALL(unlinkat).with(999).name("file", kNoCopy).with(0L).make(); }},
    {"rmdir",
     [](Directory d) {
         return rmdir_of(directory_in(d, "gone_directory")).leads_to(d / "gone_directory").make();
     }},
    {"rmdir_relative", rmdir_relative},
    {"rmdir_slash", rmdir_slash},
    {"rmdir_not_empty", [](Directory d) { return rmdir_of(d / "dir").leads_to(d / "dir").make(); }},
    {"rmdir_file", [](Directory d) { return rmdir_of(d / "file").leads_to(d / "file").make(); }},
    {"rmdir_link",
     [](Directory d) { return rmdir_of(d / "dir_link").leads_to(d / "dir_link").make(); }},
    {"rmdir_missing", [](Directory d) { return rmdir_of(d / "missing").misses(d).make(); }},
    {"rmdir_dot", rmdir_dot},
    {"rmdir_dotdot", [](Directory d) { return rmdir_of(d / "dir/..").make(); }},
    {"rmdir_root", [](Directory) { return rmdir_of("/", kNoCopy).make(); }},
    {"mkdir", [](Directory d) { return mkdir_of(d / "made").makes(d / "made").make(); }},
    {"mkdir_slash",
     [](Directory d) { return mkdir_of(d / "made_slash/").makes(d / "made_slash").make(); }},
    {"mkdir_relative", mkdir_relative},
    {"mkdir_long_component",
     [](Directory d) {
         return mkdir_of(d / std::string(255, 'm')).makes(d / std::string(255, 'm')).make();
     }},
    {"mkdir_too_long_component",
     [](Directory d) { return mkdir_of(d / std::string(256, 'm')).make(); }},
    {"mkdir_longest",
     [](Directory d) {
         return mkdir_of(name_of_length(d / "made_longest", kNameMax))
             .makes(d / "made_longest")
             .make();
     }},
    {"mkdir_existing", [](Directory d) { return mkdir_of(d / "dir").make(); }},
    {"mkdir_at_dangling_link", [](Directory d) { return mkdir_of(d / "dangling").make(); }},
    {"mkdir_root", [](Directory) { return mkdir_of("/", kNoCopy).make(); }},
    {"mkdir_missing_middle",
     [](Directory d) { return mkdir_of(d / "missing/made").misses(d).make(); }},
    {"mkdir_denied", mkdir_denied},
    {"mkdirat", mkdirat_below},
    {"mknod_fifo",
     [](Directory d) { return mknod_of(d / "fifo", S_IFIFO | 0600).makes(d / "fifo").make(); }},
    {"mknod_socket",
     [](Directory d) {
         return mknod_of(d / "made_socket", S_IFSOCK | 0600).makes(d / "made_socket").make();
     }},
    {"mknod_regular",
     [](Directory d) {
         return mknod_of(d / "regular", S_IFREG | 0600).makes(d / "regular").make();
     }},
    {"mknod_device",
     [](Directory d) {
         return mknod_of(d / "null", S_IFCHR | 0600, makedev(1, 3)).makes(d / "null").make();
     }},
    {"mknod_existing", [](Directory d) { return mknod_of(d / "file", S_IFIFO | 0600).make(); }},
    {"mknod_slash",
     [](Directory d) { return mknod_of(d / "fifo_slash/", S_IFIFO | 0600).misses(d).make(); }},
    {"mknod_denied", mknod_denied},
    {"mknodat", mknodat_below},
    {"bind_new", bind_new},
    {"bind_existing", bind_existing},
    {"symlink",
     [](Directory d) {
         return symlink_of("/target", d / "made_link").makes(d / "made_link").make();
     }},
    {"symlink_odd_target",
     [](Directory d) { return symlink_of(kOddName, d / "odd_link").makes(d / "odd_link").make(); }},
    {"symlink_long_target",
     [](Directory d) {
         return symlink_of(std::string(kNameMax, 't'), d / "long_link")
             .makes(d / "long_link")
             .make();
     }},
    {"symlink_empty_target",
     [](Directory d) { return symlink_of("", d / "empty_link", kNoCopy).make(); }},
    {"symlink_untouched", symlink_untouched},
    {"symlink_null", symlink_null},
    {"symlink_existing",
     [](Directory d) { return CALL(symlink).text("target", kNoCopy).name(d / "file").make(); }},
    {"symlink_missing_middle",
     [](Directory d) {
         return CALL(symlink).text("target", kNoCopy).name(d / "missing/link").misses(d).make();
     }},
    {"symlink_denied", symlink_denied},
    {"symlinkat", symlinkat_below},
    {"link",
     [](Directory d) {
         return link_of(d / "file", d / "linked")
             .leads_to(d / "file")
             .shows("second", d / "linked")
             .make();
     }},
    {"link_into_directory",
     [](Directory d) {
         return link_of(d / "file", d / "dir_link/linked_into")
             .leads_to(d / "file")
             .shows("second", d / "dir/linked_into")
             .make();
     }},
    {"link_of_link",
     [](Directory d) {
         return link_of(d / "link", d / "linked_link")
             .leads_to(d / "link")
             .shows("second", d / "linked_link")
             .make();
     }},
    {"link_same_pointer", link_same_pointer},
    {"link_existing", [](Directory d) { return link_of(d / "file", d / "dir/file").make(); }},
    {"link_missing",
     [](Directory d) {
         return CALL(link).name(d / "missing").name(d / "dir/linked", kNoCopy).misses(d).make();
     }},
    {"link_missing_second",
     [](Directory d) {
         return link_of(d / "file", d / "dir/missing/linked").misses(d / "dir", "second").make();
     }},
    {"link_directory", link_directory},
    {"link_across", link_across},
    {"linkat_follow", linkat_follow},
    {"linkat_empty", linkat_empty},
    {"rename", [](Directory d) { return renamed(file_in(d, "old"), d / "new"); }},
    {"rename_relative", rename_relative},
    {"rename_over_file",
     [](Directory d) { return renamed(file_in(d, "over"), file_in(d, "overwritten")); }},
    {"rename_into_directory",
     [](Directory d) { return renamed(file_in(d, "moved"), d / "dir/moved"); }},
    {"rename_directory_slash", rename_directory_slash},
    {"rename_same_pointer", rename_same_pointer},
    {"rename_hard_links", rename_hard_links},
    {"rename_missing", rename_missing},
    {"rename_missing_middle",
     [](Directory d) {
         return CALL(rename).name(d / "missing/file").name(d / "renamed", kNoCopy).misses(d).make();
     }},
    {"rename_missing_second",
     [](Directory d) { return rename_of(d / "file", d / "missing/renamed").make(); }},
    {"rename_not_empty",
     [](Directory d) { return renamed(directory_in(d, "over_directory"), d / "dir"); }},
    {"rename_over_directory", [](Directory d) { return renamed(d / "file", d / "dir/sub"); }},
    {"rename_directory_over_file", [](Directory d) { return renamed(d / "dir/sub", d / "file"); }},
    {"rename_into_itself",
     [](Directory d) { return rename_of(d / "dir", d / "dir/sub/dir").make(); }},
    {"rename_denied", rename_denied},
    {"rename_across", rename_across},
    {"rename_empty",
     [](Directory d) { return CALL(rename).name("", kNoCopy).name(d / "new", kNoCopy).make(); }},
    {"rename_first_null", rename_first_null},
    {"rename_second_null", rename_second_null},
    {"rename_untouched", rename_untouched},
    {"rename_exchange", rename_exchange},
    {"rename_exchange_missing",
     [](Directory d) { return renameat2_of(d / "file", d / "missing", RENAME_EXCHANGE).make(); }},
    {"rename_noreplace",
     [](Directory d) {
         const fs::path from = file_in(d, "noreplace");
         return renameat2_of(from, d / "noreplaced", RENAME_NOREPLACE)
             .leads_to(from)
             .shows("second", d / "noreplaced")
             .make();
     }},
    {"rename_noreplace_existing",
     [](Directory d) { return renameat2_of(d / "file", d / "dir/file", RENAME_NOREPLACE).make(); }},
    {"renameat", renameat_below},
};

}  // namespace

std::span<const Case> entry_cases() {
    return kCases;
}

}  // namespace tocsin::test
