// SPDX-License-Identifier: Apache-2.0
//
// Arbitrary bytes as a trace file. The mutator changes what is inside the frames and repairs what
// guards them; one in sixteen changes the file itself.
#include <algorithm>
#include <cstring>
#include <random>

#include "tests/fuzz/trace_properties.h"
#include "tests/fuzz/trace_surgery.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace tocsin::fuzz {
namespace {

using Random = std::minstd_rand;

bool one_in(unsigned n, Random& random) {
    return random() % n == 0;
}

void mutate(Words& message, size_t max_bytes) {
    const auto bytes = as_bytes(message);
    Bytes room(std::max(max_bytes, bytes.size() + 64));
    std::copy(bytes.begin(), bytes.end(), room.begin());
    room.resize(LLVMFuzzerMutate(room.data(), bytes.size(), room.size()));
    message = words_from(room);
}

void mutate_order(TraceParts& parts, Random& random) {
    auto& chunks = parts.chunks;
    const size_t one = random() % chunks.size(), other = random() % chunks.size();
    switch (random() % 3) {
        case 0:
            std::swap(chunks[one], chunks[other]);
            break;
        case 1:
            chunks.erase(chunks.begin() + static_cast<std::ptrdiff_t>(one));
            break;
        default: {
            const TraceParts::Chunk copy = chunks[one];
            chunks.insert(chunks.begin() + static_cast<std::ptrdiff_t>(other), copy);
        }
    }
}

void mutate(TraceParts& parts, size_t max_bytes, Random& random) {
    const unsigned what = random() % 16;
    if (what == 0 || parts.chunks.empty()) {
        mutate(parts.header, std::min(max_bytes, kMaxMetadataBytes));
    } else if (what == 1 && parts.seal) {
        mutate(*parts.seal, std::min(max_bytes, kMaxMetadataBytes));
    } else if (what <= 3) {
        mutate_order(parts, random);
    } else {
        TraceParts::Chunk& chunk = parts.chunks[random() % parts.chunks.size()];
        if (what <= 5)
            mutate(chunk.header, std::min(max_bytes, kMaxMetadataBytes));
        else
            mutate(chunk.contents, max_bytes);
    }
}

size_t put_into(std::span<uint8_t> out, const Bytes& bytes) {
    if (bytes.size() > out.size()) return 0;
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return bytes.size();
}

Describe description(Random& random) {
    return one_in(8, random) ? Describe::kAsStated : Describe::kAsIs;
}

}  // namespace
}  // namespace tocsin::fuzz

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
    using namespace tocsin::fuzz;
    Random random(seed);
    if (auto parts = take_apart({data, size}); parts && !one_in(16, random)) {
        mutate(*parts, max_size, random);
        const auto trace = put_together(*parts, description(random));
        if (const size_t written = put_into({data, max_size}, trace)) return written;
    }
    return LLVMFuzzerMutate(data, size, max_size);
}

// The first chunks of one trace, and the last of another.
extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t* one, size_t one_size,
                                            const uint8_t* other, size_t other_size, uint8_t* out,
                                            size_t max_out, unsigned seed) {
    using namespace tocsin::fuzz;
    Random random(seed);
    auto parts = take_apart({one, one_size});
    const auto more = take_apart({other, other_size});
    if (!parts || !more) return 0;
    parts->chunks.resize(random() % (parts->chunks.size() + 1));
    const size_t from = random() % (more->chunks.size() + 1);
    parts->chunks.insert(parts->chunks.end(),
                         more->chunks.begin() + static_cast<std::ptrdiff_t>(from),
                         more->chunks.end());
    return put_into({out, max_out}, put_together(*parts, description(random)));
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace tocsin::fuzz;
    ++reached().inputs;
    if (check_trace({data, data + size})) ++reached().accepted;
    return 0;
}
