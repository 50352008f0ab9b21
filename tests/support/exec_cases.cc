// SPDX-License-Identifier: Apache-2.0
//
// exec_cases [CASE...]: execs in every way that is hard to record, each in a child of its own, and
// prints what a trace must agree with: one line "PID CASE STATUS" each, where STATUS is the exit
// status of /bin/true where the exec succeeded, else its errno. Without arguments: all cases, in
// the order of the table below. Exit status 0, or 2 for trouble.
//
// Needs no privilege; touches only a directory of its own under /tmp, which it removes.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/case_program.h"

namespace {

namespace fs = std::filesystem;
using namespace tocsin::test;

constexpr const char* kProgram = "/bin/true";
constexpr long kI386Execve = 11;

// Returns only where it failed: the errno. The name is copied first: a child has not touched its
// read-only pages yet, and only a case that is about that should pass one.
int exec(const std::string& name, char* const* argv, char* const* environment) {
    return status_of_call(SYS_execve, name.c_str(), argv, environment);
}

int exec_strings(const std::string& name, std::vector<std::string> arguments,
                 std::vector<std::string> variables = {"CASE=value-that-must-not-be-recorded"}) {
    const std::vector<char*> argv = vector_of(arguments);
    const std::vector<char*> environment = vector_of(variables);
    return exec(name, argv.data(), environment.data());
}

// A name that is used where it lies.
int exec_in_place(const char* name) {
    return status_of_call(SYS_execve, name, 0, 0);
}

int plain(const fs::path&) {
    return exec_strings(kProgram, {"true", "one", "two"});
}
int missing(const fs::path& directory) {
    return exec_strings(directory / "missing", {"missing"});
}
int longest_name(const fs::path&) {
    return exec_strings(name_of_length(kProgram, kNameMax), {"true"});
}
int too_long_name(const fs::path&) {
    return exec_strings(name_of_length(kProgram, kNameMax + 1), {"true"});
}
int empty_name(const fs::path&) {
    return exec_strings("", {"true"});
}

int null_name(const fs::path&) {
    return exec_in_place(nullptr);
}
int untouched_name(const fs::path& directory) {
    return exec_in_place(map_untouched(directory, kProgram));
}

// What the 64-bit words of a careless reader would reach behind the name is not there.
int name_at_end_of_page(const fs::path&) {
    return exec_in_place(put_before_unreadable_page({kProgram, std::strlen(kProgram) + 1}));
}

int empty_strings(const fs::path&) {
    return exec_strings(kProgram, {"true", "", "after", ""},
                        {"", "AFTER=value-that-must-not-be-recorded", ""});
}

int argv_of_300_strings(const fs::path&) {
    std::vector<std::string> arguments = {"true"};
    for (int i = 1; i < 300; ++i) arguments.push_back("argument-" + std::to_string(i));
    return exec_strings(kProgram, std::move(arguments));
}

int argv_of_20_kilobytes(const fs::path&) {
    std::vector<std::string> arguments = {"true"};
    for (char c = 'a'; c < 'a' + 20; ++c) arguments.emplace_back(1023, c);
    return exec_strings(kProgram, std::move(arguments));
}

int argument_of_20_kilobytes(const fs::path&) {
    return exec_strings(kProgram, {"true", std::string(20480, 'x'), "after"});
}

int argv_unreadable(const fs::path&) {
    return exec(kProgram, reinterpret_cast<char**>(map_pages(1, PROT_NONE)), nullptr);
}

int argument_unreadable(const fs::path&) {
    std::string name = "true";
    const std::array<char*, 3> argv = {name.data(), map_pages(1, PROT_NONE), nullptr};
    return exec(kProgram, argv.data(), nullptr);
}

int argument_untouched(const fs::path& directory) {
    std::string name = "true";
    const std::array<char*, 3> argv = {name.data(), map_untouched(directory, "untouched"), nullptr};
    return exec(kProgram, argv.data(), nullptr);
}

int argv_null(const fs::path&) {
    return exec(kProgram, nullptr, nullptr);
}

// Names right below, at and above the 63 bytes that a claim holds of a variable; and no '='.
int long_environment_names(const fs::path&) {
    std::vector<std::string> variables;
    for (const size_t length : {61U, 62U, 63U, 64U, 100U})
        variables.push_back(std::string(length, 'N') + "=value-that-must-not-be-recorded");
    variables.emplace_back("NO_EQUALS_SIGN");
    variables.emplace_back("LAST=value-that-must-not-be-recorded");
    return exec_strings(kProgram, {"true"}, std::move(variables));
}

int exec_at(int fd, const std::string& name, int flags) {
    std::vector<std::string> arguments = {"true"};
    const std::vector<char*> argv = vector_of(arguments);
    syscall(SYS_execveat, fd, name.c_str(), argv.data(), nullptr, flags);
    return errno;
}

int execveat_empty_path(const fs::path&) {
    return exec_at(open(kProgram, O_PATH | O_CLOEXEC), "", AT_EMPTY_PATH);
}

int execveat_below_directory(const fs::path&) {
    return exec_at(open("/bin", O_PATH | O_DIRECTORY | O_CLOEXEC), "true", 0);
}

int script(const fs::path& directory) {
    return exec_strings(directory / "script", {"script", "argument"});
}
int deep_program(const fs::path& directory) {
    return exec_strings(make_deep_directories(directory), {"deep"});
}

int other_thread(const fs::path&) {
    int error = 0;
    std::thread([&] { error = exec_strings(kProgram, {"true", "from-another-thread"}); }).join();
    return error;
}

// The 32-bit call from 64-bit code; it takes pointers and vectors of 32 bits.
int int_0x80(const fs::path&) {
    const size_t name_bytes = std::strlen(kProgram) + 1;
    char* name = put_below_4_gib({kProgram, name_bytes});
    auto* argv = reinterpret_cast<uint32_t*>(name + 64);
    argv[0] = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(name));
    return -call_int_0x80(kI386Execve, reinterpret_cast<long>(name), reinterpret_cast<long>(argv));
}

constexpr std::array<Case, 24> kCases = {{
    {"plain", plain},
    {"missing", missing},
    {"longest_name", longest_name},
    {"too_long_name", too_long_name},
    {"empty_name", empty_name},
    {"null_name", null_name},
    {"untouched_name", untouched_name},
    {"name_at_end_of_page", name_at_end_of_page},
    {"empty_strings", empty_strings},
    {"argv_of_300_strings", argv_of_300_strings},
    {"argv_of_20_kilobytes", argv_of_20_kilobytes},
    {"argument_of_20_kilobytes", argument_of_20_kilobytes},
    {"argv_unreadable", argv_unreadable},
    {"argument_unreadable", argument_unreadable},
    {"argument_untouched", argument_untouched},
    {"argv_null", argv_null},
    {"long_environment_names", long_environment_names},
    {"execveat_empty_path", execveat_empty_path},
    {"execveat_below_directory", execveat_below_directory},
    {"script", script},
    {"deep_program", deep_program},
    {"other_thread", other_thread},
    {"int_0x80", int_0x80},
    // The recorder must have gone on after all that.
    {"plain_again", plain},
}};

void prepare(const fs::path& directory) {
    const fs::path script = directory / "script";
    write_file(script, std::string("#!") + kProgram + " one-argument\n");
    if (chmod(script.c_str(), 0700) != 0) give_up("make the script executable");
    fs::copy_file(kProgram, make_deep_directories(directory));
}

}  // namespace

int main(int argc, char** argv) {
    return run_case_program({"exec_cases", prepare, kCases}, argc, argv);
}
