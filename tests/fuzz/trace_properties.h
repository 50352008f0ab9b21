// SPDX-License-Identifier: Apache-2.0
//
// What must hold of every trace, whatever its bytes are. Where it does not, the process ends.
#pragma once

#include <cstdint>
#include <string>

#include "formats/chunk_file.h"
#include "formats/text_form.h"

namespace tocsin::fuzz {

// How far bytes got, summed over all inputs; the destructor prints it. A fuzzer that is stopped at
// the door finds nothing: these figures say whether it is.
struct Reached {
    ~Reached();
    uint64_t inputs = 0;    // in all
    uint64_t accepted = 0;  // by the first parser behind the entry
    uint64_t events = 0;    // in what was accepted
    uint64_t replayed = 0;  // inputs that were not too large
    uint64_t printed = 0;   // inputs whose text was compared
};
Reached& reached();

// Says what does not hold, and ends the process.
[[noreturn]] void fail(const std::string& why);
inline void check(bool holds, const std::string& why) {
    if (!holds) fail(why);
}

// Keeps what is written.
class MemorySink : public ByteSink {
  public:
    Result<> write(std::span<const uint8_t> written) override {
        bytes.insert(bytes.end(), written.begin(), written.end());
        return {};
    }
    Bytes bytes;
};

// Whether header and seal are no larger than a file may have them. Texts in a message may overlap,
// and a line of text is shorter than what it stands for: then no trace can be written.
bool fits_its_frames(const ParsedTrace& trace);

// Opens the trace, reads each chunk, replays the events, and prints the text of all that could be
// read: a trace written from that text must have the same text. Whether it was a trace.
bool check_trace(Bytes bytes);

}  // namespace tocsin::fuzz
