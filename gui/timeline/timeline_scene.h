// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/replay/event_order.h"
#include "gui/timeline/event_store.h"
#include "gui/timeline/finding_marks.h"
#include "gui/timeline/time_scale.h"
#include "gui/timeline/timeline_rows.h"

namespace tocsin::gui {

// All that a timeline shows. What it points to must outlive it.
struct TimelineScene {
    const EventStore* events = nullptr;
    const TimelineRows* rows = nullptr;
    uint64_t from_ns = 0, to_ns = 1;  // since boot
    uint64_t zero_ns = 0;             // where the ruler counts from
    std::string host;
    std::span<const LossInterval> losses;

    const FindingMarks* finding = nullptr;  // the selected one
    std::span<const FindingMarks> others;   // further ones whose arrows are wanted
    size_t others_left_out = 0;             // and there is no room for

    std::optional<EventIndex> selected, hovered;
    std::optional<RowId> current;
    std::optional<std::pair<uint64_t, uint64_t>> range;
    struct Note {
        uint64_t from_ns = 0, to_ns = 0;
        QString text;
    };
    std::vector<Note> notes;  // marks of the case file
    std::optional<uint64_t> playhead_ns;
    QString status;  // a line at the bottom; empty: none
};

// Where rows and times lie on the drawing.
struct TimelineGeometry {
    double width = 0, height = 0;
    double scroll = 0;  // of the rows that are not pinned
    double label_width = 230, ruler_height = 28, row_height = 24;

    TimeScale scale(const TimelineScene& scene) const {
        return {scene.from_ns, scene.to_ns, label_width, std::max(width - label_width, 1.0)};
    }
    double rows_height(const TimelineRows& rows) const {
        return static_cast<double>(rows.size()) * row_height;
    }
    // Below the ruler and the pinned rows.
    double scrolled_top(const TimelineRows& rows) const {
        return ruler_height + static_cast<double>(rows.pinned()) * row_height;
    }
    double top_of(const TimelineRows& rows, size_t row) const {
        const double top = ruler_height + static_cast<double>(row) * row_height;
        return row < rows.pinned() ? top : top - scroll;
    }
    std::optional<size_t> row_at(const TimelineRows& rows, double y) const {
        if (y < ruler_height || y >= height) return std::nullopt;
        const double from_top = y - ruler_height + (y >= scrolled_top(rows) ? scroll : 0);
        const auto row = static_cast<size_t>(from_top / row_height);
        return row < rows.size() ? std::optional(row) : std::nullopt;
    }
    // Of those that are not pinned: the first, and the one behind the last.
    std::pair<size_t, size_t> visible(const TimelineRows& rows) const {
        const size_t first = rows.pinned() + static_cast<size_t>(scroll / row_height);
        const double room = std::max(height - scrolled_top(rows), 0.0);
        const size_t last = first + static_cast<size_t>(room / row_height) + 2;
        return {std::min(first, rows.size()), std::min(last, rows.size())};
    }
    double max_scroll(const TimelineRows& rows) const {
        return std::max(0.0, ruler_height + rows_height(rows) - height);
    }
};

// What of a row is at this point; kNoEvent: nothing, or what is folded there and not marked.
EventIndex event_at(const TimelineScene& scene, const TimelineGeometry& geometry, double x,
                    double y);
// How many events are within a few pixels of it.
uint64_t events_near(const TimelineScene& scene, const TimelineGeometry& geometry, double x,
                     double y);
// The middle of the row that shows the mark; nullopt: none does.
std::optional<double> middle_of(const TimelineScene& scene, const TimelineGeometry& geometry,
                                const FindingMark& mark);

}  // namespace tocsin::gui
