// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/trace_surgery.h"

#include <algorithm>
#include <cstring>

namespace tocsin::fuzz {
namespace {

struct Metadata {
    FrameKind kind;
    Words message;
};

// Reads the frame at the front of `rest` and removes it.
std::optional<Metadata> next_metadata(std::span<const uint8_t>& rest) {
    if (rest.size() < kFramePrefixBytes) return std::nullopt;
    const auto prefix = parse_frame_prefix(rest.first(kFramePrefixBytes));
    if (!prefix || prefix->message_bytes > rest.size() - kFramePrefixBytes) return std::nullopt;
    Metadata metadata{prefix->kind,
                      words_from(rest.subspan(kFramePrefixBytes, prefix->message_bytes))};
    rest = rest.subspan(kFramePrefixBytes + prefix->message_bytes);
    return metadata;
}

std::optional<Words> next_contents(const Words& header_message, std::span<const uint8_t>& rest) {
    const auto header = decode_chunk_header(header_message);
    if (!header || !SizeLimits().admit(*header) || header->compressed_bytes > rest.size())
        return std::nullopt;
    auto contents = decompress(rest.first(header->compressed_bytes), header->plain_bytes);
    rest = rest.subspan(header->compressed_bytes);
    if (!contents) return std::nullopt;
    return std::move(*contents);
}

void describe(const EventBatch& batch, ChunkHeader& header) {
    header.kind = batch.is_snapshot() ? ChunkKind::kSnapshot : ChunkKind::kEvents;
    header.events = static_cast<uint32_t>(batch.events().size());
    if (batch.events().empty()) return;
    const auto [first, last] =
        std::minmax_element(batch.events().begin(), batch.events().end(),
                            [](const Event& a, const Event& b) { return a.time < b.time; });
    header.cpu = first->cpu;
    header.first_time = first->time;
    header.last_time = last->time;
}

void describe(const Words& contents, ChunkHeader& header) {
    const auto chunk = decode_chunk(contents);
    if (!chunk) return;
    header.events = 0;
    if (const auto* batch = std::get_if<std::shared_ptr<const EventBatch>>(&*chunk)) {
        describe(**batch, header);
    } else if (const auto* loss = std::get_if<RecordsLost>(&*chunk)) {
        header.kind = ChunkKind::kLoss;
        header.first_time = header.last_time = loss->time;
    } else {
        header.kind = ChunkKind::kClock;
        header.first_time = header.last_time = std::get<ClockSample>(*chunk).time;
    }
}

void append(Bytes& to, std::span<const uint8_t> bytes) {
    to.insert(to.end(), bytes.begin(), bytes.end());
}

bool fits_a_frame(const Words& message) {
    return as_bytes(message).size() <= kMaxMetadataBytes;
}

}  // namespace

Words words_from(std::span<const uint8_t> bytes) {
    Words words((bytes.size() + 7) / 8);
    if (!bytes.empty()) std::memcpy(words.data(), bytes.data(), bytes.size());
    return words;
}

std::optional<TraceParts> take_apart(std::span<const uint8_t> trace) {
    auto frame = next_metadata(trace);
    if (!frame || frame->kind != FrameKind::kHeader) return std::nullopt;
    TraceParts parts;
    parts.header = std::move(frame->message);
    while ((frame = next_metadata(trace))) {
        if (frame->kind == FrameKind::kSeal) parts.seal = std::move(frame->message);
        if (frame->kind != FrameKind::kChunkHeader) break;
        auto contents = next_contents(frame->message, trace);
        if (!contents) break;
        parts.chunks.push_back({std::move(frame->message), std::move(*contents)});
    }
    return parts;
}

Bytes put_together(const TraceParts& parts, Describe description) {
    static Compressor compressor;
    if (!fits_a_frame(parts.header)) return {};
    Bytes trace = metadata_frame(FrameKind::kHeader, parts.header);
    Digest hash = first_hash(as_bytes(parts.header));
    uint64_t number = 0;
    for (const TraceParts::Chunk& chunk : parts.chunks) {
        const Bytes& compressed = compressor.compress(chunk.contents);
        Words message = chunk.header;
        if (auto header = decode_chunk_header(message)) {
            if (description == Describe::kAsIs) describe(chunk.contents, *header);
            header->number = number;
            header->previous_hash = hash;
            header->compressed_bytes = static_cast<uint32_t>(compressed.size());
            header->plain_bytes = static_cast<uint32_t>(as_bytes(chunk.contents).size());
            message = encode(*header);
        }
        if (!fits_a_frame(message)) continue;
        append(trace, metadata_frame(FrameKind::kChunkHeader, message));
        append(trace, compressed);
        hash = next_hash(hash, as_bytes(message), compressed);
        ++number;
    }
    if (!parts.seal || !fits_a_frame(*parts.seal)) return trace;
    Words message = *parts.seal;
    if (auto seal = decode_seal(message)) {
        seal->chunks = number;
        seal->final_hash = hash;
        message = encode(*seal);
    }
    append(trace, metadata_frame(FrameKind::kSeal, message));
    return trace;
}

Bytes trace_around(const Words& contents) {
    TraceParts parts;
    parts.header = encode(TraceHeader{});
    parts.chunks.push_back({encode(ChunkHeader{}), contents});
    parts.seal = encode(Seal{"stopped", 0, 0, {}, {}});
    return put_together(parts, Describe::kAsIs);
}

}  // namespace tocsin::fuzz
