// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/span_options.h"

#include <algorithm>
#include <tuple>

#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"
#include "formats/quantity.h"

namespace tocsin {

void add_span_options(CLI::App& command, SpanWords& words) {
    command
        .add_option("--from", words.from,
                    "Begin there; time since the trace's first event\n"
                    "as 250ms, 12s, 1.5m")
        ->option_text("TIME");
    command.add_option("--to", words.to, "End there, likewise")->option_text("TIME");
}

Result<TimeSpan> span_of(const SpanWords& words) {
    TimeSpan span;
    for (const auto& [name, word, moment] : {std::tuple{"--from", &words.from, &span.from_ns},
                                             std::tuple{"--to", &words.to, &span.to_ns}}) {
        if (word->empty()) continue;
        const auto parsed = parse_duration(*word, std::chrono::nanoseconds(0));
        if (!parsed) return Error{std::string(name) + ": " + escape(parsed.error().message)};
        *moment = static_cast<uint64_t>(parsed->count());
    }
    if (span.to_ns < span.from_ns)
        return Error{"--to " + words.to + " lies before --from " + words.from +
                     ", so there is nothing to show; exchange the two"};
    return span;
}

Result<> expect_in(const TraceReader& trace, const TimeSpan& span) {
    if (span.from_ns == 0) return {};
    uint64_t first = UINT64_MAX, last = 0;
    for (const auto& chunk : trace.chunks()) {
        if (chunk.header.kind != ChunkKind::kEvents) continue;
        first = std::min(first, chunk.header.first_time.ns);
        last = std::max(last, chunk.header.last_time.ns);
    }
    if (first <= last && span.from_ns <= last - first) return {};
    return Error{"nothing was recorded from " + seconds_text(span.from_ns) + " on: the trace is " +
                 seconds_text(first <= last ? last - first : 0) + " long"};
}

}  // namespace tocsin
