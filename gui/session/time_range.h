// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tocsin::gui {

// A part of the trace, in nanoseconds since boot; both ends belong to it.
struct TimeRange {
    uint64_t from = 0, to = 0;
    uint64_t length() const { return to > from ? to - from : 0; }
    bool contains(uint64_t ns) const { return from <= ns && ns <= to; }
    bool operator==(const TimeRange&) const = default;
};

}  // namespace tocsin::gui
