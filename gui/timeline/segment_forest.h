// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analyzer/judge/finding.h"
#include "gui/timeline/chunked_column.h"

namespace tocsin::gui {

// An event by its place in the order of time.
using EventIndex = uint32_t;
inline constexpr EventIndex kNoEvent = UINT32_MAX;

// A run of a row's events, folded into what may be drawn of it.
struct Segment {
    uint64_t from = UINT64_MAX, to = 0;  // of all of them, in nanoseconds since boot
    uint32_t count = 0;
    EventIndex worst = kNoEvent;         // the first of the gravest that findings mark
    std::optional<Severity> severity{};  // of it; nullopt: none is marked

    bool overlaps(uint64_t begin, uint64_t end) const { return from <= end && to >= begin; }
    uint64_t width() const { return to > from ? to - from : 0; }
};

// For each row of a timeline its events, in the order of time, under levels of segments of kFanOut
// each: what a view shows of a row costs its pixels, not its events. Severity wins over number:
// one marked event among millions still shows.
class SegmentForest {
  public:
    static constexpr size_t kFanOut = 16;

    // Events of one row must rise. What it lasts from and to is what the segments hold.
    void append(size_t row, EventIndex event, uint64_t from, uint64_t to);
    // Marks an event of the row, where that is graver than what it is marked as; false: the row has
    // no such event. O(log events).
    bool mark(size_t row, EventIndex event, Severity severity);
    void clear_marks();

    // What the event is marked as.
    std::optional<Severity> severity_of(EventIndex event) const;
    // Row and place in its events, of all that are marked.
    const std::vector<std::pair<size_t, size_t>>& marked() const { return marked_; }

    size_t rows() const { return rows_.size(); }
    // 0 for a row that has none.
    size_t events_of(size_t row) const { return row < rows_.size() ? rows_[row].events.size() : 0; }
    const ChunkedColumn<EventIndex>& events(size_t row) const { return rows_[row].events; }
    // The place in events() of the first that is this one or later; their number where there is
    // none. O(log events).
    size_t place_from(size_t row, EventIndex event) const;
    // All of the row as one.
    Segment whole(size_t row) const;
    // What it takes.
    size_t bytes() const;

    // What of the row is in [from, to]: segments no wider than `resolution`, and single events for
    // the rest, which may lie outside by a little. In the order of time.
    template <typename TakeSegment, typename TakeEvent>
    void visit(size_t row, uint64_t from, uint64_t to, uint64_t resolution,
               const TakeSegment& take_segment, const TakeEvent& take_event) const {
        if (row >= rows_.size() || rows_[row].levels.empty()) return;
        const Row& of = rows_[row];
        const size_t top = of.levels.size() - 1;
        for (size_t i = 0; i < of.levels[top].size(); ++i)
            visit(of, top, i, from, to, resolution, take_segment, take_event);
    }

    // Whether something of the row is in [from, to]: a segment that lies in it and does not begin
    // before `counted_from` is; of an event of any other segment `is_in` says so.
    template <typename IsIn>
    bool has_any(size_t row, uint64_t from, uint64_t to, uint64_t counted_from,
                 const IsIn& is_in) const {
        if (row >= rows_.size() || rows_[row].levels.empty()) return false;
        const Row& of = rows_[row];
        const size_t top = of.levels.size() - 1;
        const uint64_t inside_from = std::max(from, counted_from);
        for (size_t i = 0; i < of.levels[top].size(); ++i)
            if (has_any(of, top, i, from, to, inside_from, is_in)) return true;
        return false;
    }
    // The marked ones among what is in [from, to], the worst of each segment no wider than
    // `resolution` standing for all of it.
    template <typename TakeMarked>  // of its EventIndex and Severity
    void visit_marked(size_t row, uint64_t from, uint64_t to, uint64_t resolution,
                      const TakeMarked& take) const {
        if (row >= rows_.size() || rows_[row].levels.empty()) return;
        const Row& of = rows_[row];
        const size_t top = of.levels.size() - 1;
        for (size_t i = 0; i < of.levels[top].size(); ++i)
            visit_marked(of, top, i, from, to, resolution, take);
    }

  private:
    struct Row {
        ChunkedColumn<EventIndex> events;
        std::vector<ChunkedColumn<Segment>> levels;  // the lowest first
    };
    template <typename TakeSegment, typename TakeEvent>
    static void visit(const Row& row, size_t level, size_t at, uint64_t from, uint64_t to,
                      uint64_t resolution, const TakeSegment& take_segment,
                      const TakeEvent& take_event) {
        const Segment& segment = row.levels[level][at];
        if (!segment.overlaps(from, to)) return;
        if (segment.count > 1 && segment.width() <= resolution) {
            take_segment(segment);
            return;
        }
        const size_t first = at * kFanOut;
        if (level == 0) {
            const size_t end = std::min(first + kFanOut, row.events.size());
            for (size_t i = first; i < end; ++i) take_event(row.events[i]);
            return;
        }
        const size_t end = std::min(first + kFanOut, row.levels[level - 1].size());
        for (size_t i = first; i < end; ++i)
            visit(row, level - 1, i, from, to, resolution, take_segment, take_event);
    }

    template <typename IsIn>
    static bool has_any(const Row& row, size_t level, size_t at, uint64_t from, uint64_t to,
                        uint64_t inside_from, const IsIn& is_in) {
        const Segment& segment = row.levels[level][at];
        if (!segment.overlaps(from, to)) return false;
        if (segment.from >= inside_from && segment.to <= to) return true;
        const size_t first = at * kFanOut;
        if (level == 0) {
            const size_t end = std::min(first + kFanOut, row.events.size());
            for (size_t i = first; i < end; ++i)
                if (is_in(row.events[i])) return true;
            return false;
        }
        const size_t end = std::min(first + kFanOut, row.levels[level - 1].size());
        for (size_t i = first; i < end; ++i)
            if (has_any(row, level - 1, i, from, to, inside_from, is_in)) return true;
        return false;
    }
    template <typename TakeMarked>
    void visit_marked(const Row& row, size_t level, size_t at, uint64_t from, uint64_t to,
                      uint64_t resolution, const TakeMarked& take) const {
        const Segment& segment = row.levels[level][at];
        if (!segment.severity || !segment.overlaps(from, to)) return;
        if (segment.width() <= resolution) {
            take(segment.worst, *segment.severity);
            return;
        }
        const size_t first = at * kFanOut;
        if (level == 0) {
            const size_t end = std::min(first + kFanOut, row.events.size());
            for (size_t i = first; i < end; ++i)
                if (const auto severity = severity_of(row.events[i]))
                    take(row.events[i], *severity);
            return;
        }
        const size_t end = std::min(first + kFanOut, row.levels[level - 1].size());
        for (size_t i = first; i < end; ++i)
            visit_marked(row, level - 1, i, from, to, resolution, take);
    }

    std::deque<Row> rows_;
    std::vector<std::pair<size_t, size_t>> marked_;  // row, place in its events
    std::unordered_map<EventIndex, Severity> severities_;
};

}  // namespace tocsin::gui
