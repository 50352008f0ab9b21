// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <string>

#include "tests/support/name_cases.h"

namespace tocsin::test {
namespace {

namespace fs = std::filesystem;
using Directory = const fs::path&;

constexpr size_t kOutputBytes = 32;  // what a recorder keeps of what a call fills in
constexpr int kIoprioWhoProcess = 1;
constexpr int kKcmpVm = 1;

// A child that does nothing until this process ends.
pid_t sleeping_child() {
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child < 0) give_up("fork");
    if (child != 0) return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (getppid() == parent) pause();
    _exit(0);
}

// One that has ended and waits to be waited for.
pid_t dead_child(int status) {
    const pid_t child = fork();
    if (child < 0) give_up("fork");
    if (child == 0) _exit(status);
    siginfo_t info = {};
    if (waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) != 0)
        give_up("see a child end");
    return child;
}

// The id of a process that is no more.
pid_t id_of_nobody() {
    const pid_t child = dead_child(0);
    if (waitpid(child, nullptr, 0) != child) give_up("wait for a child");
    return child;
}

std::string text(const char* name, long value) {
    return std::string(name) + "=" + std::to_string(value);
}

Attempt kill_of(long process, int signal) {
    return CALL(kill).with(process).with(signal).says(text("pid", process) + " " +
                                                      text("value", signal));
}

int kill_group(Directory) {
    const pid_t child = sleeping_child();
    if (setpgid(child, child) != 0) give_up("make a group");
    return kill_of(-child, 0).make();
}
int kill_denied(Directory) {
    const pid_t other = getppid();
    become(kOrdinaryUser);
    return kill_of(other, 0).make();
}

Attempt tgkill_of(long process, long thread) {
    return CALL(tgkill).with(process).with(thread).with(0L).says(
        text("pid#0", process) + " " + text("pid#1", thread) + " value=0");
}

siginfo_t queued_signal() {
    siginfo_t info = {};
    info.si_code = SI_QUEUE;
    info.si_pid = getpid();
    return info;
}

int rt_sigqueueinfo(Directory) {
    const pid_t child = sleeping_child();
    const siginfo_t info = queued_signal();
    return CALL(rt_sigqueueinfo)
        .with(child)
        .with(SIGCONT)
        .with(&info)
        .says(text("pid", child) + " " + text("value", SIGCONT))
        .make();
}
int rt_tgsigqueueinfo(Directory) {
    const pid_t child = sleeping_child();
    const siginfo_t info = queued_signal();
    return CALL(rt_tgsigqueueinfo)
        .with(child)
        .with(child)
        .with(SIGCONT)
        .with(&info)
        .says(text("pid#0", child) + " " + text("pid#1", child) + " " + text("value", SIGCONT))
        .make();
}

Attempt ptrace_of(long process) {
    return CALL(ptrace)
        .with(PTRACE_SEIZE)
        .with(process)
        .with(0L)
        .says(text("value#0", PTRACE_SEIZE) + " " + text("pid", process) + " value#2=0");
}
int ptrace_denied(Directory) {
    const pid_t other = getppid();
    become(kOrdinaryUser);
    return ptrace_of(other).make();
}
int ptrace_child(Directory) {
    const pid_t child = sleeping_child();
    return ptrace_of(child).reaches(child).make();
}

int prlimit_child(Directory) {
    const pid_t child = sleeping_child();
    rlimit limit = {};
    return CALL(prlimit64)
        .with(child)
        .with(RLIMIT_NOFILE)
        .with(0L)
        .with(&limit)
        .says(text("pid", child) + " " + text("value", RLIMIT_NOFILE))
        .make();
}

int sched_setparam_child(Directory) {
    const pid_t child = sleeping_child();
    const sched_param parameters = {};
    return CALL(sched_setparam).with(child).with(&parameters).says(text("pid", child)).make();
}
int sched_setscheduler_child(Directory) {
    const pid_t child = sleeping_child();
    const sched_param parameters = {};
    return CALL(sched_setscheduler)
        .with(child)
        .with(SCHED_BATCH)
        .with(&parameters)
        .says(text("pid", child) + " " + text("value", SCHED_BATCH))
        .make();
}
int sched_setaffinity_child(Directory) {
    const pid_t child = sleeping_child();
    cpu_set_t cpus;
    if (sched_getaffinity(child, sizeof cpus, &cpus) != 0) give_up("learn the CPUs");
    return CALL(sched_setaffinity)
        .with(child)
        .with(sizeof cpus)
        .with(&cpus)
        .says(text("pid", child))
        .make();
}
int sched_setattr_child(Directory) {
    const pid_t child = sleeping_child();
    const std::array<uint32_t, 12> attributes = {sizeof attributes};
    return CALL(sched_setattr)
        .with(child)
        .with(attributes.data())
        .with(0L)
        .says(text("pid", child) + " flags=0")
        .make();
}
int setpriority_child(Directory) {
    const pid_t child = sleeping_child();
    return CALL(setpriority)
        .with(PRIO_PROCESS)
        .with(child)
        .with(5)
        .says("value#0=0 " + text("pid", child) + " value#2=5")
        .make();
}
int setpgid_child(Directory) {
    const pid_t child = sleeping_child();
    return CALL(setpgid)
        .with(child)
        .with(child)
        .says(text("pid#0", child) + " " + text("pid#1", child))
        .make();
}
int ioprio_set_child(Directory) {
    const pid_t child = sleeping_child();
    return CALL(ioprio_set)
        .with(kIoprioWhoProcess)
        .with(child)
        .with(0L)
        .says("value#0=1 " + text("pid", child) + " value#2=0")
        .make();
}

Attempt read_memory_of(pid_t process) {
    static std::array<char, 4> there = {'h', 'e', 'r', 'e'}, here = {};
    static const iovec to = {here.data(), here.size()}, from = {there.data(), there.size()};
    return CALL(process_vm_readv)
        .with(process)
        .with(&to)
        .with(1)
        .with(&from)
        .with(1)
        .with(0L)
        .says(text("pid", process) + " ");
}
int process_vm_readv_child(Directory) {
    const pid_t child = sleeping_child();
    return read_memory_of(child).reaches(child).fills("here", 4).make();
}
int process_vm_readv_nobody(Directory) {
    return read_memory_of(id_of_nobody()).make();
}

Attempt pidfd_open_of(pid_t process) {
    return CALL(pidfd_open).with(process).with(0L).says(text("pid", process) + " flags=0");
}
int pidfd_send_signal_child(Directory) {
    const auto descriptor = syscall(SYS_pidfd_open, sleeping_child(), 0);
    return CALL(pidfd_send_signal)
        .with(descriptor)
        .with(SIGTERM)
        .says(text("dirfd", descriptor) + " " + text("value", SIGTERM) + " flags=0")
        .make();
}

int kcmp_child(Directory) {
    const pid_t child = sleeping_child();
    return CALL(kcmp)
        .with(getpid())
        .with(child)
        .with(kKcmpVm)
        .says(text("pid#0", getpid()) + " " + text("pid#1", child) +
              " value#2=1 value#3=0 value#4=0")
        .make();
}
int migrate_pages_child(Directory) {
    const pid_t child = sleeping_child();
    const unsigned long nodes = 1;
    return CALL(migrate_pages)
        .with(child)
        .with(2)
        .with(&nodes)
        .with(&nodes)
        .says(text("pid", child))
        .make();
}
int move_pages_child(Directory) {
    const pid_t child = sleeping_child();
    return CALL(move_pages).with(child).says(text("pid", child) + " value=0 flags=0").make();
}
int perf_event_open_child(Directory) {
    const pid_t child = sleeping_child();
    perf_event_attr attributes = {};
    attributes.size = PERF_ATTR_SIZE_VER0;
    attributes.type = PERF_TYPE_SOFTWARE;
    attributes.config = PERF_COUNT_SW_TASK_CLOCK;
    return CALL(perf_event_open)
        .with(&attributes)
        .with(child)
        .with(-1)
        .with(-1)
        .says(text("pid", child) + " value=-1 flags=0")
        .make();
}

Attempt wait4_of(long process, int options) {
    return CALL(wait4).with(process).with(0L).with(options).says(text("pid", process) + " " +
                                                                 text("value", options));
}
int wait4_any(Directory) {
    dead_child(3);
    return wait4_of(-1, 0).make();
}
int wait4_nohang(Directory) {
    return wait4_of(sleeping_child(), WNOHANG).make();
}

Attempt waitid_of(long process, siginfo_t* info) {
    return CALL(waitid).with(P_PID).with(process).with(info).with(WEXITED).says(
        "value#0=1 " + text("pid", process) + " ");
}
int waitid_child(Directory) {
    static siginfo_t info = {};
    return waitid_of(dead_child(7), &info).fills(&info, kOutputBytes).make();
}
int waitid_none(Directory) {
    static siginfo_t info = {};
    return waitid_of(id_of_nobody(), &info).make();
}

// No descriptor: of ioctl only certain commands are looked at, whatever they are given to.
Attempt ioctl_of(unsigned long command) {
    return CALL(ioctl).with(-1).with(static_cast<long>(command)).with(0L);
}
// Memory that a userfaultfd is to answer for.
int register_range(Directory) {
    static uffdio_register range = {};
    const long descriptor = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) throw Skipped(std::string("no userfaultfd: ") + std::strerror(errno));
    uffdio_api api = {};
    api.api = UFFD_API;
    if (ioctl(static_cast<int>(descriptor), UFFDIO_API, &api) != 0) give_up("use a userfaultfd");
    range.range = {reinterpret_cast<uint64_t>(map_pages(1, PROT_READ | PROT_WRITE)), kPageBytes};
    range.mode = UFFDIO_REGISTER_MODE_MISSING;
    return CALL(ioctl)
        .with(descriptor)
        .with(static_cast<long>(UFFDIO_REGISTER))
        .with(&range)
        .fills(&range, kOutputBytes)
        .make();
}
int advise_child(Directory) {
    static const iovec page = {map_pages(1, PROT_READ | PROT_WRITE), kPageBytes};
    const pid_t child = sleeping_child();
    const long descriptor = syscall(SYS_pidfd_open, child, 0);
    if (descriptor < 0) throw Skipped(std::string("no pidfd: ") + std::strerror(errno));
    return CALL(process_madvise)
        .with(descriptor)
        .with(&page)
        .with(1)
        .with(MADV_PAGEOUT)
        .with(0L)
        .reaches(child)
        .make();
}

constexpr Case kCases[] = {
    {"ioctl_notification", [](Directory) { return ioctl_of(SECCOMP_IOCTL_NOTIF_SEND).make(); }},
    {"ioctl_other", [](Directory) { return ioctl_of(FIONREAD).leaves_no_trace().make(); }},
    {"ioctl_userfaultfd", register_range},
    {"process_madvise", advise_child},
    {"kill", [](Directory) { return kill_of(sleeping_child(), 0).make(); }},
    {"kill_signal", [](Directory) { return kill_of(sleeping_child(), SIGKILL).make(); }},
    {"kill_nobody", [](Directory) { return kill_of(id_of_nobody(), 0).make(); }},
    {"kill_group", kill_group},
    {"kill_own_group", [](Directory) { return kill_of(0, 0).make(); }},
    {"kill_denied", kill_denied},
    {"tkill",
     [](Directory) {
         const pid_t child = sleeping_child();
         return CALL(tkill).with(child).with(0L).says(text("pid", child) + " value=0").make();
     }},
    {"tgkill",
     [](Directory) {
         const pid_t child = sleeping_child();
         return tgkill_of(child, child).make();
     }},
    {"tgkill_of_another", [](Directory) { return tgkill_of(sleeping_child(), getpid()).make(); }},
    {"rt_sigqueueinfo", rt_sigqueueinfo},
    {"rt_tgsigqueueinfo", rt_tgsigqueueinfo},
    {"ptrace", ptrace_child},
    {"ptrace_denied", ptrace_denied},
    {"prlimit64", prlimit_child},
    {"sched_setparam", sched_setparam_child},
    {"sched_setscheduler", sched_setscheduler_child},
    {"sched_setaffinity", sched_setaffinity_child},
    {"sched_setattr", sched_setattr_child},
    {"setpriority", setpriority_child},
    {"setpgid", setpgid_child},
    {"ioprio_set", ioprio_set_child},
    {"process_vm_readv", process_vm_readv_child},
    {"process_vm_readv_nobody", process_vm_readv_nobody},
    {"pidfd_open", [](Directory) { return pidfd_open_of(sleeping_child()).make(); }},
    {"pidfd_open_nobody", [](Directory) { return pidfd_open_of(id_of_nobody()).make(); }},
    {"pidfd_send_signal", pidfd_send_signal_child},
    {"kcmp", kcmp_child},
    {"migrate_pages", migrate_pages_child},
    {"move_pages", move_pages_child},
    {"perf_event_open", perf_event_open_child},
    {"wait4", [](Directory) { return wait4_of(dead_child(3), 0).make(); }},
    {"wait4_any", wait4_any},
    {"wait4_nohang", wait4_nohang},
    {"wait4_none", [](Directory) { return wait4_of(-1, 0).make(); }},
    {"waitid", waitid_child},
    {"waitid_null", [](Directory) { return waitid_of(dead_child(7), nullptr).make(); }},
    {"waitid_none", waitid_none},
};

}  // namespace

std::span<const Case> process_cases() {
    return kCases;
}

}  // namespace tocsin::test
