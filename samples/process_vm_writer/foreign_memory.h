// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstddef>

enum class WriteBy { kProcessVmWritev, kProcMem };

// The memory of another process, written without its help.
class ForeignMemory {
  public:
    ForeignMemory() = default;
    ForeignMemory(const ForeignMemory&) = delete;
    ForeignMemory& operator=(const ForeignMemory&) = delete;
    ~ForeignMemory();

    bool open(pid_t pid, WriteBy means);  // complains on failure
    // Complains where not all bytes could be written.
    bool write(void* address, const void* bytes, size_t count) const;

  private:
    pid_t pid_ = -1;
    int mem_ = -1;  // /proc/PID/mem, where that is the means
};
