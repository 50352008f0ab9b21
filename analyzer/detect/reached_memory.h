// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analyzer/replay/operation.h"

namespace tocsin {

struct MemoryRange {
    uint64_t begin = 0, size = 0;

    bool holds(uint64_t address) const { return address >= begin && address - begin < size; }
    bool overlaps(const MemoryRange& other) const {
        if (size == 0 || other.size == 0) return false;
        return begin <= other.begin ? other.begin - begin < size : begin - other.begin < other.size;
    }
};

// What a process_vm_readv or process_vm_writev reached in the other process, in its order and as
// far as the call came.
std::vector<MemoryRange> ranges_reached(const Operation& operation);

// The process whose memory it is, as the kernel counts processes where a hook tells, else as the
// caller does. 0: the call names none.
int32_t process_reached(const Operation& operation);

}  // namespace tocsin
