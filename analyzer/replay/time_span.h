// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tocsin {

// A part of a trace, in nanoseconds since its first event; both ends belong to it.
struct TimeSpan {
    uint64_t from_ns = 0;
    uint64_t to_ns = UINT64_MAX;
    bool is_whole() const { return from_ns == 0 && to_ns == UINT64_MAX; }
    bool operator==(const TimeSpan&) const = default;
};

}  // namespace tocsin
