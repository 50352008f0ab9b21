// SPDX-License-Identifier: Apache-2.0
#include "tests/support/case_program.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include <algorithm>
#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace tocsin::test {
namespace {

namespace fs = std::filesystem;

// Exit statuses of a case's child that are no errno of Linux, whose greatest is 133.
constexpr int kWasSkipped = 254;
constexpr int kTrouble = 255;

[[noreturn]] void run_in_child(const Case& which, const fs::path& directory) {
    int status = kTrouble;
    try {
        status = which.run(directory);
    } catch (const Skipped& skipped) {
        std::printf("%d %s skipped: %s\n", getpid(), which.name, skipped.what());
        status = std::fflush(stdout) == 0 ? kWasSkipped : kTrouble;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", which.name, error.what());
    }
    _exit(status);
}

// Whether the case came to its end and its line is printed.
bool run(const Case& which, const fs::path& directory) {
    const pid_t child = fork();
    if (child < 0) give_up("fork");
    if (child == 0) run_in_child(which, directory);
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) give_up("wait for a case");
    const int shown = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    if (shown == kWasSkipped) return true;
    if (shown == kTrouble) return false;
    return std::printf("%d %s %d\n", child, which.name, shown) > 0 && std::fflush(stdout) == 0;
}

const Case* case_named(std::span<const Case> cases, std::string_view name) {
    const auto at = std::find_if(cases.begin(), cases.end(),
                                 [&](const Case& each) { return name == each.name; });
    return at == cases.end() ? nullptr : &*at;
}

int int_0x80(long number, long first, long second, long third, long fourth) {
    long result = 0;
    asm volatile("int $0x80"
                 : "=a"(result)
                 : "a"(number), "b"(first), "c"(second), "d"(third), "S"(fourth)
                 : "memory", "r8", "r9", "r10", "r11");
    return static_cast<int>(result);
}

// Without 32-bit calls the instruction is a fault.
bool has_int_0x80() {
    constexpr long kI386Getpid = 20;
    static sigjmp_buf after_fault;
    struct sigaction jump {
    }, before{};
    jump.sa_handler = [](int) { siglongjmp(after_fault, 1); };
    if (sigaction(SIGSEGV, &jump, &before) != 0) give_up("catch SIGSEGV");
    const bool is_there =
        sigsetjmp(after_fault, 1) == 0 && int_0x80(kI386Getpid, 0, 0, 0, 0) == getpid();
    if (sigaction(SIGSEGV, &before, nullptr) != 0) give_up("leave SIGSEGV alone again");
    return is_there;
}

bool run_all(const CaseProgram& program, std::span<const Case* const> wanted) {
    std::string name = std::string("/tmp/") + program.name + ".XXXXXX";
    if (mkdtemp(name.data()) == nullptr) give_up("make a directory in /tmp");
    const fs::path directory = name;
    bool is_sound = true;
    try {
        program.prepare(directory);
        for (const Case* each : wanted) is_sound = run(*each, directory) && is_sound;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", program.name, error.what());
        is_sound = false;
    }
    std::error_code ignored;
    fs::remove_all(directory, ignored);
    return is_sound;
}

}  // namespace

void give_up(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), "cannot " + what);
}

int run_case_program(const CaseProgram& program, int argc, char** argv) {
    std::vector<const Case*> wanted;
    for (int i = 1; i < argc; ++i) {
        wanted.push_back(case_named(program.cases, argv[i]));
        if (wanted.back() != nullptr) continue;
        std::fprintf(stderr, "%s: there is no case '%s'; the cases are:\n", program.name, argv[i]);
        for (const Case& each : program.cases) std::fprintf(stderr, "  %s\n", each.name);
        return 2;
    }
    if (argc == 1)
        for (const Case& each : program.cases) wanted.push_back(&each);
    try {
        return run_all(program, wanted) ? 0 : 2;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", program.name, error.what());
        return 2;
    }
}

int call_int_0x80(long number, long first, long second, long third, long fourth) {
    static const bool is_there = has_int_0x80();
    if (!is_there) throw Skipped("this kernel takes no 32-bit calls (CONFIG_IA32_EMULATION)");
    return int_0x80(number, first, second, third, fourth);
}

std::vector<char*> vector_of(std::vector<std::string>& strings) {
    std::vector<char*> pointers;
    for (std::string& string : strings) pointers.push_back(string.data());
    pointers.push_back(nullptr);
    return pointers;
}

std::string name_of_length(const std::string& file, size_t bytes) {
    std::string name;
    const size_t padding = bytes - file.size();
    if (padding % 2 == 1) name = "/";
    for (size_t i = 0; i < padding / 2; ++i) name += "/.";
    return name + file;
}

char* map_pages(size_t count, int protection, int flags) {
    void* pages =
        mmap(nullptr, count * kPageBytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    if (pages == MAP_FAILED) give_up("map memory");
    return static_cast<char*>(pages);
}

char* put_before_unreadable_page(std::string_view bytes) {
    const size_t count = (bytes.size() + kPageBytes - 1) / kPageBytes;
    char* end = map_pages(count + 1, PROT_READ | PROT_WRITE) + count * kPageBytes;
    if (mprotect(end, kPageBytes, PROT_NONE) != 0) give_up("protect a page");
    std::memcpy(end - bytes.size(), bytes.data(), bytes.size());
    return end - bytes.size();
}

char* put_below_4_gib(std::string_view bytes) {
    char* page = map_pages(1, PROT_READ | PROT_WRITE, MAP_32BIT);
    std::memcpy(page, bytes.data(), std::min(bytes.size(), kPageBytes));
    return page;
}

char* map_untouched(const fs::path& directory, std::string_view bytes) {
    const fs::path file = directory / "untouched";
    write_file(file, bytes);
    const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
    void* page = mmap(nullptr, kPageBytes, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (page == MAP_FAILED) give_up("map " + file.string());
    return static_cast<char*>(page);
}

fs::path make_deep_directories(const fs::path& directory) {
    fs::path deep = directory;
    for (int i = 0; i < 70; ++i) deep /= "d" + std::to_string(i);
    fs::create_directories(deep);
    return deep / "leaf";
}

int descriptor_of(const fs::path& name, int flags) {
    const int fd = open(name.c_str(), flags | O_CLOEXEC);
    if (fd < 0) give_up("open " + name.string());
    return fd;
}

void enter(const fs::path& directory) {
    if (chdir(directory.c_str()) != 0) give_up("change to " + directory.string());
}

void become(uid_t user) {
    if (geteuid() != 0) throw Skipped("needs root, to become somebody else");
    if (setgroups(0, nullptr) != 0 || setresgid(user, user, user) != 0 ||
        setresuid(user, user, user) != 0)
        give_up("drop rights");
}

void leave_mount_namespace() {
    if (unshare(CLONE_NEWNS) != 0)
        throw Skipped(std::string("no mount namespace of its own: ") + std::strerror(errno));
    if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        give_up("make the mounts private");
}

void write_file(const fs::path& file, std::string_view content) {
    FILE* stream = std::fopen(file.c_str(), "w");
    if (stream == nullptr) give_up("create " + file.string());
    const bool is_written =
        std::fwrite(content.data(), 1, content.size(), stream) == content.size();
    if (std::fclose(stream) != 0 || !is_written) give_up("write " + file.string());
}

}  // namespace tocsin::test
