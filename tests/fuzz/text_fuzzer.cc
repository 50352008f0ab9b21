// SPDX-License-Identifier: Apache-2.0
//
// Arbitrary bytes as the text form of a trace: the text of what was parsed parses to the same text,
// and a trace can be written from it.
#include <string>
#include <string_view>

#include "tests/fuzz/trace_properties.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace tocsin;
    ++fuzz::reached().inputs;
    const auto parsed = parse_text({reinterpret_cast<const char*>(data), size});
    if (!parsed) return 0;
    ++fuzz::reached().accepted;
    const std::string text = text_of(*parsed);
    const auto again = parse_text(text);
    fuzz::check(again.ok(), "a canonical text is refused");
    fuzz::check(text_of(*again) == text, "a canonical text does not stay as it is: " + text);
    if (!fuzz::fits_its_frames(*parsed)) return 0;
    fuzz::MemorySink sink;
    fuzz::check(write_trace(*parsed, sink).ok(), "what was parsed cannot be written");
    fuzz::check(fuzz::check_trace(std::move(sink.bytes)), "what was written is no trace");
    return 0;
}
