// SPDX-License-Identifier: Apache-2.0
#include "formats/trace_reader.h"

#include <algorithm>
#include <array>

namespace tocsin {
namespace {

void raise_to(LossCounts& counts, const LossCounts& other) {
    for (size_t i = 0; i < counts.size(); ++i) counts[i] = std::max(counts[i], other[i]);
}

// What a chunk's header states of its contents, and is used without reading them, must be true.
bool describes(const ChunkHeader& header, const EventBatch& batch) {
    const auto is_as_stated = [&](const Event& event) {
        return std::holds_alternative<TaskFound>(event.body) == batch.is_snapshot() &&
               event.cpu == header.cpu && event.time >= header.first_time &&
               event.time <= header.last_time;
    };
    const auto& processes = header.processes;
    const auto is_stated = [&](const Task& task) {
        return processes.empty() ||
               std::binary_search(processes.begin(), processes.end(), task.id.tgid);
    };
    return header.kind == (batch.is_snapshot() ? ChunkKind::kSnapshot : ChunkKind::kEvents) &&
           header.events == batch.events().size() && header.events != 0 &&
           std::all_of(batch.events().begin(), batch.events().end(), is_as_stated) &&
           std::all_of(batch.tasks().begin(), batch.tasks().end(), is_stated);
}

bool describes(const ChunkHeader& header, const Chunk& chunk) {
    if (const auto* batch = std::get_if<std::shared_ptr<const EventBatch>>(&chunk))
        return describes(header, **batch);
    if (header.events != 0) return false;
    return header.kind ==
           (std::holds_alternative<RecordsLost>(chunk) ? ChunkKind::kLoss : ChunkKind::kClock);
}

}  // namespace

Result<TraceReader> TraceReader::open(const std::string& path) {
    auto source = ByteSource::open(path);
    if (!source) return source.error();
    return open(std::move(*source));
}

Result<TraceReader> TraceReader::open(std::unique_ptr<ByteSource> source) {
    TraceReader reader;
    reader.source_ = std::move(source);
    if (reader.source_->size() == 0)
        return Error{
            "it is empty; the recorder writes a header before anything else, so look for "
            "its own error message"};
    uint64_t offset = 0;
    if (const auto stop = reader.read_header(offset)) return Error{stop->why};
    const Stop last = reader.walk(offset);
    reader.end_ = last.end;
    if (last.end != TraceEnd::kSealed)
        reader.end_reason_ = last.why + " (at byte " + std::to_string(last.offset) + " of " +
                             std::to_string(reader.source_->size()) + ")";
    return reader;
}

std::optional<TraceReader::Stop> TraceReader::read_bytes(uint64_t offset,
                                                         std::span<uint8_t> out) const {
    if (out.size() > source_->size() - offset)
        return Stop{TraceEnd::kCut, offset, "the trace is cut short inside a frame"};
    if (auto read = source_->read_at(offset, out); !read)
        return Stop{TraceEnd::kDamaged, offset, read.error().message};
    return std::nullopt;
}

std::optional<TraceReader::Stop> TraceReader::read_metadata(uint64_t offset, Metadata& out) const {
    std::array<uint8_t, kFramePrefixBytes> prefix_bytes;
    if (auto stop = read_bytes(offset, prefix_bytes)) return stop;
    const auto prefix = parse_frame_prefix(prefix_bytes);
    if (!prefix) return Stop{TraceEnd::kDamaged, offset, prefix.error().message};
    out.kind = prefix->kind;
    out.message.resize(prefix->message_bytes / 8);
    const std::span<uint8_t> bytes(reinterpret_cast<uint8_t*>(out.message.data()),
                                   prefix->message_bytes);
    if (auto stop = read_bytes(offset + kFramePrefixBytes, bytes)) {
        stop->offset = offset;
        return stop;
    }
    if (!digest_matches(*prefix, bytes))
        return Stop{TraceEnd::kDamaged, offset, "a frame header does not match its digest"};
    out.next = offset + kFramePrefixBytes + bytes.size();
    return std::nullopt;
}

std::optional<TraceReader::Stop> TraceReader::read_header(uint64_t& offset) {
    Metadata frame;
    if (auto stop = read_metadata(0, frame)) {
        if (stop->end == TraceEnd::kCut)
            stop->why = "it is no Tocsin trace, or it was cut short inside its header";
        else
            stop->why = "it is no Tocsin trace: " + stop->why;
        return stop;
    }
    if (frame.kind != FrameKind::kHeader)
        return Stop{TraceEnd::kDamaged, 0, "it does not begin with a trace's header"};
    auto header = decode_trace_header(frame.message);
    if (!header) return Stop{TraceEnd::kDamaged, 0, "its header: " + header.error().message};
    if (header->format_version > kFormatVersion)
        return Stop{TraceEnd::kDamaged, 0,
                    "it is of format version " + std::to_string(header->format_version) +
                        " and this version reads up to " + std::to_string(kFormatVersion) +
                        "; analyze it with a newer Tocsin"};
    header_ = std::move(*header);
    hash_ = first_hash(as_bytes(frame.message));
    offset = frame.next;
    return std::nullopt;
}

TraceReader::Stop TraceReader::walk(uint64_t offset) {
    while (offset < source_->size()) {
        Metadata frame;
        if (auto stop = read_metadata(offset, frame)) return *stop;
        if (frame.kind == FrameKind::kHeader)
            return {TraceEnd::kDamaged, offset, "a second trace header follows"};
        if (frame.kind == FrameKind::kSeal) {
            if (auto stop = check_seal(frame)) {
                stop->offset = offset;
                return *stop;
            }
            if (frame.next != source_->size())
                return {TraceEnd::kDamaged, frame.next, "there are bytes after the seal"};
            return {TraceEnd::kSealed, offset, ""};
        }
        if (auto stop = walk_chunk(frame, offset)) return *stop;
    }
    return {TraceEnd::kCut, offset,
            "the trace has no seal: the recorder was killed or the file was cut short"};
}

std::optional<TraceReader::Stop> TraceReader::walk_chunk(const Metadata& frame, uint64_t& offset) {
    const auto damaged = [&](const std::string& why) {
        return Stop{TraceEnd::kDamaged, offset, why};
    };
    const auto header = decode_chunk_header(frame.message);
    if (!header) return damaged("a chunk's header: " + header.error().message);
    if (header->number != chunks_.size())
        return damaged("chunk " + std::to_string(header->number) + " stands where chunk " +
                       std::to_string(chunks_.size()) + " was expected");
    if (header->previous_hash != hash_)
        return damaged("chunk " + std::to_string(header->number) +
                       " does not continue the hash chain of what is before it");
    if (auto sizes = limits_.admit(*header); !sizes) return damaged(sizes.error().message);
    Bytes compressed(std::min<uint64_t>(header->compressed_bytes, source_->size() - frame.next));
    if (compressed.size() < header->compressed_bytes)
        return Stop{TraceEnd::kCut, offset, "the trace is cut short inside a chunk"};
    if (auto stop = read_bytes(frame.next, compressed)) return stop;
    // A chunk is covered by the hash that the next one states; the last one before a cut only by
    // zstd's own checksum, which decoding verifies.
    hash_ = next_hash(hash_, as_bytes(frame.message), compressed);
    raise_to(lost_, header->lost);
    chunks_.push_back({*header, frame.next});
    offset = frame.next + header->compressed_bytes;
    return std::nullopt;
}

std::optional<TraceReader::Stop> TraceReader::check_seal(const Metadata& frame) {
    auto seal = decode_seal(frame.message);
    if (!seal) return Stop{TraceEnd::kDamaged, 0, "the seal: " + seal.error().message};
    if (seal->chunks != chunks_.size() || seal->final_hash != hash_)
        return Stop{TraceEnd::kDamaged, 0,
                    "the seal states " + std::to_string(seal->chunks) +
                        " chunks or another content than the trace has"};
    raise_to(lost_, seal->lost);
    seal_ = std::move(*seal);
    return std::nullopt;
}

Result<Chunk> TraceReader::read(size_t chunk) const {
    const ChunkEntry& entry = chunks_.at(chunk);
    const auto at_offset = [&](const std::string& why) {
        return Error{"chunk " + std::to_string(chunk) + " at byte " + std::to_string(entry.offset) +
                     ": " + why};
    };
    Bytes compressed(entry.header.compressed_bytes);
    if (auto read = source_->read_at(entry.offset, compressed); !read)
        return at_offset(read.error().message);
    auto words = decompress(compressed, entry.header.plain_bytes);
    if (!words) return at_offset(words.error().message);
    auto decoded = decode_chunk(std::move(*words));
    if (!decoded) return at_offset(decoded.error().message);
    if (!describes(entry.header, *decoded))
        return at_offset("its header states another kind, CPU, time, count or processes");
    return decoded;
}

}  // namespace tocsin
