// SPDX-License-Identifier: Apache-2.0
#include "gui/session/chunk_cache.h"

#include <algorithm>

#include "analyzer/report/phrases.h"

namespace tocsin::gui {

ChunkCache::ChunkCache(std::shared_ptr<const TraceReader> trace) : trace_(std::move(trace)) {}

Result<ChunkCache::Batch> ChunkCache::decoded(size_t chunk) {
    if (const auto at = places_.find(chunk); at != places_.end()) {
        recent_.splice(recent_.begin(), recent_, at->second);
        return recent_.front().second;
    }
    auto read = trace_->read(chunk);
    if (!read) return read.error();
    auto* batch = std::get_if<Batch>(&*read);
    if (batch == nullptr) return Error{"chunk " + std::to_string(chunk) + " holds no events"};
    recent_.emplace_front(chunk, std::move(*batch));
    places_[chunk] = recent_.begin();
    if (recent_.size() > kMostChunks) {
        places_.erase(recent_.back().first);
        recent_.pop_back();
    }
    return recent_.front().second;
}

Result<EventInFull> ChunkCache::find(const EventRef& wanted, BootTime time, bool is_found) {
    const ChunkKind kind = is_found ? ChunkKind::kSnapshot : ChunkKind::kEvents;
    Error why{"no chunk holds record " + event_text(wanted)};
    for (size_t chunk = 0; chunk < trace_->chunks().size(); ++chunk) {
        const ChunkHeader& header = trace_->chunks()[chunk].header;
        const bool may_hold = header.kind == kind &&
                              (is_found || (header.cpu == wanted.cpu && header.first_time <= time &&
                                            time <= header.last_time));
        if (!may_hold) continue;
        auto batch = decoded(chunk);
        if (!batch) {
            why = batch.error();
            continue;
        }
        const auto events = (*batch)->events();
        const auto is_wanted = [&wanted](const Event& event) {
            return event.sequence == wanted.sequence && event.cpu == wanted.cpu;
        };
        // A chunk's events are of one CPU, their numbers rising; the snapshot's of several.
        auto at = std::partition_point(events.begin(), events.end(), [&](const Event& event) {
            return event.sequence < wanted.sequence;
        });
        if (at == events.end() || !is_wanted(*at))
            at = std::find_if(events.begin(), events.end(), is_wanted);
        if (at != events.end()) return EventInFull{*batch, &*at, chunk};
    }
    return why;
}

}  // namespace tocsin::gui
