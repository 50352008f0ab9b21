// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "formats/codec.h"
#include "formats/result.h"

namespace tocsin {

// What the trace's header says about this machine. What cannot be read stays empty.
TraceHeader describe_machine();

// Whether a process can be followed by this id. Errors: there is none; the id is that of another
// thread than its first.
Result<> check_process(int pid);

// The clocks now. REALTIME, MONOTONIC and TAI are each read inside one bracket of BOOTTIME
// readings; the closest of a few tries counts.
ClockSample sample_clocks();

// HOST-UTCTIME.tocsin, with anything but letters, digits, '-', '_' and '.' in the host's name
// replaced.
std::string default_output_name(const TraceHeader& header);

}  // namespace tocsin
