// SPDX-License-Identifier: Apache-2.0
//
// The framing of a trace file. The whole file is a valid zstd stream:
//
//   skippable frame  Header       kind "HEAD"
//   skippable frame  ChunkHeader  kind "CHNK"  } once per chunk
//   zstd frame       Chunk                     }
//   skippable frame  Seal         kind "SEAL"  where the recording was closed in order
//
// A skippable frame's payload is: 12 bytes sync mark, 4 bytes kind, 8 bytes digest (the first of
// the SHA-256 of the message), and the Cap'n Proto message. The sync mark lets a recovery find
// the next frame behind damage.
//
// Hash chain: H(0) = SHA-256("tocsin-trace-1" ‖ header message), H(n+1) = SHA-256(
// "tocsin-chunk-1" ‖ H(n) ‖ chunk header message ‖ zstd frame). Chunk n's header carries H(n), the
// seal the last one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "formats/codec.h"
#include "formats/result.h"

namespace tocsin {

using Bytes = std::vector<uint8_t>;

enum class FrameKind : uint8_t { kHeader, kChunkHeader, kSeal };

// Limits that a reader enforces before it allocates anything.
inline constexpr size_t kMaxMetadataBytes = size_t{256} << 10;
inline constexpr size_t kMaxPlainBytes = size_t{8} << 20;
// From the start of a skippable frame to its message.
inline constexpr size_t kFramePrefixBytes = 32;

std::span<const uint8_t> as_bytes(const Words& words);

// A whole skippable frame around the message.
Bytes metadata_frame(FrameKind kind, const Words& message);

struct FramePrefix {
    FrameKind kind;
    uint32_t message_bytes;
    uint64_t message_digest;
};
// From exactly kFramePrefixBytes. Errors: not a frame of ours, sizes beyond the limits.
Result<FramePrefix> parse_frame_prefix(std::span<const uint8_t> bytes);
bool digest_matches(const FramePrefix& prefix, std::span<const uint8_t> message);

Digest first_hash(std::span<const uint8_t> header_message);
Digest next_hash(const Digest& previous, std::span<const uint8_t> chunk_header_message,
                 std::span<const uint8_t> compressed);

// Holds one trace to the sizes that an honest one keeps, before anything is allocated: zstd
// compresses 8 MiB of nothing to 279 bytes, and a small file must not cost seconds. The writer
// obeys what the reader demands.
class SizeLimits {
  public:
    // Counts the chunk. Errors: its sizes, or the trace's so far, are beyond the limits; then it is
    // not counted.
    Result<> admit(const ChunkHeader& header);

  private:
    static constexpr uint64_t kMaxRatio = 64;  // twice what Compressor::compress_little() makes
    static constexpr uint64_t kTraceSlack = uint64_t{32} << 20;
    uint64_t compressed_ = 0, plain_ = 0;
};

// zstd frame with content size and checksum. One per writer: it keeps its context.
class Compressor {
  public:
    static constexpr int kLevel = 1;  // level 3: 3 % smaller for half as much CPU again
    Compressor();
    ~Compressor();
    Compressor(const Compressor&) = delete;
    Compressor& operator=(const Compressor&) = delete;
    // The references live until the next call.
    const Bytes& compress(const Words& words);
    // To no less than a thirty-second, however repetitive the contents: whoever is recorded can
    // make them so, and must not thereby reach SizeLimits and end the recording. Slow.
    const Bytes& compress_little(const Words& words);

  private:
    void* context_;
    Bytes buffer_;
};

// The contents of one zstd frame which must hold exactly `plain_bytes`, a multiple of 8.
Result<Words> decompress(std::span<const uint8_t> frame, size_t plain_bytes);

}  // namespace tocsin
