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
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram = "/bin/true";
constexpr size_t kNameMax = 4095;  // PATH_MAX without the NUL
constexpr size_t kPageBytes = 4096;
constexpr long kI386Execve = 11;

// What the cases share; made before the first of them.
struct Stage {
    fs::path directory;
    std::string script;
    std::string deep_program;  // below more directories than a recorder walks
};

[[noreturn]] void give_up(const std::string& what) {
    std::fprintf(stderr, "exec_cases: cannot %s: %s\n", what.c_str(), std::strerror(errno));
    std::exit(2);
}

// A NULL-terminated vector of pointers to the strings, which must outlive it.
std::vector<char*> vector_of(std::vector<std::string>& strings) {
    std::vector<char*> pointers;
    for (std::string& string : strings) pointers.push_back(string.data());
    pointers.push_back(nullptr);
    return pointers;
}

// Returns only where it failed: the errno. The name is copied first: a child has not touched its
// read-only pages yet, and only a case that is about that should pass one.
int exec(const std::string& name, char* const* argv, char* const* environment) {
    syscall(SYS_execve, name.c_str(), argv, environment);
    return errno;
}

int exec_strings(const std::string& name, std::vector<std::string> arguments,
                 std::vector<std::string> variables = {"CASE=value-that-must-not-be-recorded"}) {
    const std::vector<char*> argv = vector_of(arguments);
    const std::vector<char*> environment = vector_of(variables);
    return exec(name, argv.data(), environment.data());
}

// The program by a name of that many bytes: "/./././bin/true".
std::string name_of_length(size_t bytes) {
    const std::string program = kProgram;
    std::string name;
    const size_t padding = bytes - program.size();
    if (padding % 2 == 1) name = "/";
    for (size_t i = 0; i < padding / 2; ++i) name += "/.";
    return name + program;
}

char* map_pages(size_t count, int protection, int flags = 0) {
    void* pages =
        mmap(nullptr, count * kPageBytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    if (pages == MAP_FAILED) give_up("map memory");
    return static_cast<char*>(pages);
}

// The string on a page of a file that this process has mapped and never touched: the kernel can
// read it by faulting the page in, a probe that must not sleep cannot.
char* map_untouched(const Stage& stage, const char* string) {
    const std::string name = stage.directory / "untouched";
    FILE* file = std::fopen(name.c_str(), "w");
    if (file == nullptr || std::fputs(string, file) < 0 || std::fclose(file) != 0)
        give_up("write " + name);
    const int fd = open(name.c_str(), O_RDONLY | O_CLOEXEC);
    void* page = mmap(nullptr, kPageBytes, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (page == MAP_FAILED) give_up("map " + name);
    return static_cast<char*>(page);
}

int plain(const Stage&) {
    return exec_strings(kProgram, {"true", "one", "two"});
}
int missing(const Stage& stage) {
    return exec_strings(stage.directory / "missing", {"missing"});
}
int longest_name(const Stage&) {
    return exec_strings(name_of_length(kNameMax), {"true"});
}
int too_long_name(const Stage&) {
    return exec_strings(name_of_length(kNameMax + 1), {"true"});
}
int empty_name(const Stage&) {
    return exec_strings("", {"true"});
}

int null_name(const Stage&) {
    syscall(SYS_execve, nullptr, nullptr, nullptr);
    return errno;
}

int untouched_name(const Stage& stage) {
    syscall(SYS_execve, map_untouched(stage, kProgram), nullptr, nullptr);
    return errno;
}

// What the 64-bit words of a careless reader would reach behind the name is not there.
int name_at_end_of_page(const Stage&) {
    char* pages = map_pages(2, PROT_READ | PROT_WRITE);
    char* name = pages + kPageBytes - std::strlen(kProgram) - 1;
    std::strcpy(name, kProgram);
    if (mprotect(pages + kPageBytes, kPageBytes, PROT_NONE) != 0) give_up("protect a page");
    syscall(SYS_execve, name, nullptr, nullptr);
    return errno;
}

int empty_strings(const Stage&) {
    return exec_strings(kProgram, {"true", "", "after", ""},
                        {"", "AFTER=value-that-must-not-be-recorded", ""});
}

int argv_of_300_strings(const Stage&) {
    std::vector<std::string> arguments = {"true"};
    for (int i = 1; i < 300; ++i) arguments.push_back("argument-" + std::to_string(i));
    return exec_strings(kProgram, std::move(arguments));
}

int argv_of_20_kilobytes(const Stage&) {
    std::vector<std::string> arguments = {"true"};
    for (char c = 'a'; c < 'a' + 20; ++c) arguments.emplace_back(1023, c);
    return exec_strings(kProgram, std::move(arguments));
}

int argument_of_20_kilobytes(const Stage&) {
    return exec_strings(kProgram, {"true", std::string(20480, 'x'), "after"});
}

int argv_unreadable(const Stage&) {
    return exec(kProgram, reinterpret_cast<char**>(map_pages(1, PROT_NONE)), nullptr);
}

int argument_unreadable(const Stage&) {
    std::string name = "true";
    const std::array<char*, 3> argv = {name.data(), map_pages(1, PROT_NONE), nullptr};
    return exec(kProgram, argv.data(), nullptr);
}

int argument_untouched(const Stage& stage) {
    std::string name = "true";
    const std::array<char*, 3> argv = {name.data(), map_untouched(stage, "untouched"), nullptr};
    return exec(kProgram, argv.data(), nullptr);
}

int argv_null(const Stage&) {
    return exec(kProgram, nullptr, nullptr);
}

// Names right below, at and above the 63 bytes that a claim holds of a variable; and no '='.
int long_environment_names(const Stage&) {
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

int execveat_empty_path(const Stage&) {
    return exec_at(open(kProgram, O_PATH | O_CLOEXEC), "", AT_EMPTY_PATH);
}

int execveat_below_directory(const Stage&) {
    return exec_at(open("/bin", O_PATH | O_DIRECTORY | O_CLOEXEC), "true", 0);
}

int script(const Stage& stage) {
    return exec_strings(stage.script, {"script", "argument"});
}
int deep_program(const Stage& stage) {
    return exec_strings(stage.deep_program, {"deep"});
}

int other_thread(const Stage&) {
    int error = 0;
    std::thread([&] { error = exec_strings(kProgram, {"true", "from-another-thread"}); }).join();
    return error;
}

// The 32-bit call from 64-bit code; it takes pointers and vectors of 32 bits.
int int_0x80(const Stage&) {
    char* low = map_pages(1, PROT_READ | PROT_WRITE, MAP_32BIT);
    std::strcpy(low, kProgram);
    auto* argv = reinterpret_cast<uint32_t*>(low + 64);
    argv[0] = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(low));
    argv[1] = 0;
    long result = 0;
    asm volatile("int $0x80"
                 : "=a"(result)
                 : "a"(kI386Execve), "b"(low), "c"(argv), "d"(0L)
                 : "memory", "r8", "r9", "r10", "r11");
    return static_cast<int>(-result);
}

struct Case {
    const char* name;
    int (*run)(const Stage&);
};

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

Stage set_stage() {
    std::string directory = "/tmp/exec_cases.XXXXXX";
    if (mkdtemp(directory.data()) == nullptr) give_up("make a directory in /tmp");
    Stage stage{directory, directory + "/script", ""};
    FILE* file = std::fopen(stage.script.c_str(), "w");
    if (file == nullptr || std::fprintf(file, "#!%s one-argument\n", kProgram) < 0 ||
        std::fclose(file) != 0 || chmod(stage.script.c_str(), 0700) != 0)
        give_up("write " + stage.script);
    fs::path deep = directory;
    for (int i = 0; i < 70; ++i) deep /= "d" + std::to_string(i);
    fs::create_directories(deep);
    deep /= "true";
    fs::copy_file(kProgram, deep);
    stage.deep_program = deep;
    return stage;
}

bool run(const Case& which, const Stage& stage) {
    const pid_t child = fork();
    if (child < 0) give_up("fork");
    if (child == 0) _exit(which.run(stage));
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) give_up("wait for a case");
    const int shown = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return std::printf("%d %s %d\n", child, which.name, shown) > 0 && std::fflush(stdout) == 0;
}

const Case* case_named(const std::string& name) {
    for (const Case& each : kCases)
        if (name == each.name) return &each;
    return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<const Case*> wanted;
    for (int i = 1; i < argc; ++i) {
        wanted.push_back(case_named(argv[i]));
        if (wanted.back() != nullptr) continue;
        std::fprintf(stderr, "exec_cases: there is no case '%s'; the cases are:\n", argv[i]);
        for (const Case& each : kCases) std::fprintf(stderr, "  %s\n", each.name);
        return 2;
    }
    if (argc == 1)
        for (const Case& each : kCases) wanted.push_back(&each);
    bool printed = true;
    const Stage stage = set_stage();
    for (const Case* each : wanted) printed = run(*each, stage) && printed;
    std::error_code ignored;
    fs::remove_all(stage.directory, ignored);
    return printed ? 0 : 2;
}
