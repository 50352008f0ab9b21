// SPDX-License-Identifier: Apache-2.0
//
// open_cases [CASE...]: opens, connects and binds in every way that is hard to record or easy to
// mistake for a race, each in a child of its own, and prints what a trace must agree with: one line
// "PID CASE STATUS" each, where STATUS is 0 or the errno of the call, or "PID CASE skipped:
// REASON". The call is the last open, connect or bind of its process. Without arguments: all cases.
// Exit status 0, or 2 for trouble.
//
// Touches only a directory of its own under /tmp, which it removes, and sockets of the loopback
// interface. Mounts are made in a namespace of their own.
#include "tests/support/open_cases.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <array>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;
using namespace tocsin::test;

constexpr uid_t kNobody = 65534;

constexpr const char* kNewline = "new\nline";
constexpr const char* kEscape = "\x1b[31mred\x1b[0m\x1b]0;title\x07";
constexpr const char* kInvalidUtf8 = "\xff\xfe\xc0\xaf";
constexpr const char* kReversed = "txt.\u202egpj\\\"'";  // right-to-left override

int open_file(const fs::path& name, int flags = O_RDONLY) {
    return status_of_call(SYS_open, name.c_str(), flags, 0600);
}

// A name that is used where it lies.
int open_in_place(const char* name) {
    return status_of_call(SYS_open, name, O_RDONLY, 0);
}

int open_below(int directory, const char* name) {
    return status_of_call(SYS_openat, directory, std::string(name).c_str(), O_RDONLY, 0);
}

// Ways to a file

int plain(const fs::path& directory) {
    return open_file(directory / "file");
}
int relative(const fs::path& directory) {
    enter(directory);
    return open_file("file");
}
int at_directory(const fs::path& directory) {
    return open_below(descriptor_of(directory, O_RDONLY | O_DIRECTORY), "file");
}
int at_bad_descriptor(const fs::path&) {
    return open_below(999, "file");
}
int at_file(const fs::path& directory) {
    return open_below(descriptor_of(directory / "file", O_RDONLY), "file");
}
int dotdot(const fs::path& directory) {
    return open_file(directory / "dir/../dir/../file");
}
int redundant_slashes(const fs::path& directory) {
    return open_file(directory.native() + "/.//.///./file");
}
int trailing_slash(const fs::path& directory) {
    return open_file(directory / "file/");
}
int symlink_followed(const fs::path& directory) {
    return open_file(directory / "link");
}
int symlink_chain(const fs::path& directory) {
    return open_file(directory / "first_link");
}
int symlink_loop(const fs::path& directory) {
    return open_file(directory / "loop");
}
int symlink_of_long_target(const fs::path& directory) {
    return open_file(directory / "long_link");
}
int symlinked_directory(const fs::path& directory) {
    return open_file(directory / "directory_link/file");
}
int nofollow_symlink(const fs::path& directory) {
    return open_file(directory / "link", O_RDONLY | O_NOFOLLOW);
}
int o_path_of_symlink(const fs::path& directory) {
    return open_file(directory / "link", O_PATH | O_NOFOLLOW);
}

std::string name_of_descriptor(const char* directory, int fd) {
    return directory + std::to_string(fd);
}

int proc_self_fd(const fs::path& directory) {
    return open_file(
        name_of_descriptor("/proc/self/fd/", descriptor_of(directory / "file", O_RDONLY)));
}
int dev_fd(const fs::path& directory) {
    if (access("/dev/fd", F_OK) != 0) throw Skipped("there is no /dev/fd");
    return open_file(name_of_descriptor("/dev/fd/", descriptor_of(directory / "file", O_RDONLY)));
}
int memfd(const fs::path&) {
    const int fd = memfd_create("memory", MFD_CLOEXEC);
    if (fd < 0) give_up("make a memfd");
    return open_file(name_of_descriptor("/proc/self/fd/", fd));
}
int deleted_file(const fs::path& directory) {
    const fs::path name = directory / "deleted";
    const int fd = descriptor_of(name, O_RDONLY | O_CREAT | O_EXCL);
    fs::remove(name);
    return open_file(name_of_descriptor("/proc/self/fd/", fd));
}

int in_chroot(const fs::path& directory) {
    leave_mount_namespace();
    const std::string root = directory / "dir";
    if (chroot(root.c_str()) != 0) give_up("change the root");
    return open_file("/file");
}
int bind_mount(const fs::path& directory) {
    leave_mount_namespace();
    const std::string source = directory / "dir";
    const std::string target = directory / "mount_point";
    if (mount(source.c_str(), target.c_str(), nullptr, MS_BIND, nullptr) != 0)
        give_up("mount " + target);
    return open_file(directory / "mount_point/file");
}

// Kinds of files, and new ones

int made_by_creat(const fs::path& directory) {
    return status_of_call(SYS_creat, (directory / "made_by_creat").c_str(), 0600);
}
int made_exclusively(const fs::path& directory) {
    return open_file(directory / "made_exclusively", O_WRONLY | O_CREAT | O_EXCL);
}
int made_exclusively_already(const fs::path& directory) {
    return open_file(directory / "file", O_WRONLY | O_CREAT | O_EXCL);
}
int made_through_symlink(const fs::path& directory) {
    return open_file(directory / "link_to_new_file", O_WRONLY | O_CREAT);
}
int truncated(const fs::path& directory) {
    return open_file(directory / "file", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
}
int tmpfile(const fs::path& directory) {
    return open_file(directory, O_TMPFILE | O_RDWR);
}
int o_path(const fs::path& directory) {
    return open_file(directory / "file", O_PATH);
}
int o_path_of_root(const fs::path&) {
    return open_file("/", O_PATH);
}
int root(const fs::path&) {
    return open_file("/", O_RDONLY | O_DIRECTORY);
}
int fifo(const fs::path& directory) {
    return open_file(directory / "fifo", O_RDONLY | O_NONBLOCK);
}
int device(const fs::path&) {
    return open_file("/dev/null", O_RDWR);
}
int from_other_thread(const fs::path& directory) {
    int status = 0;
    std::thread([&] { status = open_file(directory / "file"); }).join();
    return status;
}

// Refusals

int empty_name(const fs::path&) {
    return open_file("");
}
int missing(const fs::path& directory) {
    return open_file(directory / "missing");
}
int missing_directory(const fs::path& directory) {
    return open_file(directory / "missing/file");
}
int not_a_directory(const fs::path& directory) {
    return open_file(directory / "file/below");
}
int is_a_directory(const fs::path& directory) {
    return open_file(directory / "dir", O_WRONLY);
}
int denied_in_walk(const fs::path& directory) {
    become(kNobody);
    return open_file(directory / "locked/file");
}
int denied_file(const fs::path& directory) {
    become(kNobody);
    return open_file(directory / "locked_file");
}
int too_long_component(const fs::path& directory) {
    return open_file(directory / std::string(256, 'n'));
}

// Names and where they lie

int longest_name(const fs::path& directory) {
    return open_file(name_of_length(directory / "file", kNameMax));
}
int too_long_name(const fs::path& directory) {
    return open_file(name_of_length(directory / "file", kNameMax + 1));
}
int deep(const fs::path& directory) {
    return open_file(make_deep_directories(directory), O_RDWR | O_CREAT);
}
int newline(const fs::path& directory) {
    return open_file(directory / kNewline);
}
int escape_sequences(const fs::path& directory) {
    return open_file(directory / kEscape);
}
int invalid_utf8(const fs::path& directory) {
    return open_file(directory / kInvalidUtf8);
}
int reversed(const fs::path& directory) {
    return open_file(directory / kReversed);
}

int name_at_end_of_page(const fs::path& directory) {
    const std::string name = directory / "file";
    return open_in_place(put_before_unreadable_page({name.c_str(), name.size() + 1}));
}
int name_into_unreadable_page(const fs::path& directory) {
    return open_in_place(put_before_unreadable_page((directory / "file").native()));
}
int name_unreadable(const fs::path&) {
    return open_in_place(map_pages(1, PROT_NONE));
}
int name_untouched(const fs::path& directory) {
    return open_in_place(map_untouched(directory, (directory / "file").native()));
}
int name_null(const fs::path&) {
    return open_in_place(nullptr);
}

constexpr std::array kCases = {
    Case{"plain", plain},
    Case{"relative", relative},
    Case{"at_directory", at_directory},
    Case{"at_bad_descriptor", at_bad_descriptor},
    Case{"at_file", at_file},
    Case{"dotdot", dotdot},
    Case{"redundant_slashes", redundant_slashes},
    Case{"trailing_slash", trailing_slash},
    Case{"symlink", symlink_followed},
    Case{"symlink_chain", symlink_chain},
    Case{"symlink_loop", symlink_loop},
    Case{"symlink_of_long_target", symlink_of_long_target},
    Case{"symlinked_directory", symlinked_directory},
    Case{"nofollow_symlink", nofollow_symlink},
    Case{"o_path_of_symlink", o_path_of_symlink},
    Case{"proc_self_fd", proc_self_fd},
    Case{"dev_fd", dev_fd},
    Case{"memfd", memfd},
    Case{"deleted_file", deleted_file},
    Case{"chroot", in_chroot},
    Case{"bind_mount", bind_mount},
    Case{"creat", made_by_creat},
    Case{"made_exclusively", made_exclusively},
    Case{"made_exclusively_already", made_exclusively_already},
    Case{"made_through_symlink", made_through_symlink},
    Case{"truncated", truncated},
    Case{"tmpfile", tmpfile},
    Case{"o_path", o_path},
    Case{"o_path_of_root", o_path_of_root},
    Case{"root", root},
    Case{"fifo", fifo},
    Case{"device", device},
    Case{"from_other_thread", from_other_thread},
    Case{"empty_name", empty_name},
    Case{"missing", missing},
    Case{"missing_directory", missing_directory},
    Case{"not_a_directory", not_a_directory},
    Case{"is_a_directory", is_a_directory},
    Case{"denied_in_walk", denied_in_walk},
    Case{"denied_file", denied_file},
    Case{"too_long_component", too_long_component},
    Case{"longest_name", longest_name},
    Case{"too_long_name", too_long_name},
    Case{"deep", deep},
    Case{"newline", newline},
    Case{"escape_sequences", escape_sequences},
    Case{"invalid_utf8", invalid_utf8},
    Case{"reversed", reversed},
    Case{"name_at_end_of_page", name_at_end_of_page},
    Case{"name_into_unreadable_page", name_into_unreadable_page},
    Case{"name_unreadable", name_unreadable},
    Case{"name_untouched", name_untouched},
    Case{"name_null", name_null},
};

void prepare(const fs::path& directory) {
    umask(022);
    if (chmod(directory.c_str(), 0711) != 0) give_up("let others into the directory");
    for (const char* name : {"dir", "locked", "mount_point"})
        fs::create_directory(directory / name);
    for (const char* name : {"file", "dir/file", "locked/file", "locked_file", "ring_old",
                             "ring_unlinked", kNewline, kEscape, kInvalidUtf8, kReversed})
        write_file(directory / name, "content\n");
    fs::permissions(directory / "locked", fs::perms::owner_all);
    fs::permissions(directory / "locked_file", fs::perms::owner_read);
    fs::create_symlink("file", directory / "link");
    fs::create_symlink("second_link", directory / "first_link");
    fs::create_symlink(directory / "third_link", directory / "second_link");
    fs::create_symlink("dir/../file", directory / "third_link");
    fs::create_symlink("loop", directory / "loop");
    fs::create_symlink("dir", directory / "directory_link");
    fs::create_symlink("new_file", directory / "link_to_new_file");
    fs::create_symlink(name_of_length(directory / "file", 1000), directory / "long_link");
    if (mkfifo((directory / "fifo").c_str(), 0600) != 0) give_up("make a FIFO");
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<Case> cases(kCases.begin(), kCases.end());
    for (const auto more : {openat2_cases(), socket_cases(), foreign_cases(), ring_cases()})
        cases.insert(cases.end(), more.begin(), more.end());
    cases.push_back({"plain_again", plain});  // the recorder must have gone on after all that
    return run_case_program({"open_cases", prepare, cases}, argc, argv);
}
