// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <string>

#include "tests/support/name_cases.h"

namespace tocsin::test {
namespace {

namespace fs = std::filesystem;
using Directory = const fs::path&;

constexpr Kernel kNoCopy = Kernel::kCopiesNothing;
constexpr long kNothing = 0;

Attempt chdir_to(const fs::path& name, Kernel kernel = Kernel::kCopies) {
    return CALL(chdir).name(name, kernel);
}
Attempt umount_of(const fs::path& name, int flags = 0) {
    return CALL(umount2).name(name).with(flags);
}
// A type is of no interest to the kernel where flags say what else to do.
Attempt mount_of(const std::string& source, const fs::path& target, long flags) {
    return CALL(mount)
        .text(source)
        .name(target)
        .text_at(nullptr, "", Readable::kPartly, kNoCopy)
        .with(flags)
        .with(kNothing);
}
Attempt mount_new(const std::string& source, const fs::path& target, const std::string& type) {
    return CALL(mount).text(source).name(target).text(type).with(kNothing).with(kNothing);
}

// The name leads elsewhere afterwards: to the root of the mount, or to what a mount had covered.
int mounts_on(Attempt attempt, const fs::path& target) {
    return attempt.leads_to(target).shows_later("made", target).make();
}
int unmounts(const fs::path& target, int flags = 0) {
    return mounts_on(umount_of(target, flags), target);
}

// A mount point of the process's own with a file system on it.
fs::path mounted(Directory d) {
    leave_mount_namespace();
    mount_tmpfs(d / "mount_point");
    return d / "mount_point";
}

int chdir_relative(Directory d) {
    enter(d);
    return chdir_to("dir/../dir/sub").shows("cwd", d / "dir/sub").make();
}
int chdir_dotdot(Directory d) {
    enter(d / "dir/sub");
    return chdir_to("..").shows("cwd", d / "dir").make();
}
int chdir_denied(Directory d) {
    become(kOrdinaryUser);
    return chdir_to(d / "locked").make();
}
int chdir_mounted(Directory d) {
    const fs::path root = mounted(d);
    return chdir_to(root).shows("cwd", root).make();
}
int fchdir_of(const fs::path& file, int flags) {
    return CALL(fchdir).with(descriptor_of(file, flags)).shows("cwd", file).make();
}
int fchdir_file(Directory d) {
    return CALL(fchdir).with(descriptor_of(d / "file", O_RDONLY)).make();
}
int chroot_relative(Directory d) {
    enter(d);
    return CALL(chroot).name("dir").shows("cwd", d).shows("root", d / "dir").make();
}
int chroot_denied(Directory d) {
    become(kOrdinaryUser);
    return CALL(chroot).name(d / "dir").make();
}
// What a chroot makes of a name: its own "/".
int stat_in_chroot(Directory d) {
    static struct stat status;
    Attempt attempt = CALL(stat).name("/sub/../file").with(&status).leads_to(d / "dir/file");
    if (chroot((d / "dir").c_str()) != 0) give_up("change the root");
    return attempt.make();
}
// The new root takes the place of the old one, which is not the machine's own.
int pivoted_root(Directory d) {
    const fs::path old_root = mounted(d), new_root = old_root / "new";
    fs::create_directory(new_root);
    // What the mount covers; where that is, changes.
    Attempt attempt =
        CALL(pivot_root).name("/new").name("/new/old").shows_detached("made", new_root);
    mount_tmpfs(new_root);
    fs::create_directory(new_root / "old");
    attempt.shows("named", new_root)
        .shows("second", new_root / "old")
        .shows_as("cwd", new_root, old_root)
        .shows_as("root", new_root, old_root);
    if (chroot(old_root.c_str()) != 0) give_up("change the root");
    enter("/");
    return attempt.make();
}
int pivot_root_missing_second(Directory d) {
    const fs::path root = mounted(d);
    return CALL(pivot_root).name(root).name(d / "dir/missing").misses(d / "dir", "second").make();
}

int mount_tmpfs_on(Directory d) {
    leave_mount_namespace();
    return mounts_on(mount_new("a source", d / "mount_point", "tmpfs"), d / "mount_point");
}
int mount_over_mount(Directory d) {
    const fs::path root = mounted(d);
    return mounts_on(mount_new(kOddName, root, "tmpfs"), root);
}
int mount_unknown_type(Directory d) {
    leave_mount_namespace();
    return mount_new("source", d / "mount_point", "no_such_type")
        .leads_to(d / "mount_point")
        .make();
}
int mount_bind(Directory d) {
    leave_mount_namespace();
    return mounts_on(mount_of(d / "dir", d / "mount_point", MS_BIND).shows("second", d / "dir"),
                     d / "mount_point");
}
int mount_bind_relative(Directory d) {
    leave_mount_namespace();
    enter(d);
    return mounts_on(
        mount_of("dir_link/sub", "./mount_point", MS_BIND).shows("second", d / "dir/sub"),
        d / "mount_point");
}
int mount_bind_missing(Directory d) {
    leave_mount_namespace();
    return mount_of(d / "missing", d / "mount_point", MS_BIND).leads_to(d / "mount_point").make();
}
int mount_move(Directory d) {
    const fs::path root = mounted(d);
    return mounts_on(mount_of(root, d / "dir", MS_MOVE), d / "dir");
}
int mount_remount(Directory d) {
    const fs::path root = mounted(d);
    return mount_of("none", root, MS_REMOUNT | MS_RDONLY).leads_to(root).make();
}
int mount_null_source(Directory d) {
    leave_mount_namespace();
    return mounts_on(CALL(mount)
                         .text_at(nullptr, "", Readable::kPartly, kNoCopy)
                         .name(d / "mount_point")
                         .text("tmpfs")
                         .with(kNothing)
                         .with(kNothing),
                     d / "mount_point");
}
int mount_missing(Directory d) {
    leave_mount_namespace();
    return CALL(mount)
        .text("none", kNoCopy)
        .name(d / "missing")
        .text("tmpfs", kNoCopy)
        .with(kNothing)
        .with(kNothing)
        .misses(d)
        .make();
}
int mount_denied(Directory d) {
    leave_mount_namespace();
    become(kOrdinaryUser);
    return mount_new("none", d / "mount_point", "tmpfs").leads_to(d / "mount_point").make();
}

int umount_plain(Directory d) {
    return unmounts(mounted(d));
}
int umount_detach(Directory d) {
    const fs::path root = mounted(d);
    enter(root);
    return unmounts(root, MNT_DETACH);
}
int umount_busy(Directory d) {
    const fs::path root = mounted(d);
    enter(root);
    return unmounts(root);
}
int umount_bind(Directory d) {
    leave_mount_namespace();
    const fs::path root = d / "mount_point";
    if (mount((d / "dir").c_str(), root.c_str(), nullptr, MS_BIND, nullptr) != 0)
        give_up("bind " + root.string());
    return unmounts(root);
}
int umount_missing(Directory d) {
    leave_mount_namespace();
    return umount_of(d / "missing").misses(d).make();
}

long clone_of(const fs::path& directory) {
    const long tree =
        syscall(SYS_open_tree, AT_FDCWD, directory.c_str(), OPEN_TREE_CLONE | O_CLOEXEC);
    if (tree < 0) give_up("clone the mount of " + directory.string());
    return tree;
}
int open_tree_clone(Directory d) {
    leave_mount_namespace();
    return CALL(open_tree)
        .with(AT_FDCWD)
        .name(d / "dir")
        .with(static_cast<long>(OPEN_TREE_CLONE))
        .make();
}
int move_mount_cloned(Directory d) {
    leave_mount_namespace();
    const long tree = clone_of(d / "dir");
    return CALL(move_mount)
        .with(tree)
        .name("", kNoCopy)
        .with(AT_FDCWD)
        .name(d / "mount_point")
        .with(static_cast<long>(MOVE_MOUNT_F_EMPTY_PATH))
        .shows_detached("named", d / "dir")
        .shows("second", d / "mount_point")
        .make();
}
int move_mount_onto_descriptor(Directory d) {
    const fs::path root = mounted(d);
    return CALL(move_mount)
        .with(AT_FDCWD)
        .name(root)
        .with(descriptor_of(d / "dir", O_PATH))
        .name("", kNoCopy)
        .with(static_cast<long>(MOVE_MOUNT_T_EMPTY_PATH))
        .leads_to(root)
        .shows("second", d / "dir")
        .shows_later("made", root)
        .make();
}
int move_mount_missing(Directory d) {
    const fs::path root = mounted(d);
    return CALL(move_mount)
        .with(AT_FDCWD)
        .name(d / "missing")
        .with(descriptor_of(d / "dir", O_PATH))
        .name("", kNoCopy)
        .with(static_cast<long>(MOVE_MOUNT_T_EMPTY_PATH))
        .misses(d)
        .make();
}
int move_mount_named(Directory d) {
    const fs::path root = mounted(d);
    return CALL(move_mount)
        .with(AT_FDCWD)
        .name(root)
        .with(AT_FDCWD)
        .name(d / "dir")
        .with(kNothing)
        .leads_to(root)
        .shows("second", d / "dir")
        .shows_later("made", root)
        .make();
}

constexpr Case kCases[] = {
    {"chdir", [](Directory d) { return chdir_to(d / "dir").shows("cwd", d / "dir").make(); }},
    {"chdir_relative", chdir_relative},
    {"chdir_dotdot", chdir_dotdot},
    {"chdir_root", [](Directory) { return chdir_to("/", kNoCopy).shows("cwd", "/").make(); }},
    {"chdir_link",
     [](Directory d) { return chdir_to(d / "dir_link/").shows("cwd", d / "dir").make(); }},
    {"chdir_missing", [](Directory d) { return chdir_to(d / "missing").misses(d).make(); }},
    {"chdir_file", [](Directory d) { return chdir_to(d / "file").make(); }},
    {"chdir_empty", [](Directory) { return chdir_to("", kNoCopy).make(); }},
    {"chdir_denied", chdir_denied},
    {"chdir_mounted", chdir_mounted},
    {"fchdir", [](Directory d) { return fchdir_of(d / "dir", O_RDONLY); }},
    {"fchdir_o_path", [](Directory d) { return fchdir_of(d / "dir", O_PATH); }},
    {"fchdir_file", fchdir_file},
    {"fchdir_bad_descriptor", [](Directory) { return CALL(fchdir).with(999).make(); }},
    {"chroot_relative", chroot_relative},
    {"chroot_missing",
     [](Directory d) { return CALL(chroot).name(d / "missing").misses(d).make(); }},
    {"chroot_file", [](Directory d) { return CALL(chroot).name(d / "file").make(); }},
    {"chroot_denied", chroot_denied},
    {"stat_in_chroot", stat_in_chroot},
    {"pivot_root", pivoted_root},
    {"pivot_root_missing_second", pivot_root_missing_second},
    {"mount_tmpfs", mount_tmpfs_on},
    {"mount_over_mount", mount_over_mount},
    {"mount_unknown_type", mount_unknown_type},
    {"mount_bind", mount_bind},
    {"mount_bind_relative", mount_bind_relative},
    {"mount_bind_missing", mount_bind_missing},
    {"mount_move", mount_move},
    {"mount_remount", mount_remount},
    {"mount_null_source", mount_null_source},
    {"mount_missing", mount_missing},
    {"mount_denied", mount_denied},
    {"umount", umount_plain},
    {"umount_detach", umount_detach},
    {"umount_busy", umount_busy},
    {"umount_bind", umount_bind},
    {"umount_of_no_mount", [](Directory d) { return umount_of(d / "dir").make(); }},
    {"umount_missing", umount_missing},
    {"open_tree", open_tree_clone},
    {"move_mount_cloned", move_mount_cloned},
    {"move_mount_onto_descriptor", move_mount_onto_descriptor},
    {"move_mount_missing", move_mount_missing},
    {"move_mount", move_mount_named},
};

}  // namespace

std::span<const Case> place_cases() {
    return kCases;
}

}  // namespace tocsin::test
