// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "formats/result.h"

namespace tocsin {

enum class Verbosity { kQuiet, kNormal, kVerbose };

// Where kernel truth comes from. The tracepoints are used in any case.
enum class SourceChoice {
    kAuto,        // LSM hooks where the kernel allows them
    kLsm,         // LSM hooks or nothing
    kTracepoint,  // tracepoints alone
};

struct RecorderOptions {
    std::string output;  // empty: HOST-UTCTIME.tocsin; "-": standard output
    std::optional<std::chrono::nanoseconds> duration;
    std::vector<int> pids;
    std::vector<std::string> command;
    size_t ring_bytes = size_t{64} << 20;
    SourceChoice source = SourceChoice::kAuto;
    Verbosity verbosity = Verbosity::kNormal;
    bool list_sources = false;
};

// What to do, or, where the command line itself is the answer (--help, --version), what to print;
// an Error where it cannot be understood.
using ParsedOptions = std::variant<RecorderOptions, std::string>;
Result<ParsedOptions> parse_options(int argc, const char* const* argv);

// "65536", "512K", "64M", "1G", rounded up to a power of two, which is what a ring buffer takes.
// Errors: below 64K, above 1G, not a number.
Result<size_t> parse_ring_bytes(const std::string& text);

}  // namespace tocsin
