// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "formats/event.h"

namespace tocsin {

// Records of different CPUs that lie nearer than this have no order.
inline constexpr uint64_t kClockUncertaintyNs = 1'000;

// So much later, at most at the end of time.
inline BootTime later(BootTime time, uint64_t ns) {
    return {time.ns > UINT64_MAX - ns ? UINT64_MAX : time.ns + ns};
}

}  // namespace tocsin
