// SPDX-License-Identifier: Apache-2.0
//
// What programs share that make system calls in every way that is hard to record: each case in a
// child of its own, one line "PID CASE STATUS" each, or "PID CASE skipped: REASON".
#pragma once

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace tocsin::test {

constexpr size_t kNameMax = 4095;  // PATH_MAX without the NUL
constexpr size_t kPageBytes = 4096;

// Thrown by a case that cannot run here; what() says why.
struct Skipped : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Throws std::system_error: "cannot WHAT: " and what errno means.
[[noreturn]] void give_up(const std::string& what);

// Runs in a child; gives what is printed: the errno of the call that it is about, or 0. That call
// is the last of its kind that the child makes. `directory` is the program's own and empty but for
// what prepare() put there.
struct Case {
    const char* name;
    int (*run)(const std::filesystem::path& directory);
};

struct CaseProgram {
    const char* name;
    void (*prepare)(const std::filesystem::path& directory);
    std::span<const Case> cases;
};

// main() of such a program: runs the cases named by the arguments, else all of them in order, in a
// directory of its own under /tmp, which it removes. Gives the exit status: 0, or 2 for trouble.
int run_case_program(const CaseProgram& program, int argc, char** argv);

// A system call with whole registers, whatever the types of the arguments; its errno, or 0.
template <typename... Arguments>
int status_of_call(long number, Arguments... arguments) {
    const auto word = [](auto argument) {
        if constexpr (std::is_pointer_v<decltype(argument)>)
            return reinterpret_cast<long>(argument);
        else
            return static_cast<long>(argument);
    };
    return syscall(number, word(arguments)...) < 0 ? errno : 0;
}

// The same by the 32-bit entry, with i386's number: pointers must lie below 4 GiB. The result,
// which is negative where it is an errno. Throws Skipped where the kernel has no such entry.
int call_int_0x80(long number, long first = 0, long second = 0, long third = 0, long fourth = 0);

// A NULL-terminated vector of pointers to the strings, which must outlive it.
std::vector<char*> vector_of(std::vector<std::string>& strings);

// The file by a name of that many bytes: "/././tmp/file". At least as many as `file` has.
std::string name_of_length(const std::string& file, size_t bytes);

// Anonymous memory; `flags` are added to MAP_PRIVATE and MAP_ANONYMOUS.
char* map_pages(size_t count, int protection, int flags = 0);

// A copy whose last byte is the last one before an unreadable page.
char* put_before_unreadable_page(std::string_view bytes);

// A copy on a page below 4 GiB, for 32-bit calls; at most a page.
char* put_below_4_gib(std::string_view bytes);

// A copy on a page of a file in the directory that this process has mapped and never touched: the
// kernel can read it by faulting the page in, a probe that must not sleep cannot.
char* map_untouched(const std::filesystem::path& directory, std::string_view bytes);

// A file's name below more directories than a recorder walks; the directories are there.
std::filesystem::path make_deep_directories(const std::filesystem::path& directory);

// A descriptor of it, which an exec closes.
int descriptor_of(const std::filesystem::path& name, int flags);

// Makes it the working directory.
void enter(const std::filesystem::path& directory);

// Drops root's rights for good: this user and group from now on, and no others. Throws Skipped for
// who has none.
void become(uid_t user);

// Mounts from now on are this process's alone. Throws Skipped where that is refused.
void leave_mount_namespace();

// Creates the file, with that content.
void write_file(const std::filesystem::path& file, std::string_view content);

}  // namespace tocsin::test
