// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <linux/net.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include "tests/support/open_cases.h"

namespace tocsin::test {
namespace {

namespace fs = std::filesystem;

// arch/x86/entry/syscalls/syscall_32.tbl
constexpr long kI386Open = 5;
constexpr long kI386Creat = 8;
constexpr long kI386Ioctl = 54;
constexpr long kI386Socketcall = 102;
constexpr long kI386Setresuid32 = 208;
constexpr long kI386Openat = 295;
constexpr long kI386Bind = 361;
constexpr long kI386Connect = 362;
constexpr long kI386Openat2 = 437;
constexpr long kX32Bit = 0x40000000;

int errno_of(int result) {
    return result < 0 ? -result : 0;
}

// As a register of a 32-bit call.
long low_address(const char* bytes) {
    return reinterpret_cast<long>(bytes);
}

long low_name(const fs::path& name) {
    return low_address(put_below_4_gib({name.c_str(), name.native().size() + 1}));
}

template <typename Structure>
long low_copy(const Structure& structure) {
    return low_address(
        put_below_4_gib({reinterpret_cast<const char*>(&structure), sizeof structure}));
}

int i386_open(const fs::path& directory) {
    return errno_of(call_int_0x80(kI386Open, low_name(directory / "file"), O_RDONLY));
}
int i386_creat(const fs::path& directory) {
    return errno_of(call_int_0x80(kI386Creat, low_name(directory / "made_by_i386"), 0600));
}
int i386_openat(const fs::path& directory) {
    return errno_of(
        call_int_0x80(kI386Openat, AT_FDCWD, low_name(directory / "missing"), O_RDONLY));
}
int i386_openat2(const fs::path& directory) {
    const open_how how{O_RDONLY, 0, 0};
    return errno_of(call_int_0x80(kI386Openat2, AT_FDCWD, low_name(directory / "file"),
                                  low_copy(how), sizeof how));
}

sockaddr_in loopback() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int i386_bind(const fs::path&) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return errno_of(call_int_0x80(kI386Bind, fd, low_copy(loopback()), sizeof(sockaddr_in)));
}
int i386_connect(const fs::path&) {
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return errno_of(call_int_0x80(kI386Connect, fd, low_copy(loopback()), sizeof(sockaddr_in)));
}

// The one number of all socket calls, of which only connect and bind are recorded ones.
int i386_socketcall_connect(const fs::path&) {
    const std::array<uint32_t, 3> kind = {AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0};
    const int fd = call_int_0x80(kI386Socketcall, SYS_SOCKET, low_copy(kind));
    if (fd < 0) return -fd;
    const std::array<uint32_t, 3> arguments = {static_cast<uint32_t>(fd),
                                               static_cast<uint32_t>(low_copy(loopback())),
                                               sizeof(sockaddr_in)};
    return errno_of(call_int_0x80(kI386Socketcall, SYS_CONNECT, low_copy(arguments)));
}

int i386_setresuid(const fs::path&) {
    return errno_of(call_int_0x80(kI386Setresuid32, -1, -1, -1));
}

// Counted once: of ioctl only certain commands are looked at.
int i386_ioctl(const fs::path&) {
    call_int_0x80(kI386Ioctl, -1, FIONREAD);
    return errno_of(call_int_0x80(kI386Ioctl, -1, static_cast<long>(SECCOMP_IOCTL_NOTIF_SEND)));
}

// ENOSYS where the kernel has no such calls.
int x32_open(const fs::path& directory) {
    return status_of_call(SYS_open | kX32Bit, (directory / "file").c_str(), O_RDONLY);
}

constexpr Case kCases[] = {
    {"i386_open", i386_open},
    {"i386_creat", i386_creat},
    {"i386_openat", i386_openat},
    {"i386_openat2", i386_openat2},
    {"i386_bind", i386_bind},
    {"i386_connect", i386_connect},
    {"i386_socketcall_connect", i386_socketcall_connect},
    {"i386_setresuid", i386_setresuid},
    {"i386_ioctl", i386_ioctl},
    {"x32_open", x32_open},
};

}  // namespace

std::span<const Case> foreign_cases() {
    return kCases;
}

}  // namespace tocsin::test
