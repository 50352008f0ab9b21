// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/segment_forest.h"

#include <algorithm>
#include <ranges>

namespace tocsin::gui {

void SegmentForest::append(size_t row, EventIndex event, uint64_t from, uint64_t to) {
    if (row >= rows_.size()) rows_.resize(row + 1);
    Row& of = rows_[row];
    size_t at = of.events.size();
    of.events.push_back(event);
    for (size_t level = 0; level == 0 || at >= kFanOut; ++level) {
        at /= kFanOut;
        if (level == of.levels.size()) {
            of.levels.emplace_back();
            // All that the level below had before this event is the new level's first segment.
            if (level > 0) {
                Segment first;
                const auto& below = of.levels[level - 1];
                for (size_t i = 0; i + 1 < below.size() && i < kFanOut; ++i) {
                    first.from = std::min(first.from, below[i].from);
                    first.to = std::max(first.to, below[i].to);
                    first.count += below[i].count;
                    if (below[i].severity > first.severity) {
                        first.severity = below[i].severity;
                        first.worst = below[i].worst;
                    }
                }
                of.levels[level].push_back(first);
            }
        }
        auto& segments = of.levels[level];
        if (at == segments.size()) segments.push_back({});
        Segment& last = segments.back();
        last.from = std::min(last.from, from);
        last.to = std::max(last.to, to);
        ++last.count;
    }
}

size_t SegmentForest::place_from(size_t row, EventIndex event) const {
    const ChunkedColumn<EventIndex>& events = rows_[row].events;
    const auto places = std::views::iota(size_t{0}, events.size());
    const auto is_before = [&](size_t place) { return events[place] < event; };
    return static_cast<size_t>(std::ranges::partition_point(places, is_before) - places.begin());
}

bool SegmentForest::mark(size_t row, EventIndex event, Severity severity) {
    if (row >= rows_.size()) return false;
    Row& of = rows_[row];
    size_t at = place_from(row, event);
    if (at == of.events.size() || of.events[at] != event) return false;
    const auto [known, is_new] = severities_.try_emplace(event, severity);
    if (is_new)
        marked_.emplace_back(row, at);
    else
        known->second = std::max(known->second, severity);
    for (auto& segments : of.levels) {
        at /= kFanOut;
        Segment& segment = segments[at];
        if (!segment.severity || severity > *segment.severity) {
            segment.severity = severity;
            segment.worst = event;
        }
    }
    return true;
}

void SegmentForest::clear_marks() {
    for (auto [row, at] : marked_)
        for (auto& segments : rows_[row].levels) {
            at /= kFanOut;
            segments[at].severity = std::nullopt;
            segments[at].worst = kNoEvent;
        }
    marked_.clear();
    severities_.clear();
}

std::optional<Severity> SegmentForest::severity_of(EventIndex event) const {
    const auto at = severities_.find(event);
    return at != severities_.end() ? std::optional(at->second) : std::nullopt;
}

Segment SegmentForest::whole(size_t row) const {
    Segment whole;
    if (row >= rows_.size() || rows_[row].levels.empty()) return whole;
    const ChunkedColumn<Segment>& top = rows_[row].levels.back();
    for (size_t i = 0; i < top.size(); ++i) {
        const Segment& segment = top[i];
        whole.from = std::min(whole.from, segment.from);
        whole.to = std::max(whole.to, segment.to);
        whole.count += segment.count;
        if (segment.severity && (!whole.severity || *segment.severity > *whole.severity)) {
            whole.severity = segment.severity;
            whole.worst = segment.worst;
        }
    }
    return whole;
}

size_t SegmentForest::bytes() const {
    size_t bytes = rows_.size() * sizeof(Row);
    for (const Row& row : rows_) {
        bytes += row.events.bytes() + row.levels.capacity() * sizeof(ChunkedColumn<Segment>);
        for (const auto& segments : row.levels) bytes += segments.bytes();
    }
    return bytes;
}

}  // namespace tocsin::gui
