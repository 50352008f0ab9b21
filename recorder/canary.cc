// SPDX-License-Identifier: Apache-2.0
#include "recorder/canary.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <spawn.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <string>

#include "formats/file_descriptor.h"

namespace tocsin {
namespace {

// This program printing its version to nowhere.
void run_a_program() {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    std::string name = "tocsin-record", argument = "--version";
    std::array<char*, 3> argv = {name.data(), argument.data(), nullptr};
    std::array<char*, 1> environment = {nullptr};
    pid_t child = 0;
    if (posix_spawn(&child, "/proc/self/exe", &actions, nullptr, argv.data(), environment.data()) ==
        0)
        waitpid(child, nullptr, 0);
    posix_spawn_file_actions_destroy(&actions);
}

void open_files() {
    const FileDescriptor root(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // "self" is a symbolic link.
    const FileDescriptor through_a_link(open("/proc/self/status", O_RDONLY | O_CLOEXEC));
}

// The kernel gives the listener an address of its own.
void connect_sockets() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address.sun_family;
    const FileDescriptor listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const FileDescriptor caller(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (bind(listener.get(), generic, size) != 0 || listen(listener.get(), 1) != 0) return;
    size = sizeof address;
    if (getsockname(listener.get(), generic, &size) != 0) return;
    if (connect(caller.get(), generic, size) != 0) return;
}

void look_at_names() {
    struct stat status {};
    std::array<char, 1> ignored{};
    [[maybe_unused]] const bool done =
        stat("/proc", &status) == 0 && readlink("/proc/self", ignored.data(), ignored.size()) > 0;
}

// Where another process's directory is asked for as where its memory is written. A child of our
// own: in a container this process may be the first and only one.
void look_at_another_process() {
    std::array<int, 2> held{};
    if (pipe2(held.data(), O_CLOEXEC) != 0) return;
    const FileDescriptor child_end(held[0]);
    FileDescriptor own_end(held[1]);
    const pid_t child = fork();
    if (child == 0) {
        close(held[1]);
        char none = 0;
        _exit(read(held[0], &none, 1) == 0 ? 0 : 1);
    }
    if (child < 0) return;
    std::array<char, 1> ignored{};
    [[maybe_unused]] const ssize_t length = readlink(
        ("/proc/" + std::to_string(child) + "/cwd").c_str(), ignored.data(), ignored.size());
    own_end.reset();
    waitpid(child, nullptr, 0);
}

// Whether the file system keeps such attributes is of no matter: the kernel asks first.
void touch_attributes(const char* file) {
    constexpr long kFileGetAttr = 468, kFileSetAttr = 469;  // younger than the oldest headers
    constexpr const char* kAttribute = "security.tocsin";
    constexpr const char* kAccessList = "system.posix_acl_access";
    struct statfs status {};
    std::array<char, 24> flags{};  // struct file_attr
    const FileDescriptor watches(inotify_init1(IN_CLOEXEC));
    statfs(file, &status);
    for (const char* name : {kAttribute, kAccessList}) {
        setxattr(file, name, "", 0, 0);
        getxattr(file, name, nullptr, 0);
        removexattr(file, name);
    }
    listxattr(file, nullptr, 0);
    inotify_add_watch(watches.get(), file, IN_OPEN);
    syscall(kFileGetAttr, AT_FDCWD, file, flags.data(), flags.size(), 0);
    syscall(kFileSetAttr, AT_FDCWD, file, flags.data(), flags.size(), 0);
}

// Every kind of change to a directory, in a file system of its own that nobody else sees and that
// is gone afterwards. What fails leaves its hook silent.
void change_directories() {
    constexpr const char* kPlace = "/proc";
    if (unshare(CLONE_NEWNS) != 0 ||
        mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount("tocsin", kPlace, "tmpfs", 0, nullptr) != 0 || chdir(kPlace) != 0)
        return;
    int failures = 0;
    failures += mkdir("directory", 0700) != 0;
    failures += mknod("file", S_IFREG | 0600, 0) != 0;
    failures += link("file", "name") != 0;
    failures += symlink("file", "symlink") != 0;
    failures += chmod("file", 0400) != 0;
    touch_attributes("file");
    failures += rename("name", "other") != 0;
    failures += unlink("other") != 0;
    failures += rmdir("directory") != 0;
    const auto tree = static_cast<int>(syscall(SYS_open_tree, AT_FDCWD, kPlace, OPEN_TREE_CLONE));
    failures += mkdir("directory", 0700) != 0;
    failures +=
        syscall(SYS_move_mount, tree, "", AT_FDCWD, "directory", MOVE_MOUNT_F_EMPTY_PATH) != 0;
    failures += umount2("directory", MNT_DETACH) != 0;
    // May fail, and then has been asked about.
    [[maybe_unused]] const long done = syscall(SYS_pivot_root, ".", ".");
    _exit(failures);
}

void change_directories_in_a_child() {
    const pid_t child = fork();
    if (child == 0) {
        change_directories();
        _exit(1);
    }
    if (child > 0) waitpid(child, nullptr, 0);
}

}  // namespace

void make_hooks_fire() {
    change_directories_in_a_child();
    run_a_program();
    open_files();
    look_at_names();
    connect_sockets();
    look_at_another_process();
}

}  // namespace tocsin
