// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "formats/event.h"

namespace tocsin::bench {

// What a consumer at the least reads of an event: head, length and first byte of each view, the
// leaf of each object. Timed, so cheap. Sums over the same events are equal in any order.
uint64_t touch(const Event& event);

// Of everything that the event says and points to. Not timed.
uint64_t digest_of(const Event& event);

// How many events a decoder gave, and what they said, in whatever order.
struct Tally {
    uint64_t events = 0, contents = 0;
    void add(const Event& event) {
        ++events;
        contents += digest_of(event);
    }
    bool operator==(const Tally&) const = default;
};

}  // namespace tocsin::bench
