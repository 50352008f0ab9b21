// SPDX-License-Identifier: Apache-2.0
#include "formats/trace_writer.h"

namespace tocsin {

Result<std::unique_ptr<TraceWriter>> TraceWriter::create(ByteSink& sink,
                                                         const TraceHeader& header) {
    std::unique_ptr<TraceWriter> writer(new TraceWriter(sink));
    const Words message = encode(header);
    if (as_bytes(message).size() > kMaxMetadataBytes)
        return Error{
            "the trace's header would be larger than a reader accepts; use a shorter "
            "command line"};
    writer->hash_ = first_hash(as_bytes(message));
    if (auto written = writer->write_bytes(metadata_frame(FrameKind::kHeader, message)); !written)
        return written.error();
    return writer;
}

Result<> TraceWriter::append(const Event& event) {
    return append_to(by_cpu_[event.cpu], event, ChunkKind::kEvents);
}

Result<> TraceWriter::append_found(const Event& event) {
    return append_to(found_, event, ChunkKind::kSnapshot);
}

Result<> TraceWriter::append_to(std::unique_ptr<EventColumns>& columns, const Event& event,
                                ChunkKind kind) {
    if (columns == nullptr) columns = std::make_unique<EventColumns>();
    if (!columns->fits(event)) {
        if (auto written = write_columns(*columns, kind); !written) return written;
        if (!columns->fits(event))
            return Error{"event " + std::to_string(event.sequence) + " of CPU " +
                         std::to_string(event.cpu) + " is too large for a chunk"};
    }
    columns->append(event);
    ++events_;
    return {};
}

Result<> TraceWriter::append(const RecordsLost& loss) {
    lost_ = loss.counts;
    ChunkHeader header;
    header.kind = ChunkKind::kLoss;
    header.first_time = header.last_time = loss.time;
    return write_chunk(header, encode(loss));
}

Result<> TraceWriter::append(const ClockSample& sample) {
    ChunkHeader header;
    header.kind = ChunkKind::kClock;
    header.first_time = header.last_time = sample.time;
    return write_chunk(header, encode(sample));
}

Result<> TraceWriter::flush() {
    if (found_ != nullptr)
        if (auto written = write_columns(*found_, ChunkKind::kSnapshot); !written) return written;
    for (auto& [cpu, columns] : by_cpu_)
        if (auto written = write_columns(*columns, ChunkKind::kEvents); !written) return written;
    return {};
}

Result<> TraceWriter::seal(std::string_view reason) {
    if (auto flushed = flush(); !flushed) return flushed;
    return seal_without_flush(reason);
}

Result<> TraceWriter::seal_without_flush(std::string_view reason) {
    const Words message = encode(Seal{std::string(reason), chunks_, events_, hash_, lost_});
    if (as_bytes(message).size() > kMaxMetadataBytes)
        return Error{"the seal's reason would be larger than a reader accepts"};
    return write_bytes(metadata_frame(FrameKind::kSeal, message));
}

Result<> TraceWriter::write_columns(EventColumns& columns, ChunkKind kind) {
    if (columns.empty()) return {};
    ChunkHeader header;
    header.kind = kind;
    header.cpu = columns.cpu;
    header.first_time = columns.earliest;
    header.last_time = columns.latest;
    header.events = static_cast<uint32_t>(columns.size());
    header.processes = columns.processes();
    auto written = write_chunk(header, encode(columns, kind));
    columns.clear();
    return written;
}

Result<> TraceWriter::write_chunk(ChunkHeader header, const Words& message) {
    header.number = chunks_;
    header.plain_bytes = static_cast<uint32_t>(as_bytes(message).size());
    header.previous_hash = hash_;
    header.lost = lost_;
    const Bytes* compressed = &compressor_.compress(message);
    header.compressed_bytes = static_cast<uint32_t>(compressed->size());
    if (!limits_.admit(header)) {
        compressed = &compressor_.compress_little(message);
        header.compressed_bytes = static_cast<uint32_t>(compressed->size());
        if (auto sizes = limits_.admit(header); !sizes) return sizes;
    }
    const Words header_message = encode(header);
    Bytes frames = metadata_frame(FrameKind::kChunkHeader, header_message);
    frames.insert(frames.end(), compressed->begin(), compressed->end());
    if (auto written = write_bytes(frames); !written) return written;
    hash_ = next_hash(hash_, as_bytes(header_message), *compressed);
    ++chunks_;
    return {};
}

Result<> TraceWriter::write_bytes(std::span<const uint8_t> bytes) {
    auto written = sink_.write(bytes);
    if (written) bytes_ += bytes.size();
    return written;
}

}  // namespace tocsin
