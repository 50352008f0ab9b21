// SPDX-License-Identifier: Apache-2.0
#include "foreign_memory.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

#include "samples/support/complain.h"

ForeignMemory::~ForeignMemory() {
    if (mem_ >= 0) close(mem_);
}

bool ForeignMemory::open(pid_t pid, WriteBy means) {
    pid_ = pid;
    if (means == WriteBy::kProcessVmWritev) return true;
    const std::string path = "/proc/" + std::to_string(pid) + "/mem";
    mem_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (mem_ >= 0) return true;
    complain("cannot open %s: %s; run as root with /proc mounted, or use --form vm", path.c_str(),
             std::strerror(errno));
    return false;
}

bool ForeignMemory::write(void* address, const void* bytes, size_t count) const {
    const iovec from{const_cast<void*>(bytes), count};
    const iovec to{address, count};
    const ssize_t written =
        mem_ >= 0
            ? pwrite(mem_, bytes, count, static_cast<off_t>(reinterpret_cast<intptr_t>(address)))
            : process_vm_writev(pid_, &from, 1, &to, 1, 0);
    if (written == static_cast<ssize_t>(count)) return true;
    complain("cannot write %zu bytes into process %d by %s: %s; run as root, or use the other form",
             count, static_cast<int>(pid_), mem_ >= 0 ? "/proc/PID/mem" : "process_vm_writev",
             written < 0 ? std::strerror(errno) : "some were written");
    return false;
}
