// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "formats/byte_source.h"
#include "formats/chunk_file.h"
#include "formats/codec.h"
#include "formats/result.h"

namespace tocsin {

// How a trace ends.
enum class TraceEnd {
    kSealed,   // closed by the recorder, nothing missing
    kCut,      // ends after a whole chunk or inside a frame: the recorder was killed, or a copy
               // was cut short
    kDamaged,  // bytes that the recorder did not write
};

// Reads a trace written by TraceWriter. The bytes are hostile: everything is checked before it is
// used, and what is wrong is reported with its file offset.
//
// open() walks the frames, verifies the hash chain and so knows each chunk that is sound; chunks
// are decoded one by one, on demand, in any order. Of a cut or damaged trace everything before
// the first bad frame is readable.
class TraceReader {
  public:
    struct ChunkEntry {
        ChunkHeader header;
        uint64_t offset;  // of the zstd frame
    };

    // Errors: unreadable, empty, not a trace, of a newer version, damaged header.
    static Result<TraceReader> open(const std::string& path);
    static Result<TraceReader> open(std::unique_ptr<ByteSource> source);

    const TraceHeader& header() const { return header_; }
    const std::vector<ChunkEntry>& chunks() const { return chunks_; }
    Result<Chunk> read(size_t chunk) const;

    TraceEnd end() const { return end_; }
    // Why the trace does not end in a seal, with the offset; empty where it does.
    const std::string& end_reason() const { return end_reason_; }
    const std::optional<Seal>& seal() const { return seal_; }
    // The largest loss counters seen in any header, chunk or seal.
    const LossCounts& lost() const { return lost_; }
    uint64_t file_bytes() const { return source_->size(); }
    const Digest& chain_hash() const { return hash_; }

  private:
    TraceReader() = default;
    struct Metadata {
        FrameKind kind;
        Words message;
        uint64_t next;  // offset behind the frame
    };
    // Why the walk ends at some offset.
    struct Stop {
        TraceEnd end;
        uint64_t offset;
        std::string why;
    };
    std::optional<Stop> read_bytes(uint64_t offset, std::span<uint8_t> out) const;
    std::optional<Stop> read_metadata(uint64_t offset, Metadata& out) const;
    std::optional<Stop> read_header(uint64_t& offset);
    std::optional<Stop> walk_chunk(const Metadata& frame, uint64_t& offset);
    std::optional<Stop> check_seal(const Metadata& frame);
    Stop walk(uint64_t offset);

    std::unique_ptr<ByteSource> source_;
    TraceHeader header_;
    std::vector<ChunkEntry> chunks_;
    std::optional<Seal> seal_;
    TraceEnd end_ = TraceEnd::kCut;
    std::string end_reason_;
    Digest hash_{};
    LossCounts lost_{};
    SizeLimits limits_;
};

}  // namespace tocsin
