// SPDX-License-Identifier: Apache-2.0
//
// Arbitrary bytes as the decompressed message of a chunk: behind checksums and hashes, where a
// blind fuzzer does not get.
#include "tests/fuzz/trace_properties.h"
#include "tests/fuzz/trace_surgery.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace tocsin;
    ++fuzz::reached().inputs;
    const Words message = fuzz::words_from({data, size});
    if (!decode_chunk(message)) return 0;
    ++fuzz::reached().accepted;
    fuzz::check_trace(fuzz::trace_around(message));
    return 0;
}
