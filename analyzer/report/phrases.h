// SPDX-License-Identifier: Apache-2.0
//
// How times, identities and numbers of a trace are spelled, in the same way in every report.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "analyzer/judge/analysis.h"
#include "analyzer/replay/owned_views.h"

namespace tocsin {

// "2026-01-31 23:59:59.123456789 UTC", from the clock sample: the recorded machine's own idea of
// the time. Always UTC.
std::string utc_text(const ClockSample& clock, BootTime time);

// "12.345678", cut to microseconds; before `from`, with a minus.
std::string seconds_since(BootTime from, BootTime time);
// "12.345678 s", cut to microseconds.
std::string seconds_text(uint64_t ns);
// "+182.4 µs", "-0.1 µs": from one time to another, always in the unit of a table's other rows.
std::string gap_text(BootTime from, BootTime to);
// "182.4 µs", "4.637 ms", "90 s": a length of time to four digits, in the unit that suits it.
std::string interval_text(uint64_t ns);
// The same from one time to another; of nothing where that is earlier.
std::string interval_text(BootTime from, BootTime to);
// From the trace's first event: "0.500000 s".
std::string into_trace_text(const TraceFacts& trace, BootTime time);

// The part of the trace that was judged, where it is not all of it: "from 2.000000 s to 5.000000 s
// of the trace; what came before was followed and not judged, 12 chunks behind not read".
std::string span_text(const AnalysisResult& result);

// "8:1": major and minor of the kernel's encoding of a device.
std::string device_text(uint64_t device);
// "-rwsr-xr-x".
std::string mode_text(uint32_t mode);
// How a read of memory ended that is not whole, behind what it gave: "unreadable (EFAULT)", "then
// unreadable (EFAULT)", "cut at the recorder's limit"; both where both apply.
std::string read_end_text(bool gave_nothing, int32_t error, bool cut);
// "0", "-2 (ENOENT)".
std::string result_text(int64_t result);
// "cpu0#17".
std::string errno_text(int32_t error);  // "ENOENT", "errno 9999"
std::string event_text(const EventRef& event);
std::string hex(std::string_view bytes);
std::string hex(const Digest& digest);

// "1 call", "2 calls".
std::string count_text(uint64_t count, std::string_view singular, std::string_view plural);

std::string_view name_of(Monitor monitor);
std::string_view name_of(TraceEnd end);

bool is_vector(OperandKind kind);

// The part of claim and truth that differs, quoted: the one string of a vector, or what surrounds
// the first byte of difference.
struct Excerpts {
    std::string place;  // "argv[2]", "byte 17"
    std::string claim, truth;
    bool is_all = false;  // nothing was left out
};
// Without a difference, and of a structure: both whole. Neither is wider than `width`.
Excerpts excerpts_of(const Candidate& candidate, size_t width);

// The rule that sets it aside, and what the policy says about it: "policy-off: a test".
std::string set_aside_text(const Judgement& judgement);

// One sentence each: what was found, and what the trace's state means for it.
std::string verdict_text(const AnalysisResult& result);
// Which call did what instead of what; names are escaped.
std::string title_text(const Finding& finding, size_t name_width);

}  // namespace tocsin
