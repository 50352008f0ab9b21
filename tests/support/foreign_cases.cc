// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/net.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
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

// ENOSYS where the kernel has no such calls.
int x32_open(const fs::path& directory) {
    return status_of_call(SYS_open | kX32Bit, (directory / "file").c_str(), O_RDONLY);
}

struct Ring {
    int fd;
    io_uring_params layout;
    char* rings;  // both, since IORING_FEAT_SINGLE_MMAP (5.4)
    io_uring_sqe* requests;

    std::atomic_ref<uint32_t> at(uint32_t offset) const {
        return std::atomic_ref(*reinterpret_cast<uint32_t*>(rings + offset));
    }
};

Ring make_ring() {
    Ring ring{};
    ring.fd = static_cast<int>(syscall(SYS_io_uring_setup, 1, &ring.layout));
    if (ring.fd < 0) throw Skipped(std::string("no io_uring: ") + std::strerror(errno));
    const auto map = [&](size_t bytes, off_t what) {
        void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, ring.fd, what);
        if (memory == MAP_FAILED) give_up("map the ring");
        return memory;
    };
    const io_uring_params& layout = ring.layout;
    const size_t submissions = layout.sq_off.array + layout.sq_entries * sizeof(uint32_t);
    const size_t completions = layout.cq_off.cqes + layout.cq_entries * sizeof(io_uring_cqe);
    ring.rings = static_cast<char*>(map(std::max(submissions, completions), IORING_OFF_SQ_RING));
    ring.requests = static_cast<io_uring_sqe*>(
        map(layout.sq_entries * sizeof(io_uring_sqe), static_cast<off_t>(IORING_OFF_SQES)));
    return ring;
}

int io_uring_openat(const fs::path& directory) {
    const std::string name = directory / "file";
    const Ring ring = make_ring();
    io_uring_sqe& request = ring.requests[0];
    request.opcode = IORING_OP_OPENAT;
    request.fd = AT_FDCWD;
    request.addr = reinterpret_cast<uint64_t>(name.c_str());
    request.open_flags = O_RDONLY;
    ring.at(ring.layout.sq_off.array).store(0);
    ring.at(ring.layout.sq_off.tail).store(1);
    if (syscall(SYS_io_uring_enter, ring.fd, 1, 1, IORING_ENTER_GETEVENTS, nullptr, 0) != 1)
        give_up("submit the request");
    if (ring.at(ring.layout.cq_off.tail).load() != 1) give_up("find the answer");
    const auto* answer =
        reinterpret_cast<const io_uring_cqe*>(ring.rings + ring.layout.cq_off.cqes);
    return errno_of(answer->res);
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
    {"x32_open", x32_open},
    {"io_uring_openat", io_uring_openat},
};

}  // namespace

std::span<const Case> foreign_cases() {
    return kCases;
}

}  // namespace tocsin::test
