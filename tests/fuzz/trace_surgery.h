// SPDX-License-Identifier: Apache-2.0
//
// Takes a trace apart and puts it together again with digests, sizes and hash chain that are right:
// what is changed in between reaches the code behind them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "formats/chunk_file.h"

namespace tocsin::fuzz {

struct TraceParts {
    struct Chunk {
        Words header;    // the ChunkHeader message
        Words contents;  // the Chunk message, decompressed
    };
    Words header;  // the Header message
    std::vector<Chunk> chunks;
    std::optional<Words> seal;
};

// Up to the first frame that cannot be taken apart. nullopt: there is no header.
std::optional<TraceParts> take_apart(std::span<const uint8_t> trace);

// Whether a chunk's header is to say of its contents what they are: kind, CPU, times and number of
// events. Numbers, sizes and hashes always are.
enum class Describe { kAsStated, kAsIs };
Bytes put_together(const TraceParts& parts, Describe describe);

// The bytes as whole words, zeros behind them.
Words words_from(std::span<const uint8_t> bytes);

// A sealed trace of one chunk.
Bytes trace_around(const Words& contents);

}  // namespace tocsin::fuzz
