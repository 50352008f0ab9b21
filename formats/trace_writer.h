// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "formats/chunk_file.h"
#include "formats/codec.h"
#include "formats/event_columns.h"
#include "formats/result.h"

namespace tocsin {

// Where frames go. write() takes a whole frame or reports why it could not.
class ByteSink {
  public:
    virtual ~ByteSink() = default;
    virtual Result<> write(std::span<const uint8_t> bytes) = 0;
};

// Writes a trace, front to back, never seeking.
//
// Life cycle: create() writes the header; append() collects events into one chunk per CPU and
// writes those that are full; flush() writes all that is pending; seal() flushes and closes. A
// trace without a seal is one that was cut short: everything up to its last whole chunk is good.
// After an error of the sink nothing more may be appended, but seal() may be tried.
class TraceWriter {
  public:
    // The sink must outlive the writer.
    static Result<std::unique_ptr<TraceWriter>> create(ByteSink& sink, const TraceHeader& header);

    // Events of one CPU must come in the order of their sequence numbers.
    Result<> append(const Event& event);
    Result<> append_found(const Event& event);  // the start-up snapshot
    Result<> append(const RecordsLost& loss);
    Result<> append(const ClockSample& sample);
    Result<> flush();
    // `reason` in one or two words: "stopped", "command-exited", "disk-full".
    Result<> seal(std::string_view reason);
    // Closes after the sink refused a frame: what is pending is given up and counted as lost
    // nowhere but here, in the seal's reason.
    Result<> seal_without_flush(std::string_view reason);

    uint64_t events() const { return events_; }
    uint64_t bytes() const { return bytes_; }
    const Digest& chain_hash() const { return hash_; }

  private:
    TraceWriter(ByteSink& sink) : sink_(sink) {}
    Result<> append_to(std::unique_ptr<EventColumns>& columns, const Event& event, ChunkKind kind);
    Result<> write_columns(EventColumns& columns, ChunkKind kind);
    Result<> write_chunk(ChunkHeader header, const Words& message);
    Result<> write_bytes(std::span<const uint8_t> bytes);

    ByteSink& sink_;
    Compressor compressor_;
    std::map<uint16_t, std::unique_ptr<EventColumns>> by_cpu_;
    std::unique_ptr<EventColumns> found_;
    SizeLimits limits_;
    Digest hash_{};
    LossCounts lost_{};
    uint64_t chunks_ = 0, events_ = 0, bytes_ = 0;
};

}  // namespace tocsin
