// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "analyzer/replay/progress.h"
#include "analyzer/replay/read_ahead.h"
#include "analyzer/replay/time_span.h"
#include "formats/event.h"
#include "formats/trace_reader.h"

namespace tocsin {

// Records of one CPU that are not in the trace: its sequence numbers say how many.
struct LossInterval {
    uint16_t cpu = 0;
    BootTime after;   // the last event before the gap, else the trace's first
    BootTime before;  // the first event behind it
    uint64_t count = 0;
    bool in_damaged_chunk = false;  // the recorder wrote them; the file lost them
};

// A chunk that is there but cannot be decoded.
struct DamagedChunk {
    size_t chunk = 0;
    uint16_t cpu = 0;
    BootTime first_time, last_time;
    uint32_t events = 0;
    std::string message;  // with chunk number and offset
};

// Hands out a trace's events in time order: those of the start-up snapshot first, then all others
// by (time, CPU, sequence).
//
// Events of one CPU keep the order of their sequence numbers even where their times run back by a
// little. A chunk is decoded when the merge reaches its first time and freed once it is used up,
// so memory is one chunk per CPU, two where further threads decode the next one of each meanwhile.
// Of a span, events outside are left out; chunks that lie outside by what their headers state are
// not even decoded, nor are those of which `wants` says so by their headers. The snapshot, losses
// and clock samples are always there.
//
// The trace must outlive this. Not thread-safe.
class EventOrder {
  public:
    using Item = std::variant<const Event*, RecordsLost, ClockSample>;
    // Of a chunk of events; `start` is first_time().
    using WantsChunk = std::function<bool(const ChunkHeader&, BootTime start)>;

    // `threads`: the caller's and those that decode ahead of it. `progress` may be nullptr; else
    // it must outlive this.
    explicit EventOrder(const TraceReader& trace, size_t threads = 1, const TimeSpan& span = {},
                        Progress* progress = nullptr, const WantsChunk& wants = {});

    // The next item; nullopt at the end, and soon after the progress was cancelled. An Event lives
    // until the next call.
    std::optional<Item> next();

    // Of all events behind the snapshot, as the chunks state it; nullopt: there is none.
    std::optional<BootTime> first_time() const;

    // What was found missing so far, in the order of `before`.
    const std::vector<LossInterval>& losses() const { return losses_; }
    const std::vector<DamagedChunk>& damage() const { return damage_; }
    // Chunks that were not asked for.
    size_t left_out() const { return left_out_; }

  private:
    struct Place {
        size_t chunk = 0;
        bool is_behind_left_out = false;  // no gap before its first event is a loss
    };
    // The chunks of one CPU, or all of one kind that knows no CPU, in the order of the file.
    struct Stream {
        ChunkKind kind = ChunkKind::kEvents;
        uint16_t cpu = 0;
        uint32_t rank = 0;
        std::vector<Place> chunks;
        size_t next_chunk = 0;
        std::shared_ptr<const EventBatch> decoded;  // nullptr: its events are used up
        std::span<const Event> events;
        size_t next_event = 0;
        BootTime last_time;
        uint64_t last_sequence = 0;
        bool after_damage = false;
        std::map<uint16_t, uint64_t> last_numbers;  // by CPU: the snapshot's chunks know several
    };
    struct Key {
        BootTime time;
        uint32_t rank;  // snapshot, then CPUs, then losses, then clocks
        uint64_t sequence;
        size_t stream;
        auto operator<=>(const Key&) const = default;
    };

    // The stream's next event; nullopt: there is none.
    std::optional<Key> key_of(size_t stream) const;
    void go_on_after(size_t stream);
    void leave_out(Stream& stream, const WantsChunk& wants);
    void begin_anew(Stream& stream);
    void trim(Stream& stream);
    // Decodes the stream's next chunk.
    std::optional<Item> load(Stream& stream);
    Item take(Stream& stream);
    static std::string note_numbers(Stream& stream, const EventBatch& batch);
    void note_sequence(Stream& stream, const Event& event);

    const TraceReader& trace_;
    Progress* const progress_;
    ReadAhead read_ahead_;
    std::vector<Stream> streams_;
    std::optional<Key> first_;  // before all of the heap
    std::priority_queue<Key, std::vector<Key>, std::greater<>> heap_;
    std::shared_ptr<const EventBatch> held_;  // the last event's, if it was the last of its chunk
    BootTime first_time_;
    BootTime from_, to_;
    size_t left_out_ = 0;
    bool is_stopped_ = false;
    std::vector<LossInterval> losses_;
    std::vector<DamagedChunk> damage_;
};

}  // namespace tocsin
