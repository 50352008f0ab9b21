// SPDX-License-Identifier: Apache-2.0
//
// Traces for tests: from text, at random, as bytes, and back to text.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "formats/text_form.h"
#include "formats/trace_reader.h"

namespace tocsin::test {

// Keeps what is written.
class MemorySink : public ByteSink {
  public:
    Result<> write(std::span<const uint8_t> written) override {
        bytes.insert(bytes.end(), written.begin(), written.end());
        return {};
    }
    Bytes bytes;
};

// A short trace, sealed, with every kind of event.
extern const std::string_view kSmallTrace;

// These two end the process where text or trace is refused: both come from the test itself.
ParsedTrace parsed(std::string_view text);
Bytes bytes_of(const ParsedTrace& trace);

// What a trace file holds, up to the first chunk that cannot be read.
struct ReadTrace {
    ParsedTrace trace;
    std::vector<std::shared_ptr<const EventBatch>> batches;  // what the events point to
    std::string error;                                       // of the chunk that ended the reading
};
ReadTrace read_all(const TraceReader& reader);

// The trace's text in canonical form. Errors: a chunk that cannot be read.
Result<std::string> text_of(const TraceReader& reader);

// Any trace that the format can hold, with a few hundred events: hostile names, missing records,
// unknown numbers. The same seed gives the same trace.
ParsedTrace random_trace(uint32_t seed);

// Whether they say the same, whatever they point to.
::testing::AssertionResult same(const Event& left, const Event& right);
::testing::AssertionResult same(const ParsedTrace& left, const ParsedTrace& right);
// Whether `part` holds of every CPU's events, and of all other records, the first few of `whole`.
::testing::AssertionResult is_prefix(const ParsedTrace& part, const ParsedTrace& whole);

}  // namespace tocsin::test
