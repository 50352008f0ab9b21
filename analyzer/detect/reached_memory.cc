// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/reached_memory.h"

#include <algorithm>
#include <cstring>

namespace tocsin {

std::vector<MemoryRange> ranges_reached(const Operation& operation) {
    std::vector<MemoryRange> ranges;
    auto left = static_cast<uint64_t>(std::max<int64_t>(operation.result.value_or(0), 0));
    const Operand* vector = operation.first_operand(OperandKind::kIovec);
    if (vector == nullptr || !vector->entry) return ranges;
    std::string_view bytes = vector->entry->bytes;
    for (; bytes.size() >= sizeof(MemoryRange); bytes.remove_prefix(sizeof(MemoryRange))) {
        MemoryRange& range = ranges.emplace_back();
        std::memcpy(&range.begin, bytes.data(), sizeof range.begin);
        std::memcpy(&range.size, bytes.data() + sizeof range.begin, sizeof range.size);
        range.size = std::min(range.size, left);
        left -= range.size;
    }
    return ranges;
}

int32_t process_reached(const Operation& operation) {
    const Operand* pid = operation.first_operand(OperandKind::kPid);
    return operation.target_process.value_or(pid != nullptr ? pid->as_int() : 0);
}

}  // namespace tocsin
