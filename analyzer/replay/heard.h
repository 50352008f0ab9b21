// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/event.h"

namespace tocsin {

// That one task had to wait for another one, or was told something by it: what `from` did up to
// `at` came before what the hearer did since. This holds if no record since `rests_on` is missing.
struct Heard {
    TaskId from;
    BootTime at;
    BootTime rests_on;
    bool from_whole_process = false;  // `from` stands for each thread of its process
    bool operator==(const Heard&) const = default;
};

// What a hook tells of the order of tasks. Its record belongs to a task, not to what a call did.
enum class OrderHook { kNone, kSignalQueued, kSignalTaken, kWaking, kPosixLock, kFlock };

OrderHook order_hook(uint16_t hook);

}  // namespace tocsin
