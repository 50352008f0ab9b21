// SPDX-License-Identifier: Apache-2.0
//
// What name_cases is made of: the parts, by what is called, and the call that prints, beside what
// was passed and what came of it, what a recorder of it must say.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/case_program.h"

// Younger than the headers of the oldest system that this is built on.
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

namespace tocsin::test {

std::span<const Case> check_cases();      // stat, access, readlink
std::span<const Case> entry_cases();      // calls that make, move and remove entries of directories
std::span<const Case> change_cases();     // mode, owner, length and times; opens
std::span<const Case> place_cases();      // chdir, chroot, mounts
std::span<const Case> attribute_cases();  // attributes, watches, what the kernel gets of its own
std::span<const Case> process_cases();    // calls that name a process by its id, and waits
std::span<const Case> content_cases();    // calls that write files
std::span<const Case> channel_cases();    // calls that read and write pipes and sockets

// A user and group with no rights.
constexpr uid_t kOrdinaryUser = 1000;
// A file's name: a terminal's escape, a newline, a quote, what is no UTF-8, a blank at the end.
constexpr const char* kOddName = "\x1b[31m\n\"\\\xff\xfe\xe2\x80\xae ";

// Whether the kernel comes to look a name up in a directory, or to keep a string, and a recorder
// can tell.
enum class Kernel { kCopies, kCopiesNothing, kMayCopy };

// What a probe that must not sleep reads of it: all; what lies before an unreadable page; nothing,
// where the kernel faults it in; all but the end, where it is longer than any name.
enum class Readable { kAll, kPartly, kLater, kCut };

// One call and what is true of it, found out by lstat(2) and in no other way. make() prints it,
// each line "PID: FACT":
//   call NAME, result N              N is negative where it is an errno
//   operand ARGUMENT KIND BYTES READABLE COPIED
//   object ROLE DEVICE:INODE TYPE NAME PARENT DIRECTORY
//   detail N                         of the hook that shows the opened file
//   entry TEXT                       what a dump says of its entry; with a blank at the end: the
//                                    beginning of that
//   output BYTES                     what it filled in
//   unrecorded WHERE                   not recorded: "everywhere", or "without-hooks"
//   target PID                       the process that it reaches, where the kernel asks ptrace's
//   rules
// (bytes in hex, PARENT what the directory is, "-": none or not said) and makes the call between
// two calls close(kMark), by which a recording of it is found.
class Attempt {
  public:
    static constexpr int kMark = 1000000;

    Attempt(const char* call, long number) : call_(call), number_(number) {}

    // The next argument.
    Attempt& name(const std::filesystem::path& name, Kernel kernel = Kernel::kCopies);
    Attempt& text(const std::string& text, Kernel kernel = Kernel::kCopies);
    Attempt& name_at(const char* pointer, std::string_view bytes, Readable readable,
                     Kernel kernel = Kernel::kCopies);
    Attempt& text_at(const char* pointer, std::string_view bytes, Readable readable,
                     Kernel kernel = Kernel::kCopies);
    Attempt& with(long word);
    Attempt& with(const void* pointer);

    // An object that the call's hooks show in this role: what is there before the call, or that
    // there is nothing. Links in the last place are not followed.
    Attempt& shows(const char* role, const std::filesystem::path& file);
    // What a descriptor leads to; it is there by that name.
    Attempt& leads_to(const std::filesystem::path& file) { return shows("named", file); }
    // Likewise; that name is known of it. "/": none, as of a root that is seen without its mount.
    Attempt& shows_as(const char* role, const std::filesystem::path& file,
                      const std::filesystem::path& name);
    // Likewise, in a mount that is on no other: which directory holds it is said, not where that
    // is.
    Attempt& shows_detached(const char* role, const std::filesystem::path& file);
    // A file of which no more is known than the directory that it was looked up in; empty: none.
    Attempt& accesses(const std::filesystem::path& file, const std::filesystem::path& directory);
    // Nothing by the first or second name, in this directory.
    Attempt& misses(const std::filesystem::path& directory, const char* role = "named");
    // Likewise, of what is there after a call that succeeded.
    Attempt& shows_later(const char* role, const std::filesystem::path& file);
    Attempt& makes(const std::filesystem::path& file);  // nothing is there before it
    Attempt& opens(const std::filesystem::path& file, int detail);
    Attempt& says(const std::string& entry);
    // That many bytes there are printed after the call, if it succeeds.
    Attempt& fills(const void* memory, size_t bytes);
    Attempt& reaches(pid_t process);
    // What is behind a descriptor and has no name.
    Attempt& shows_behind(const char* role, int descriptor);
    // Made twice, of which the first time alone is recorded.
    Attempt& twice();
    Attempt& leaves_no_trace();
    Attempt& leaves_no_trace_without_hooks();

    // Makes the call; gives its errno, or 0.
    int make();

  private:
    Attempt& operand(const char* kind, const char* pointer, std::string_view bytes,
                     Readable readable, Kernel kernel);

    const char* call_;
    long number_;
    std::vector<long> arguments_;
    std::vector<std::pair<const char*, std::filesystem::path>> later_;
    std::string_view filled_;
    bool is_twice_ = false;
};

#define CALL(name) ::tocsin::test::Attempt(#name, SYS_##name)

// A file system in memory, mounted there; mounts must be the process's own.
void mount_tmpfs(const std::filesystem::path& target);

}  // namespace tocsin::test
