// SPDX-License-Identifier: Apache-2.0
//
// Between the event model and the Cap'n Proto messages of trace.capnp. Decoding trusts nothing:
// every index, count and length of the message is checked.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "formats/event.h"
#include "formats/event_columns.h"
#include "formats/result.h"

namespace tocsin {

inline constexpr uint16_t kFormatVersion = 1;

// A message in memory that Cap'n Proto can read in place: whole, aligned 8-byte words.
using Words = std::vector<uint64_t>;

struct HookStatus {
    std::string name;
    std::string source;
    std::string refusal;  // the kernel's reason; empty: in use
    bool operator==(const HookStatus&) const = default;
};

struct Setting {
    std::string name;
    std::string value;
    bool operator==(const Setting&) const = default;
};

// What the recorder states about machine and recording, once, at the start.
struct TraceHeader {
    uint16_t format_version = kFormatVersion;
    std::string recorder_version;
    std::string host;
    std::string kernel_release;
    std::string kernel_version;
    std::string machine;
    std::string boot_id;
    uint16_t cpus = 0;
    std::vector<std::string> options;
    std::vector<HookStatus> hooks;
    std::vector<Setting> sysctls;
    bool operator==(const TraceHeader&) const = default;
};

using Digest = std::array<uint8_t, 32>;

enum class ChunkKind : uint16_t { kEvents, kSnapshot, kLoss, kClock };

struct ChunkHeader {
    uint64_t number = 0;
    ChunkKind kind = ChunkKind::kEvents;
    uint16_t cpu = 0;
    BootTime first_time;
    BootTime last_time;
    uint32_t events = 0;
    uint32_t compressed_bytes = 0;
    uint32_t plain_bytes = 0;
    Digest previous_hash{};
    LossCounts lost{};
    // Of the tasks that its events name, ascending, each once. Empty: the header does not say.
    std::vector<int32_t> processes = {};
};

struct Seal {
    std::string reason;
    uint64_t chunks = 0;
    uint64_t events = 0;
    Digest final_hash{};
    LossCounts lost{};
};

// Events of one CPU, in the order of its sequence numbers, and everything they point to.
class EventBatch {
  public:
    std::span<const Event> events() const { return events_; }
    std::span<const Task> tasks() const { return tasks_; }  // that the events name
    bool is_snapshot() const { return is_snapshot_; }

    EventBatch(const EventBatch&) = delete;
    EventBatch& operator=(const EventBatch&) = delete;

  private:
    EventBatch() = default;
    friend class EventChunkDecoder;

    Words words_;  // the strings live here
    bool is_snapshot_ = false;
    std::vector<std::string_view> strings_;
    std::vector<Task> tasks_;
    std::vector<ObjectNode> nodes_;
    // See CopyPlace.
    std::vector<std::shared_ptr<const void>> task_copies_, string_copies_, node_copies_;
    std::vector<Claim> claims_;
    std::vector<KernelCopy> copies_;
    std::vector<KernelObject> objects_;
    std::vector<Event> events_;
};

using Chunk = std::variant<std::shared_ptr<const EventBatch>, RecordsLost, ClockSample>;

Words encode(const EventColumns& columns, ChunkKind kind);
Words encode(const RecordsLost& loss);
Words encode(const ClockSample& sample);
Words encode(const TraceHeader& header);
Words encode(const ChunkHeader& header);
Words encode(const Seal& seal);

// Errors name the field that is wrong and its value.
Result<Chunk> decode_chunk(Words words);
Result<TraceHeader> decode_trace_header(const Words& words);
Result<ChunkHeader> decode_chunk_header(const Words& words);
Result<Seal> decode_seal(const Words& words);

}  // namespace tocsin
