// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <linux/mount.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/quota.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "tests/support/name_cases.h"

// Younger than the headers of the oldest system that this is built on.
#ifndef SYS_setxattrat
#define SYS_setxattrat 463
#define SYS_getxattrat 464
#define SYS_listxattrat 465
#define SYS_removexattrat 466
#endif
#ifndef SYS_file_getattr
#define SYS_file_getattr 468
#define SYS_file_setattr 469
#endif

namespace tocsin::test {
namespace {

namespace fs = std::filesystem;
using Directory = const fs::path&;

constexpr Kernel kNoCopy = Kernel::kCopiesNothing;
// One that every file system of these tests keeps, or refuses once it was asked for.
constexpr const char* kAttribute = "security.tocsin";
constexpr const char* kAccessList = "system.posix_acl_access";
constexpr const char* kValue = "1";
constexpr long kNothing = 0;

// Where the kernel may write whatever it finds out.
void* buffer() {
    alignas(16) static std::array<char, 512> bytes;
    return bytes.data();
}

// Throws Skipped where the kernel is older than the call.
Attempt young(Attempt attempt, long number, const char* name) {
    if (syscall(number, -1, nullptr, 0, 0, 0, 0) < 0 && errno == ENOSYS)
        throw Skipped(std::string("this kernel has no ") + name);
    return attempt;
}
#define YOUNG_CALL(name) young(CALL(name), SYS_##name, #name)

Attempt getxattr_of(const fs::path& name, const std::string& attribute,
                    Kernel attribute_copied = Kernel::kCopies) {
    return CALL(getxattr).name(name).text(attribute, attribute_copied).with(buffer()).with(64);
}
Attempt setxattr_of(const fs::path& name, const std::string& attribute,
                    Kernel attribute_copied = Kernel::kCopies) {
    return CALL(setxattr)
        .name(name)
        .text(attribute, attribute_copied)
        .with(kValue)
        .with(1)
        .with(kNothing);
}
Attempt statfs_of(const fs::path& name, Kernel kernel = Kernel::kCopies) {
    return CALL(statfs).name(name, kernel).with(buffer());
}
Attempt handle_of(int directory, const fs::path& name, int flags, Kernel kernel) {
    alignas(8) static std::array<char, 136> handle;
    static int mount = 0;
    const unsigned room = 128;
    std::memcpy(handle.data(), &room, sizeof room);
    return CALL(name_to_handle_at)
        .with(directory)
        .name(name, kernel)
        .with(handle.data())
        .with(&mount)
        .with(flags);
}

void give_attribute(const fs::path& file) {
    const std::string name = kAttribute;  // a copy, in a page that this process has touched
    syscall(SYS_setxattr, file.c_str(), name.c_str(), kValue, 1, 0);
}

int getxattr_denied(Directory d) {
    become(kOrdinaryUser);
    return getxattr_of(d / "locked/file", kAttribute, kNoCopy).make();
}
// To be read by who may read the file: the kernel asks that first, and nobody of what it is.
int getxattr_of_user_denied(Directory d) {
    become(kOrdinaryUser);
    return getxattr_of(d / "locked_file", "user.tocsin", kNoCopy).make();
}
int getxattr_present(Directory d) {
    give_attribute(d / "file");
    return getxattr_of(d / "file", kAttribute).leads_to(d / "file").make();
}
int getxattr_below_mount(Directory d) {
    leave_mount_namespace();
    mount_tmpfs(d / "mount_point");
    write_file(d / "mount_point/file", "");
    return getxattr_of(d / "mount_point/file", kAttribute).leads_to(d / "mount_point/file").make();
}
int getxattr_untouched(Directory d) {
    const fs::path file = d / "file";
    return CALL(getxattr)
        .name_at(map_untouched(d, file.native()), file.native(), Readable::kLater)
        .text(kAttribute)
        .with(buffer())
        .with(64)
        .leads_to(file)
        .make();
}
int lgetxattr_link(Directory d) {
    return CALL(lgetxattr)
        .name(d / "link")
        .text(kAttribute)
        .with(buffer())
        .with(64)
        .leads_to(d / "link")
        .make();
}
int getxattrat_nofollow(Directory d) {
    static const std::array<uint64_t, 2> arguments = {};
    return YOUNG_CALL(getxattrat)
        .with(descriptor_of(d, O_PATH))
        .name("link")
        .with(AT_SYMLINK_NOFOLLOW)
        .text(kAttribute)
        .with(arguments.data())
        .with(sizeof arguments)
        .leads_to(d / "link")
        .make();
}
int listxattrat_empty(Directory d) {
    return YOUNG_CALL(listxattrat)
        .with(descriptor_of(d / "file", O_RDONLY))
        .name("", kNoCopy)
        .with(AT_EMPTY_PATH)
        .with(buffer())
        .with(64)
        .leads_to(d / "file")
        .make();
}
int setxattr_denied(Directory d) {
    become(kOrdinaryUser);
    return setxattr_of(d / "locked/file", kAttribute, kNoCopy).make();
}
int setxattr_capability(Directory d) {
    static const std::array<uint32_t, 5> capabilities = {0x02000000};  // of the second revision
    return CALL(setxattr)
        .name(d / "file")
        .text("security.capability")
        .with(capabilities.data())
        .with(sizeof capabilities)
        .with(kNothing)
        .leads_to(d / "file")
        .make();
}
int setxattr_long(Directory d) {
    // Which of the two names is looked at first differs between kernels.
    return CALL(setxattr)
        .name(d / "file", Kernel::kMayCopy)
        .text(std::string(300, 'n'), kNoCopy)
        .with(kValue)
        .with(1)
        .with(kNothing)
        .make();
}
int setxattrat_below(Directory d) {
    static const struct {
        const char* value = kValue;
        uint32_t size = 1, flags = 0;
    } arguments;
    return YOUNG_CALL(setxattrat)
        .with(descriptor_of(d / "dir", O_PATH))
        .name("../file")
        .with(kNothing)
        .text(kAttribute)
        .with(&arguments)
        .with(sizeof arguments)
        .leads_to(d / "file")
        .make();
}
int fsetxattr_below_mount(Directory d) {
    leave_mount_namespace();
    mount_tmpfs(d / "mount_point");
    write_file(d / "mount_point/file", "");
    return CALL(fsetxattr)
        .with(descriptor_of(d / "mount_point/file", O_RDONLY))
        .text(kAttribute)
        .with(kValue)
        .with(1)
        .with(kNothing)
        .leads_to(d / "mount_point/file")
        .make();
}
// Nothing is to be set: the list is taken away.
int set_access_list(Directory d) {
    return CALL(setxattr)
        .name(d / "link")
        .text(kAccessList)
        .with(kValue)
        .with(kNothing)
        .with(kNothing)
        .leads_to(d / "dir/file")
        .make();
}
int removexattr_present(Directory d) {
    give_attribute(d / "file");
    return CALL(removexattr).name(d / "file").text(kAttribute).leads_to(d / "file").make();
}
int removexattrat_absolute(Directory d) {
    return YOUNG_CALL(removexattrat)
        .with(-1)
        .name(d / "link")
        .with(kNothing)
        .text(kAttribute)
        .leads_to(d / "dir/file")
        .make();
}

Attempt file_attributes(Attempt attempt, Directory d) {
    alignas(8) static std::array<char, 24> flags;
    return attempt.with(descriptor_of(d, O_PATH))
        .name("file")
        .with(flags.data())
        .with(flags.size())
        .with(kNothing);
}

int watch(Attempt attempt, const fs::path& name) {
    return attempt.name(name).with(IN_OPEN).make();
}
Attempt inotify_by(Directory) {
    const int watches = inotify_init1(IN_CLOEXEC);
    if (watches < 0) throw Skipped(std::string("no inotify: ") + std::strerror(errno));
    return CALL(inotify_add_watch).with(watches);
}
int inotify_denied(Directory d) {
    become(kOrdinaryUser);
    return watch(inotify_by(d), d / "locked_file");
}
int mark(Directory d, int flags, const char* name, const fs::path& marked) {
    const int group = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC, O_RDONLY);
    if (group < 0) throw Skipped(std::string("no fanotify: ") + std::strerror(errno));
    return CALL(fanotify_mark)
        .with(group)
        .with(FAN_MARK_ADD | flags)
        .with(FAN_OPEN)
        .with(descriptor_of(d, O_PATH | O_DIRECTORY))
        .name(name)
        .leads_to(marked)
        .make();
}

// /dev/null is no file to write accounts to.
int acct_device(Directory) {
    if (geteuid() != 0) throw Skipped("needs root, to be asked which file");
    return CALL(acct).name("/dev/null").shows("opened", "/dev/null").make();
}
int acct_denied(Directory d) {
    become(kOrdinaryUser);
    return CALL(acct).name(d / "file", kNoCopy).make();
}
// A file of a few bytes is no place to swap to.
int swapon_short(Directory d) {
    if (geteuid() != 0) throw Skipped("needs root, to be asked which file");
    return CALL(swapon).name(d / "link").with(kNothing).shows("opened", d / "dir/file").make();
}
int swapon_denied(Directory d) {
    become(kOrdinaryUser);
    return CALL(swapon).name(d / "file", kNoCopy).with(kNothing).make();
}
// Of two names the last one is looked up first; the other one is no device.
int quotactl_no_device(Directory d) {
    return CALL(quotactl)
        .with(static_cast<long>(QCMD(Q_QUOTAON, USRQUOTA)))
        .name(d / "file")
        .with(QFMT_VFS_V0)
        .name(d / "dir/file")
        .make();
}
int quotactl_other(Directory d) {
    return CALL(quotactl)
        .with(static_cast<long>(QCMD(Q_GETFMT, USRQUOTA)))
        .with((d / "file").c_str())
        .with(kNothing)
        .with(buffer())
        .leaves_no_trace()
        .make();
}
// Only the root of a mount can be picked or changed.
int fspick_file(Directory d) {
    leave_mount_namespace();
    return YOUNG_CALL(fspick).with(descriptor_of(d, O_PATH)).name("file").with(kNothing).make();
}
int fspick_missing(Directory d) {
    leave_mount_namespace();
    return YOUNG_CALL(fspick).with(AT_FDCWD).name(d / "missing").with(kNothing).misses(d).make();
}
int mount_setattr_file(Directory d) {
    static const std::array<uint64_t, 4> attributes = {MOUNT_ATTR_RDONLY, 0, 0, 0};
    leave_mount_namespace();
    return YOUNG_CALL(mount_setattr)
        .with(AT_FDCWD)
        .name(d / "link")
        .with(kNothing)
        .with(attributes.data())
        .with(sizeof attributes)
        .make();
}
long new_file_system() {
    leave_mount_namespace();
    const long context = syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
    if (context < 0) throw Skipped(std::string("no file system to set up: ") + strerror(errno));
    return context;
}
// None that is always there takes a name: it is copied, and looked up by nobody.
int fsconfig_path(Directory d) {
    return CALL(fsconfig)
        .with(new_file_system())
        .with(static_cast<long>(FSCONFIG_SET_PATH))
        .text("source", kNoCopy)
        .name(d / "file", kNoCopy)
        .with(AT_FDCWD)
        .make();
}
int fsconfig_flag(Directory) {
    return CALL(fsconfig)
        .with(new_file_system())
        .with(static_cast<long>(FSCONFIG_SET_FLAG))
        .with("ro")
        .with(kNothing)
        .with(kNothing)
        .leaves_no_trace()
        .make();
}

constexpr Case kCases[] = {
    {"getxattr",
     [](Directory d) { return getxattr_of(d / "file", kAttribute).leads_to(d / "file").make(); }},
    {"getxattr_link",
     [](Directory d) {
         return getxattr_of(d / "link", kAttribute).leads_to(d / "dir/file").make();
     }},
    {"getxattr_present", getxattr_present},
    {"getxattr_access_list",
     [](Directory d) { return getxattr_of(d / "file", kAccessList).leads_to(d / "file").make(); }},
    {"getxattr_missing",
     [](Directory d) { return getxattr_of(d / "missing", kAttribute, kNoCopy).misses(d).make(); }},
    {"getxattr_denied", getxattr_denied},
    {"getxattr_of_user_denied", getxattr_of_user_denied},
    {"getxattr_below_mount", getxattr_below_mount},
    {"getxattr_untouched", getxattr_untouched},
    {"lgetxattr", lgetxattr_link},
    {"getxattrat", getxattrat_nofollow},
    {"listxattr",
     [](Directory d) {
         return CALL(listxattr)
             .name(d / "link")
             .with(buffer())
             .with(64)
             .leads_to(d / "dir/file")
             .make();
     }},
    {"llistxattr",
     [](Directory d) {
         return CALL(llistxattr)
             .name(d / "link")
             .with(buffer())
             .with(64)
             .leads_to(d / "link")
             .make();
     }},
    {"listxattrat", listxattrat_empty},
    {"setxattr",
     [](Directory d) { return setxattr_of(d / "file", kAttribute).leads_to(d / "file").make(); }},
    {"setxattr_capability", setxattr_capability},
    {"setxattr_missing",
     [](Directory d) { return setxattr_of(d / "missing", kAttribute, kNoCopy).misses(d).make(); }},
    {"setxattr_denied", setxattr_denied},
    {"setxattr_long", setxattr_long},
    {"setxattr_access_list", set_access_list},
    {"lsetxattr",
     [](Directory d) {
         return CALL(lsetxattr)
             .name(d / "link")
             .text(kAttribute)
             .with(kValue)
             .with(1)
             .with(kNothing)
             .leads_to(d / "link")
             .make();
     }},
    {"fsetxattr",
     [](Directory d) {
         return CALL(fsetxattr)
             .with(descriptor_of(d / "file", O_RDONLY))
             .text(kAttribute)
             .with(kValue)
             .with(1)
             .with(kNothing)
             .leads_to(d / "file")
             .make();
     }},
    {"fsetxattr_below_mount", fsetxattr_below_mount},
    {"setxattrat", setxattrat_below},
    {"removexattr", removexattr_present},
    {"removexattr_access_list",
     [](Directory d) {
         return CALL(removexattr).name(d / "file").text(kAccessList).leads_to(d / "file").make();
     }},
    {"lremovexattr",
     [](Directory d) {
         return CALL(lremovexattr).name(d / "link").text(kAttribute).leads_to(d / "link").make();
     }},
    {"fremovexattr",
     [](Directory d) {
         return CALL(fremovexattr)
             .with(descriptor_of(d / "file", O_RDONLY))
             .text(kAttribute)
             .leads_to(d / "file")
             .make();
     }},
    {"removexattrat", removexattrat_absolute},
    {"file_getattr",
     [](Directory d) {
         return file_attributes(YOUNG_CALL(file_getattr), d).leads_to(d / "file").make();
     }},
    {"file_setattr",
     [](Directory d) {
         return file_attributes(YOUNG_CALL(file_setattr), d).leads_to(d / "file").make();
     }},
    {"statfs", [](Directory d) { return statfs_of(d / "link").leads_to(d / "dir/file").make(); }},
    {"statfs_directory",
     [](Directory d) { return statfs_of(d / "dir/").leads_to(d / "dir").make(); }},
    {"statfs_missing", [](Directory d) { return statfs_of(d / "missing").misses(d).make(); }},
    {"statfs_empty", [](Directory) { return statfs_of("", kNoCopy).make(); }},
    {"name_to_handle_at",
     [](Directory d) { return handle_of(AT_FDCWD, d / "file", 0, Kernel::kCopies).make(); }},
    {"name_to_handle_at_empty",
     [](Directory d) {
         return handle_of(descriptor_of(d, O_PATH), "", AT_EMPTY_PATH, kNoCopy).make();
     }},
    {"name_to_handle_at_missing",
     [](Directory d) {
         return handle_of(AT_FDCWD, d / "missing", 0, Kernel::kCopies).misses(d).make();
     }},
    {"inotify",
     [](Directory d) { return watch(inotify_by(d).leads_to(d / "dir/file"), d / "link"); }},
    {"inotify_missing", [](Directory d) { return watch(inotify_by(d).misses(d), d / "missing"); }},
    {"inotify_denied", inotify_denied},
    {"fanotify", [](Directory d) { return mark(d, 0, "link", d / "dir/file"); }},
    {"fanotify_nofollow",
     [](Directory d) { return mark(d, FAN_MARK_DONT_FOLLOW, "link", d / "link"); }},
    {"acct_device", acct_device},
    {"acct_denied", acct_denied},
    {"acct_missing", [](Directory d) { return CALL(acct).name(d / "missing").misses(d).make(); }},
    {"swapon", swapon_short},
    {"swapon_denied", swapon_denied},
    {"quotactl_on", quotactl_no_device},
    {"quotactl_other", quotactl_other},
    {"fspick", fspick_file},
    {"fspick_missing", fspick_missing},
    {"mount_setattr", mount_setattr_file},
    {"fsconfig_path", fsconfig_path},
    {"fsconfig_flag", fsconfig_flag},
};

}  // namespace

std::span<const Case> attribute_cases() {
    return kCases;
}

}  // namespace tocsin::test
