// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/open_flags.h"

#include <cstring>

namespace tocsin {

std::optional<uint64_t> flags_in(const Operand& open_how) {
    uint64_t flags = 0;
    if (!open_how.entry || open_how.entry->bytes.size() < sizeof flags) return std::nullopt;
    std::memcpy(&flags, open_how.entry->bytes.data(), sizeof flags);
    return flags;
}

uint64_t open_flags_of(const Operation& operation) {
    if (const Operand* flags = operation.first_operand(OperandKind::kFlags))
        return flags->register_value;
    const Operand* how = operation.first_operand(OperandKind::kOpenHow);
    return how != nullptr ? flags_in(*how).value_or(0) : 0;
}

}  // namespace tocsin
