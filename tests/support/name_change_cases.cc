// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <utime.h>

#include <cerrno>

#include "tests/support/name_cases.h"

namespace tocsin::test {
namespace {

namespace fs = std::filesystem;
using Directory = const fs::path&;

constexpr Kernel kNoCopy = Kernel::kCopiesNothing;
constexpr const void* kNow = nullptr;

int open_file(Directory d) {
    return descriptor_of(d / "file", O_RDONLY);
}

Attempt chmod_of(const fs::path& name) {
    return CALL(chmod).name(name).with(0644);
}
Attempt fchmodat2_of(int directory, const fs::path& name, int flags,
                     Kernel kernel = Kernel::kCopies) {
    if (syscall(SYS_fchmodat2, -1, nullptr, 0, 0) < 0 && errno == ENOSYS)
        throw Skipped("this kernel has no fchmodat2");
    return CALL(fchmodat2).with(directory).name(name, kernel).with(0644).with(flags);
}
Attempt fchownat_of(int directory, const fs::path& name, int flags,
                    Kernel kernel = Kernel::kCopies) {
    return CALL(fchownat).with(directory).name(name, kernel).with(0L).with(0L).with(flags);
}
Attempt utimensat_of(int directory, const fs::path& name, int flags,
                     Kernel kernel = Kernel::kCopies) {
    return CALL(utimensat).with(directory).name(name, kernel).with(kNow).with(flags);
}
Attempt open_of(const fs::path& name, int flags) {
    return CALL(open).name(name).with(flags).with(0600);
}

int chmod_denied(Directory d) {
    become(kOrdinaryUser);
    return chmod_of(d / "file").leads_to(d / "file").make();
}
int chmod_below_mount(Directory d) {
    leave_mount_namespace();
    mount_tmpfs(d / "mount_point");
    write_file(d / "mount_point/file", "");
    return chmod_of(d / "mount_point/file").leads_to(d / "mount_point/file").make();
}
// The walk ends above the mount, and no mount comes with the file.
int chmod_mounted(Directory d) {
    leave_mount_namespace();
    mount_tmpfs(d / "mount_point");
    return chmod_of(d / "mount_point").shows_as("named", d / "mount_point", "/").make();
}
int utimensat_here(Directory d) {
    enter(d / "dir");
    return utimensat_of(AT_FDCWD, "", AT_EMPTY_PATH, kNoCopy).leads_to(d / "dir").make();
}
int utimes_of_chroot(Directory d) {
    Attempt attempt = CALL(utimes).name("/", kNoCopy).with(kNow).leads_to(d / "dir");
    if (chroot((d / "dir").c_str()) != 0) give_up("change the root");
    return attempt.make();
}
int chmod_untouched(Directory d) {
    const fs::path file = d / "file";
    return CALL(chmod)
        .name_at(map_untouched(d, file.native()), file.native(), Readable::kLater)
        .with(0644)
        .leads_to(file)
        .make();
}
int fchmod_below_mount(Directory d) {
    leave_mount_namespace();
    mount_tmpfs(d / "mount_point");
    write_file(d / "mount_point/file", "");
    return CALL(fchmod)
        .with(open_file(d / "mount_point"))
        .with(0644)
        .leads_to(d / "mount_point/file")
        .make();
}
int fchmodat_below(Directory d) {
    return CALL(fchmodat)
        .with(descriptor_of(d / "dir", O_PATH))
        .name("../file")
        .with(0644)
        .leads_to(d / "file")
        .make();
}
int chown_denied(Directory d) {
    become(kOrdinaryUser);
    return CALL(chown).name(d / "file").with(0L).with(0L).leads_to(d / "file").make();
}
int truncate_denied(Directory d) {
    become(kOrdinaryUser);
    return CALL(truncate).name(d / "file").with(0L).make();
}
int utime_later(Directory d) {
    static const utimbuf times = {1000000000, 1000000000};
    return CALL(utime).name(d / "file").with(&times).leads_to(d / "file").make();
}
int utimensat_null(Directory d) {
    return CALL(utimensat)
        .with(open_file(d))
        .name_at(nullptr, "", Readable::kPartly, kNoCopy)
        .with(kNow)
        .with(0L)
        .leads_to(d / "file")
        .make();
}
int utimensat_null_below_mount(Directory d) {
    leave_mount_namespace();
    mount_tmpfs(d / "mount_point");
    write_file(d / "mount_point/file", "");
    return utimensat_null(d / "mount_point");
}
int futimesat_null(Directory d) {
    return CALL(futimesat)
        .with(open_file(d))
        .name_at(nullptr, "", Readable::kPartly, kNoCopy)
        .with(kNow)
        .leads_to(d / "file")
        .make();
}
int open_denied(Directory d) {
    become(kOrdinaryUser);
    return open_of(d / "made_by_other", O_WRONLY | O_CREAT).make();
}

constexpr Case kCases[] = {
    {"chmod", [](Directory d) { return chmod_of(d / "file").leads_to(d / "file").make(); }},
    {"chmod_link",
     [](Directory d) { return chmod_of(d / "link").leads_to(d / "dir/file").make(); }},
    {"chmod_directory",
     [](Directory d) {
         return CALL(chmod).name(d / "dir/").with(0755).leads_to(d / "dir").make();
     }},
    {"chmod_missing", [](Directory d) { return chmod_of(d / "missing").misses(d).make(); }},
    {"chmod_denied", chmod_denied},
    {"chmod_below_mount", chmod_below_mount},
    {"chmod_mounted", chmod_mounted},
    {"chmod_untouched", chmod_untouched},
    {"fchmod",
     [](Directory d) {
         return CALL(fchmod).with(open_file(d)).with(0644).leads_to(d / "file").make();
     }},
    {"fchmod_below_mount", fchmod_below_mount},
    {"fchmod_bad_descriptor", [](Directory) { return CALL(fchmod).with(999).with(0644).make(); }},
    {"fchmodat", fchmodat_below},
    {"fchmodat2",
     [](Directory d) {
         return fchmodat2_of(AT_FDCWD, d / "link", 0).leads_to(d / "dir/file").make();
     }},
    {"fchmodat2_nofollow",
     [](Directory d) {
         return fchmodat2_of(AT_FDCWD, d / "file", AT_SYMLINK_NOFOLLOW).leads_to(d / "file").make();
     }},
    {"fchmodat2_empty",
     [](Directory d) {
         return fchmodat2_of(open_file(d), "", AT_EMPTY_PATH, kNoCopy).leads_to(d / "file").make();
     }},
    {"chown",
     [](Directory d) {
         return CALL(chown).name(d / "link").with(0L).with(0L).leads_to(d / "dir/file").make();
     }},
    {"chown_denied", chown_denied},
    {"chown_missing",
     [](Directory d) {
         return CALL(chown).name(d / "dir/missing").with(0L).with(0L).misses(d / "dir").make();
     }},
    {"lchown",
     [](Directory d) {
         return CALL(lchown).name(d / "link").with(0L).with(0L).leads_to(d / "link").make();
     }},
    {"fchown",
     [](Directory d) {
         return CALL(fchown).with(open_file(d)).with(0L).with(0L).leads_to(d / "file").make();
     }},
    {"fchownat",
     [](Directory d) {
         return fchownat_of(descriptor_of(d, O_PATH), "dir/file", 0)
             .leads_to(d / "dir/file")
             .make();
     }},
    {"fchownat_nofollow",
     [](Directory d) {
         return fchownat_of(AT_FDCWD, d / "link", AT_SYMLINK_NOFOLLOW).leads_to(d / "link").make();
     }},
    {"fchownat_empty",
     [](Directory d) {
         return fchownat_of(descriptor_of(d / "file", O_PATH), "", AT_EMPTY_PATH, kNoCopy)
             .leads_to(d / "file")
             .make();
     }},
    {"truncate",
     [](Directory d) {
         return CALL(truncate).name(d / "link").with(4).leads_to(d / "dir/file").make();
     }},
    {"truncate_directory",
     [](Directory d) { return CALL(truncate).name(d / "dir").with(4).make(); }},
    {"truncate_negative",
     [](Directory d) { return CALL(truncate).name(d / "file", kNoCopy).with(-1).make(); }},
    {"truncate_denied", truncate_denied},
    {"truncate_missing",
     [](Directory d) { return CALL(truncate).name(d / "missing").with(4).misses(d).make(); }},
    {"utime", utime_later},
    {"utimes",
     [](Directory d) {
         return CALL(utimes).name(d / "link").with(kNow).leads_to(d / "dir/file").make();
     }},
    {"utimes_of_chroot", utimes_of_chroot},
    {"futimesat",
     [](Directory d) {
         return CALL(futimesat)
             .with(descriptor_of(d, O_PATH))
             .name("file")
             .with(kNow)
             .leads_to(d / "file")
             .make();
     }},
    {"futimesat_null", futimesat_null},
    {"utimensat",
     [](Directory d) {
         return utimensat_of(descriptor_of(d, O_PATH), "file", 0).leads_to(d / "file").make();
     }},
    {"utimensat_nofollow",
     [](Directory d) {
         return utimensat_of(AT_FDCWD, d / "link", AT_SYMLINK_NOFOLLOW).leads_to(d / "link").make();
     }},
    {"utimensat_empty",
     [](Directory d) {
         return utimensat_of(open_file(d), "", AT_EMPTY_PATH, kNoCopy).leads_to(d / "file").make();
     }},
    {"utimensat_here", utimensat_here},
    {"utimensat_null", utimensat_null},
    {"utimensat_null_below_mount", utimensat_null_below_mount},
    {"utimensat_missing",
     [](Directory d) { return utimensat_of(AT_FDCWD, d / "missing", 0).misses(d).make(); }},
    {"open_existing",
     [](Directory d) { return open_of(d / "file", O_RDONLY).opens(d / "file", 0).make(); }},
    {"open_create_existing",
     [](Directory d) {
         return open_of(d / "file", O_RDONLY | O_CREAT).opens(d / "file", 0).make();
     }},
    {"open_create",
     [](Directory d) {
         return open_of(d / "created", O_WRONLY | O_CREAT).opens(d / "created", 1).make();
     }},
    {"open_create_exclusively",
     [](Directory d) {
         return open_of(d / "dir_link/created", O_WRONLY | O_CREAT | O_EXCL)
             .opens(d / "dir/created", 1)
             .make();
     }},
    {"open_create_through_link",
     [](Directory d) {
         return open_of(d / "dangling", O_WRONLY | O_CREAT).opens(d / "nothing", 1).make();
     }},
    {"open_exclusively_existing",
     [](Directory d) { return open_of(d / "file", O_WRONLY | O_CREAT | O_EXCL).make(); }},
    {"open_missing", [](Directory d) { return open_of(d / "missing", O_RDONLY).misses(d).make(); }},
    {"open_create_missing_middle",
     [](Directory d) { return open_of(d / "missing/file", O_WRONLY | O_CREAT).misses(d).make(); }},
    {"open_denied", open_denied},
};

}  // namespace

std::span<const Case> change_cases() {
    return kCases;
}

}  // namespace tocsin::test
