// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/event_order.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>

#include "analyzer/replay/clock.h"

namespace tocsin {
namespace {

using Batch = std::shared_ptr<const EventBatch>;

// Why a chunk's content is not what its header promised; empty where it is.
std::string contradiction(const ChunkHeader& header, const Chunk& chunk) {
    const auto* batch = std::get_if<Batch>(&chunk);
    const bool wants_events =
        header.kind == ChunkKind::kEvents || header.kind == ChunkKind::kSnapshot;
    if ((batch != nullptr) != wants_events ||
        (batch != nullptr && (*batch)->is_snapshot() != (header.kind == ChunkKind::kSnapshot)) ||
        std::holds_alternative<RecordsLost>(chunk) != (header.kind == ChunkKind::kLoss))
        return "its content is of another kind than its header says";
    if (header.kind == ChunkKind::kEvents && !(*batch)->events().empty() &&
        (*batch)->events().front().cpu != header.cpu)
        return "its events are of CPU " + std::to_string((*batch)->events().front().cpu) +
               " and its header says CPU " + std::to_string(header.cpu);
    return {};
}

// Orders streams at equal times, and tells them apart: the snapshot, CPUs, losses, clocks.
uint32_t rank_of(const ChunkHeader& header) {
    switch (header.kind) {
        case ChunkKind::kSnapshot:
            return 0;
        case ChunkKind::kEvents:
            return 1 + uint32_t{header.cpu};
        case ChunkKind::kLoss:
            return 1 + (1U << 16U);
        case ChunkKind::kClock:
            break;
    }
    return 2 + (1U << 16U);
}

}  // namespace

EventOrder::EventOrder(const TraceReader& trace, size_t threads, const TimeSpan& span,
                       Progress* progress, const WantsChunk& wants)
    : trace_(trace), progress_(progress), read_ahead_(trace, threads) {
    first_time_.ns = UINT64_MAX;
    std::map<uint32_t, size_t> stream_of;  // by rank
    for (size_t chunk = 0; chunk < trace.chunks().size(); ++chunk) {
        const ChunkHeader& header = trace.chunks()[chunk].header;
        if (header.kind == ChunkKind::kEvents)
            first_time_ = std::min(first_time_, header.first_time);
        const auto [at, is_new] = stream_of.try_emplace(rank_of(header), streams_.size());
        if (is_new) {
            streams_.emplace_back();
            streams_.back().kind = header.kind;
            streams_.back().cpu = header.cpu;
            streams_.back().rank = rank_of(header);
        }
        streams_[at->second].chunks.push_back({chunk});
    }
    const BootTime start = first_time().value_or(BootTime{});
    from_ = later(start, span.from_ns);
    to_ = later(start, span.to_ns);
    for (size_t stream = 0; stream < streams_.size(); ++stream) {
        streams_[stream].last_time = first_time_;
        leave_out(streams_[stream], wants);
        if (const auto key = key_of(stream)) heap_.push(*key);
    }
    if (progress_ == nullptr) return;
    uint64_t events = 0;
    for (const Stream& stream : streams_)
        for (const Place& at : stream.chunks) events += trace.chunks()[at.chunk].header.events;
    progress_->begin(events);
}

// The chunks before and behind the span, and those that are not wanted.
void EventOrder::leave_out(Stream& stream, const WantsChunk& wants) {
    if (stream.kind != ChunkKind::kEvents) return;
    std::vector<Place> asked_for;
    bool is_behind_left_out = false;
    for (const Place& at : stream.chunks) {
        const ChunkHeader& header = trace_.chunks()[at.chunk].header;
        const bool is_asked_for = header.last_time >= from_ && header.first_time <= to_ &&
                                  (!wants || wants(header, first_time_));
        if (is_asked_for) asked_for.push_back({at.chunk, is_behind_left_out});
        is_behind_left_out = !is_asked_for;
    }
    left_out_ += stream.chunks.size() - asked_for.size();
    stream.chunks = std::move(asked_for);
}

// What lies between the last event and those that follow was left out, not lost.
void EventOrder::begin_anew(Stream& stream) {
    if (stream.events.empty()) return;
    stream.last_sequence = stream.events.front().sequence - 1;
    stream.last_time = std::max(stream.last_time, stream.events.front().time);
}

// Leaves out the events of its chunk that are before and behind the span.
void EventOrder::trim(Stream& stream) {
    auto& events = stream.events;
    while (!events.empty() && events.front().time < from_) {
        note_sequence(stream, events.front());
        events = events.subspan(1);
    }
    while (!events.empty() && events.back().time > to_) events = events.first(events.size() - 1);
}

// Where the stream's chunk is not decoded yet, the chunk's first time stands for its first event,
// with a sequence number below every event's.
std::optional<EventOrder::Key> EventOrder::key_of(size_t index) const {
    const Stream& stream = streams_[index];
    Key key{{}, stream.rank, 0, index};
    if (stream.next_event < stream.events.size()) {
        const Event& event = stream.events[stream.next_event];
        key.time = event.time;
        key.sequence = event.sequence;
    } else if (stream.next_chunk < stream.chunks.size()) {
        key.time = trace_.chunks()[stream.chunks[stream.next_chunk].chunk].header.first_time;
    } else {
        return std::nullopt;
    }
    if (stream.kind == ChunkKind::kSnapshot) {
        key.time = {};
    } else if (stream.last_sequence != 0) {
        key.time = std::max(key.time, stream.last_time);
    }
    return key;
}

// A stream that stays first costs the heap nothing: the events of one CPU come in runs.
void EventOrder::go_on_after(size_t index) {
    // As key_of() has it, for nearly every event: a sixth of what the order costs.
    const Stream& stream = streams_[index];
    const bool is_under_way = stream.last_sequence != 0 && stream.kind == ChunkKind::kEvents;
    if (is_under_way && stream.next_event < stream.events.size()) {
        const Event& event = stream.events[stream.next_event];
        first_->time = std::max(event.time, stream.last_time);
        first_->sequence = event.sequence;
        if (heap_.empty() || first_->time < heap_.top().time) return;
    }
    first_ = key_of(index);
    if (heap_.empty() || (first_ && *first_ < heap_.top())) return;
    if (first_) heap_.push(*first_);
    first_ = heap_.top();
    heap_.pop();
}

std::optional<EventOrder::Item> EventOrder::next() {
    if (!first_ && !heap_.empty()) {
        first_ = heap_.top();
        heap_.pop();
    }
    while (first_ && !is_stopped_) {
        const size_t index = first_->stream;
        Stream& stream = streams_[index];
        std::optional<Item> item;
        if (!stream.events.empty())
            item = take(stream);
        else
            item = load(stream);
        go_on_after(index);
        if (item) return item;
    }
    held_.reset();
    return std::nullopt;
}

std::optional<BootTime> EventOrder::first_time() const {
    if (first_time_.ns == UINT64_MAX) return std::nullopt;
    return first_time_;
}

// Losses and clock samples carry no order of their own beyond their chunk's: they are an item at
// once. Of events the first one is to take its place among the others' first.
std::optional<EventOrder::Item> EventOrder::load(Stream& stream) {
    const auto [chunk, is_behind_left_out] = stream.chunks[stream.next_chunk++];
    const ChunkHeader& header = trace_.chunks()[chunk].header;
    if (progress_ != nullptr) {
        progress_->add(header.events);
        is_stopped_ = progress_->is_cancelled();
    }
    auto decoded = read_ahead_.read(chunk);
    if (stream.next_chunk < stream.chunks.size())
        read_ahead_.expect(stream.chunks[stream.next_chunk].chunk);
    std::string wrong = decoded ? contradiction(header, *decoded) : decoded.error().message;
    const auto* batch = decoded ? std::get_if<Batch>(&*decoded) : nullptr;
    if (wrong.empty() && batch != nullptr) wrong = note_numbers(stream, **batch);
    if (!wrong.empty()) {
        if (decoded) wrong = "chunk " + std::to_string(chunk) + ": " + wrong;
        damage_.push_back(
            {chunk, header.cpu, header.first_time, header.last_time, header.events, wrong});
        stream.after_damage = true;
        return std::nullopt;
    }
    if (const auto* loss = std::get_if<RecordsLost>(&*decoded)) return *loss;
    if (const auto* sample = std::get_if<ClockSample>(&*decoded)) return *sample;
    stream.decoded = *batch;
    stream.events = stream.decoded->events();
    stream.next_event = 0;
    if (is_behind_left_out) begin_anew(stream);
    if (stream.kind == ChunkKind::kEvents) trim(stream);
    return std::nullopt;
}

// Why the chunk's events cannot follow those before; empty where they can. Within a chunk they
// rise.
std::string EventOrder::note_numbers(Stream& stream, const EventBatch& batch) {
    if (batch.events().empty()) return {};
    const Event& first = batch.events().front();
    const auto [last, is_first] =
        stream.last_numbers.try_emplace(first.cpu, batch.events().back().sequence);
    if (is_first) return {};
    if (first.sequence <= last->second)
        return "it begins with record " + std::to_string(first.sequence) + " of CPU " +
               std::to_string(first.cpu) + " and the one before ended with " +
               std::to_string(last->second);
    last->second = batch.events().back().sequence;
    return {};
}

EventOrder::Item EventOrder::take(Stream& stream) {
    const Event& event = stream.events[stream.next_event++];
    if (stream.next_event == stream.events.size()) {
        held_ = std::move(stream.decoded);
        stream.events = {};
        stream.next_event = 0;
    }
    note_sequence(stream, event);
    return &event;
}

void EventOrder::note_sequence(Stream& stream, const Event& event) {
    if (stream.kind == ChunkKind::kEvents && event.sequence > stream.last_sequence &&
        event.sequence - stream.last_sequence > 1)
        losses_.push_back({stream.cpu, std::min(stream.last_time, event.time), event.time,
                           event.sequence - stream.last_sequence - 1, stream.after_damage});
    stream.after_damage = false;
    stream.last_sequence = std::max(stream.last_sequence, event.sequence);
    stream.last_time = std::max(stream.last_time, event.time);
}

}  // namespace tocsin
