// SPDX-License-Identifier: Apache-2.0
#include "notified_calls.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "samples/support/complain.h"

std::optional<int> have_openat2_notified() {
    sock_filter instructions[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog filter{.len = 4, .filter = instructions};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const long listener =
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
    if (listener >= 0) return static_cast<int>(listener);
    complain("cannot have calls notified: %s; this needs seccomp filters that notify (Linux 5.5)",
             std::strerror(errno));
    return std::nullopt;
}

NotifiedCalls::~NotifiedCalls() {
    if (listener_ >= 0) close(listener_);
}

bool NotifiedCalls::take_over(pid_t process, int listener) {
    const int there = static_cast<int>(syscall(SYS_pidfd_open, process, 0));
    if (there >= 0) {
        listener_ = static_cast<int>(syscall(SYS_pidfd_getfd, there, listener, 0));
        const int failed = errno;
        close(there);
        errno = failed;
    }
    if (listener_ < 0)
        complain(
            "the supervisor cannot have the descriptor of process %d: %s; run as root, or "
            "where ptrace is allowed",
            static_cast<int>(process), std::strerror(errno));
    return listener_ >= 0;
}

bool NotifiedCalls::receive(seccomp_notif& call) const {
    call = {};
    while (ioctl(listener_, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) {
        if (errno == EINTR || errno == ENOENT) continue;  // the call was interrupted meanwhile
        complain("the supervisor cannot receive a call: %s", std::strerror(errno));
        return false;
    }
    return true;
}

bool NotifiedCalls::answer(seccomp_notif_resp response) const {
    if (ioctl(listener_, SECCOMP_IOCTL_NOTIF_SEND, &response) == 0) return true;
    complain("the supervisor cannot answer: %s", std::strerror(errno));
    return false;
}

bool NotifiedCalls::let_go_on(const seccomp_notif& call) const {
    return answer({.id = call.id, .val = 0, .error = 0, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE});
}

bool NotifiedCalls::open_for(const seccomp_notif& call, const std::string& path) const {
    const int here = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    seccomp_notif_addfd added{};
    added.id = call.id;
    added.srcfd = static_cast<uint32_t>(here);
    added.newfd_flags = O_CLOEXEC;
    const int there = here < 0 ? -1 : ioctl(listener_, SECCOMP_IOCTL_NOTIF_ADDFD, &added);
    if (there < 0)
        complain("the supervisor cannot open %s: %s", path.c_str(), std::strerror(errno));
    if (here >= 0) close(here);
    return there >= 0 && answer({.id = call.id, .val = there, .error = 0, .flags = 0});
}

std::optional<std::string> path_of(const seccomp_notif& call) {
    std::array<char, PATH_MAX> bytes = {};
    const uint64_t address = call.data.args[1];
    const iovec here{bytes.data(), bytes.size()};
    const iovec there{reinterpret_cast<void*>(address), bytes.size()};
    const ssize_t count = process_vm_readv(static_cast<pid_t>(call.pid), &here, 1, &there, 1, 0);
    const std::string_view read(bytes.data(), count > 0 ? static_cast<size_t>(count) : 0);
    if (const size_t end = read.find('\0'); end != read.npos)
        return std::string(read.substr(0, end));
    complain(
        "the supervisor cannot read the path at %#lx: %s; run as root, or where ptrace is allowed",
        static_cast<unsigned long>(address), count < 0 ? std::strerror(errno) : "it has no end");
    return std::nullopt;
}
