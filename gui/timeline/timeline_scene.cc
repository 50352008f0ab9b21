// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/timeline_scene.h"

namespace tocsin::gui {
namespace {

constexpr double kReachPixels = 4;
constexpr double kFoldPixels = 3;  // as drawn

struct Nearby {
    const SegmentForest* forest = nullptr;
    std::vector<uint32_t> of;
    uint64_t at = 0, from = 0, to = 0, reach = 0, fold = 0;
};

std::optional<Nearby> nearby(const TimelineScene& scene, const TimelineGeometry& geometry, double x,
                             double y) {
    const auto row = geometry.row_at(*scene.rows, y);
    if (!row || x < geometry.label_width) return std::nullopt;
    const TimelineRow& at = scene.rows->at(*row);
    const TimeScale scale = geometry.scale(scene);
    Nearby near;
    if (at.id.kind == RowKind::kFile) {
        near.forest = &scene.events->by_file();
        near.of = {at.id.index};
    } else {
        near.forest = &scene.events->by_thread();
        near.of = scene.rows->threads_of(at);
    }
    near.at = scale.ns_of(x);
    near.reach = static_cast<uint64_t>(scale.ns_per_pixel() * kReachPixels);
    near.fold = static_cast<uint64_t>(scale.ns_per_pixel() * kFoldPixels);
    near.from = scale.ns_of(x - kReachPixels);
    near.to = scale.ns_of(x + kReachPixels);
    return near;
}

}  // namespace

EventIndex event_at(const TimelineScene& scene, const TimelineGeometry& geometry, double x,
                    double y) {
    const auto near = nearby(scene, geometry, x, y);
    if (!near) return kNoEvent;
    const EventStore& events = *scene.events;
    EventIndex best = kNoEvent, marked = kNoEvent;
    uint64_t best_away = UINT64_MAX, best_length = UINT64_MAX;
    const auto take = [&](EventIndex event) {
        if (events.kind(event) == EventKind::kFound) return;
        // A call is its return; its entry is hit only where that is missing.
        const uint64_t to = events.time_ns(event);
        const bool lasts = events.kind(event) == EventKind::kReturn;
        const uint64_t from = lasts ? std::min(events.begin_ns(event), to) : to;
        uint64_t away = near->at < from ? from - near->at : near->at > to ? near->at - to : 0;
        if (away > near->reach) return;
        uint64_t length = to - from;
        if (events.kind(event) == EventKind::kEntry)
            length = UINT64_MAX - 1;
        else if (!lasts && away <= near->reach / 2)
            away = 0;  // a tick lies on its call
        if (away < best_away || (away == best_away && length < best_length)) {
            best = event;
            best_away = away;
            best_length = length;
        }
    };
    for (const uint32_t of : near->of) {
        near->forest->visit_marked(of, near->from, near->to, near->fold,
                                   [&](EventIndex event, Severity) {
                                       if (marked == kNoEvent) marked = event;
                                   });
        near->forest->visit(
            of, near->from, near->to, near->fold, [](const Segment&) {}, take);
    }
    return best != kNoEvent ? best : marked;
}

uint64_t events_near(const TimelineScene& scene, const TimelineGeometry& geometry, double x,
                     double y) {
    const auto near = nearby(scene, geometry, x, y);
    uint64_t count = 0;
    if (!near) return count;
    for (const uint32_t of : near->of)
        near->forest->visit(
            of, near->from, near->to, near->fold,
            [&](const Segment& segment) { count += segment.count; }, [&](EventIndex) { ++count; });
    return count;
}

std::optional<double> middle_of(const TimelineScene& scene, const TimelineGeometry& geometry,
                                const FindingMark& mark) {
    const TimelineRows& rows = *scene.rows;
    const auto row = rows.grouping() == Grouping::kByProcess ? rows.row_of_thread(mark.thread)
                                                             : rows.row_of_file(mark.file);
    if (!row) return std::nullopt;
    return geometry.top_of(rows, *row) + geometry.row_height / 2;
}

}  // namespace tocsin::gui
