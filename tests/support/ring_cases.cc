// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <linux/io_uring.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <string>

#include "tests/support/open_cases.h"

namespace tocsin::test {
namespace {

namespace fs = std::filesystem;
using Directory = const fs::path&;

// include/uapi/linux/io_uring.h: younger than the headers of the oldest system that this is built
// on.
constexpr uint8_t kOpRename = 35, kOpUnlink = 36, kOpMakeDirectory = 37, kOpSymlink = 38,
                  kOpLink = 39, kOpSetAttribute = 42;

struct Ring {
    int fd;
    io_uring_params layout;
    char* rings;  // both, since IORING_FEAT_SINGLE_MMAP (5.4)
    io_uring_sqe* requests;

    std::atomic_ref<uint32_t> at(uint32_t offset) const {
        return std::atomic_ref(*reinterpret_cast<uint32_t*>(rings + offset));
    }
};

Ring make_ring(uint32_t flags) {
    Ring ring{};
    ring.layout.flags = flags;
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

// Whether this kernel's rings can do it; those that cannot even be asked (until 5.5) cannot.
bool has_operation(const Ring& ring, uint8_t operation) {
    constexpr size_t kMost = 256;
    alignas(io_uring_probe) static char
        room[sizeof(io_uring_probe) + kMost * sizeof(io_uring_probe_op)];
    auto* probe = reinterpret_cast<io_uring_probe*>(room);
    if (syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_PROBE, probe, kMost) < 0)
        return false;
    return operation < probe->ops_len && (probe->ops[operation].flags & IO_URING_OP_SUPPORTED) != 0;
}

// Its errno, or 0. With `flags` of io_uring_setup(2).
int done_by_ring(const io_uring_sqe& request, uint32_t flags = 0) {
    const Ring ring = make_ring(flags);
    if (!has_operation(ring, request.opcode))
        throw Skipped("this kernel's io_uring has no operation " + std::to_string(request.opcode));
    ring.requests[0] = request;
    ring.at(ring.layout.sq_off.array).store(0);
    ring.at(ring.layout.sq_off.tail).store(1);
    const bool is_polled = (flags & IORING_SETUP_SQPOLL) != 0;
    const long submitted =
        syscall(SYS_io_uring_enter, ring.fd, 1, 1,
                IORING_ENTER_GETEVENTS | (is_polled ? IORING_ENTER_SQ_WAKEUP : 0), nullptr, 0);
    if (submitted != 1) give_up("submit the request");
    if (ring.at(ring.layout.cq_off.tail).load() != 1) give_up("find the answer");
    const auto* answer =
        reinterpret_cast<const io_uring_cqe*>(ring.rings + ring.layout.cq_off.cqes);
    return answer->res < 0 ? -answer->res : 0;
}

uint64_t address(const std::string& name) {
    return reinterpret_cast<uint64_t>(name.c_str());
}

io_uring_sqe request_of(uint8_t operation, const std::string& name) {
    io_uring_sqe request{};
    request.opcode = operation;
    request.fd = AT_FDCWD;
    request.addr = address(name);
    return request;
}

// Of two names; the second one starts from the working directory, too.
int of_two(uint8_t operation, const std::string& first, const std::string& second) {
    io_uring_sqe request = request_of(operation, first);
    request.len = static_cast<uint32_t>(AT_FDCWD);
    request.addr2 = address(second);
    return done_by_ring(request);
}

int opened(Directory d, uint8_t flags, uint32_t ring_flags) {
    const std::string name = d / "file";
    io_uring_sqe request = request_of(IORING_OP_OPENAT, name);
    request.flags = flags;
    request.open_flags = O_RDONLY;
    return done_by_ring(request, ring_flags);
}
int io_uring_openat(Directory d) {
    return opened(d, 0, 0);
}
int io_uring_openat_worker(Directory d) {
    return opened(d, IOSQE_ASYNC, 0);
}
int io_uring_openat_polled(Directory d) {
    return opened(d, 0, IORING_SETUP_SQPOLL);
}
int io_uring_renameat(Directory d) {
    return of_two(kOpRename, d / "ring_old", d / "ring_new");
}
int io_uring_unlinkat(Directory d) {
    const std::string name = d / "ring_unlinked";
    return done_by_ring(request_of(kOpUnlink, name));
}
int io_uring_mkdirat(Directory d) {
    const std::string name = d / "ring_directory";
    io_uring_sqe request = request_of(kOpMakeDirectory, name);
    request.len = 0700;
    return done_by_ring(request);
}
int io_uring_symlinkat(Directory d) {
    const std::string target = "file", name = d / "ring_symlink";
    io_uring_sqe request = request_of(kOpSymlink, target);
    request.addr2 = address(name);
    return done_by_ring(request);
}
int io_uring_linkat(Directory d) {
    return of_two(kOpLink, d / "file", d / "ring_link");
}
int io_uring_setxattr(Directory d) {
    const std::string attribute = "security.tocsin", value = "1", name = d / "file";
    io_uring_sqe request = request_of(kOpSetAttribute, attribute);
    request.off = address(value);
    request.len = static_cast<uint32_t>(value.size());
    // The third address, where newer headers have addr3.
    const uint64_t third = address(name);
    std::memcpy(reinterpret_cast<char*>(&request) + 48, &third, sizeof third);
    return done_by_ring(request);
}

constexpr Case kCases[] = {
    {"io_uring_openat", io_uring_openat},
    {"io_uring_openat_worker", io_uring_openat_worker},
    {"io_uring_openat_polled", io_uring_openat_polled},
    {"io_uring_renameat", io_uring_renameat},
    {"io_uring_unlinkat", io_uring_unlinkat},
    {"io_uring_mkdirat", io_uring_mkdirat},
    {"io_uring_symlinkat", io_uring_symlinkat},
    {"io_uring_linkat", io_uring_linkat},
    {"io_uring_setxattr", io_uring_setxattr},
};

}  // namespace

std::span<const Case> ring_cases() {
    return kCases;
}

}  // namespace tocsin::test
