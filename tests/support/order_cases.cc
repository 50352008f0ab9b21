// SPDX-License-Identifier: Apache-2.0
//
// Two processes, or two threads, that wait for each other by signals, futexes and locks on files.
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <atomic>
#include <csignal>
#include <ctime>
#include <fstream>
#include <string>
#include <thread>

#include "tests/support/case_program.h"

namespace tocsin::test {
namespace {

namespace fs = std::filesystem;
using Directory = const fs::path&;

constexpr int kRealTime = 40;

// What both processes see.
struct Shared {
    std::atomic<uint32_t> is_ready = 0, may_end = 0;
    uint32_t futex = 0;
};
Shared* share() {
    void* memory =
        mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) give_up("map shared memory");
    return new (memory) Shared;
}

// By looking again and again, which orders nothing that is recorded.
void wait_for(const std::atomic<uint32_t>& word) {
    const timespec nap{0, 1'000'000};
    while (word == 0) nanosleep(&nap, nullptr);
}
// Of a thread that sleeps in nothing else than what it is waited for.
void wait_until_it_sleeps(pid_t thread) {
    const std::string file = "/proc/" + std::to_string(thread) + "/stat";
    const timespec nap{0, 5'000'000};
    for (char state = '?'; state != 'S'; nanosleep(&nap, nullptr)) {
        std::ifstream in(file);
        std::string line;
        if (!std::getline(in, line)) throw Skipped("no " + file);
        state = line.at(line.rfind(')') + 2);
    }
}

// A child that runs `what`; its status, which is that of the case.
template <typename What>
pid_t begin(const What& what) {
    const pid_t child = fork();
    if (child < 0) give_up("fork");
    if (child == 0) _exit(what());
    return child;
}
int end_of(pid_t child) {
    int status = 0;
    if (waitpid(child, &status, 0) != child) give_up("wait");
    return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

volatile std::sig_atomic_t signals_taken = 0;
void take(int) {
    signals_taken = signals_taken + 1;
}

// Sends what `send` sends to a child that takes so many.
template <typename Send>
int signal(int number, int expected, const Send& send) {
    Shared* shared = share();
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    struct sigaction action = {};
    action.sa_handler = take;
    sigaction(number, &action, nullptr);
    const pid_t child = begin([&] {
        shared->is_ready = 1;
        wait_for(shared->may_end);
        sigprocmask(SIG_UNBLOCK, &set, nullptr);
        return signals_taken == expected ? 0 : EPROTO;
    });
    wait_for(shared->is_ready);
    send(child);
    shared->may_end = 1;
    return end_of(child);
}
int signal_to_process(Directory) {
    return signal(SIGUSR1, 1, [](pid_t child) { kill(child, SIGUSR1); });
}
int signal_to_thread(Directory) {
    return signal(SIGUSR1, 1, [](pid_t child) { syscall(SYS_tgkill, child, child, SIGUSR1); });
}
int signal_twice(Directory) {
    return signal(SIGUSR1, 1, [](pid_t child) {
        kill(child, SIGUSR1);
        kill(child, SIGUSR1);
    });
}
int real_time_signal_twice(Directory) {
    return signal(kRealTime, 2, [](pid_t child) {
        kill(child, kRealTime);
        kill(child, kRealTime);
    });
}
int signal_of_the_kernel(Directory) {
    std::signal(SIGALRM, take);
    const itimerval soon = {{}, {0, 1000}};
    if (setitimer(ITIMER_REAL, &soon, nullptr) != 0) return errno;
    while (signals_taken == 0) pause();
    return 0;
}

long futex(uint32_t* word, int operation, uint32_t value) {
    return syscall(SYS_futex, word, operation, value, nullptr, nullptr, 0);
}
int futex_of_two_processes(Directory) {
    Shared* shared = share();
    const pid_t child =
        begin([&] { return futex(&shared->futex, FUTEX_WAIT, 0) == 0 ? 0 : errno; });
    wait_until_it_sleeps(child);
    if (futex(&shared->futex, FUTEX_WAKE, 1) != 1) return EPROTO;
    return end_of(child);
}
int futex_of_one_process(Directory) {
    uint32_t word = 0;
    std::atomic<pid_t> sleeper = 0;
    std::thread thread([&] {
        sleeper = static_cast<pid_t>(syscall(SYS_gettid));
        futex(&word, FUTEX_WAIT_PRIVATE, 0);
    });
    while (sleeper == 0) std::this_thread::yield();
    wait_until_it_sleeps(sleeper);
    const bool woke = futex(&word, FUTEX_WAKE_PRIVATE, 1) == 1;
    thread.join();
    return woke ? 0 : EPROTO;
}

int open_lock(Directory d) {
    return descriptor_of(d / "lock", O_RDWR | O_CREAT);
}
int set_lock(int fd, short type, off_t length = 0) {
    struct flock lock = {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_len = length;
    return fcntl(fd, F_SETLKW, &lock) == 0 ? 0 : errno;
}
// The child gets, by `get`, what this process has when it begins and lets go of by `let_go`.
template <typename Get, typename LetGo>
int lock(Directory d, const Get& get, const LetGo& let_go) {
    Shared* shared = share();
    const int own = open_lock(d);
    if (const int failed = get(own); failed != 0) return failed;
    const pid_t child = begin([&] {
        const int other = open_lock(d);
        shared->is_ready = 1;
        return get(other);
    });
    wait_for(shared->is_ready);
    let_go(own);
    return end_of(child);
}
int flock_alone(Directory d) {
    return lock(
        d, [](int fd) { return flock(fd, LOCK_EX) == 0 ? 0 : errno; },
        [](int fd) { flock(fd, LOCK_UN); });
}
int flock_shared(Directory d) {
    return lock(
        d, [](int fd) { return flock(fd, LOCK_SH) == 0 ? 0 : errno; },
        [](int fd) { flock(fd, LOCK_UN); });
}
int fcntl_alone(Directory d) {
    return lock(
        d, [](int fd) { return set_lock(fd, F_WRLCK); }, [](int fd) { close(fd); });
}
int fcntl_on_a_part(Directory d) {
    return lock(
        d, [](int fd) { return set_lock(fd, F_WRLCK, 1); },
        [](int fd) { set_lock(fd, F_UNLCK, 1); });
}

constexpr Case kCases[] = {
    {"signal_to_process", signal_to_process},
    {"signal_to_thread", signal_to_thread},
    {"signal_twice", signal_twice},
    {"real_time_signal_twice", real_time_signal_twice},
    {"signal_of_the_kernel", signal_of_the_kernel},
    {"futex_of_two_processes", futex_of_two_processes},
    {"futex_of_one_process", futex_of_one_process},
    {"flock_alone", flock_alone},
    {"flock_shared", flock_shared},
    {"fcntl_alone", fcntl_alone},
    {"fcntl_on_a_part", fcntl_on_a_part},
};

}  // namespace
}  // namespace tocsin::test

int main(int argc, char** argv) {
    using namespace tocsin::test;
    return run_case_program({"order_cases", [](const fs::path&) {}, kCases}, argc, argv);
}
