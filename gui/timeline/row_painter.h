// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFont>
#include <QFontMetricsF>
#include <QLineF>
#include <QPainter>
#include <QRectF>
#include <QStaticText>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gui/timeline/event_store.h"
#include "gui/timeline/theme.h"
#include "gui/timeline/time_scale.h"

namespace tocsin::gui {

// Names of calls, laid out once for a font.
class CallNames {
  public:
    explicit CallNames(const QFont& font) : font_(font), metrics_(font) {}
    struct Name {
        QStaticText text;
        double width = 0;
    };
    const Name& of(const EventStore& events, EventIndex event);
    const QFont& font() const { return font_; }
    const QFontMetricsF& metrics() const { return metrics_; }

  private:
    QFont font_;
    QFontMetricsF metrics_;
    std::unordered_map<uint32_t, Name> names_;  // by kind and number
};

// Draws the events of one row after another: calls as bars, hooks as ticks, forks, execs and exits
// as shapes. What is narrower than a few pixels is folded into columns as high as their number has
// digits, hatched, and counted where the number fits. Marks of findings show at any zoom.
class RowPainter {
  public:
    RowPainter(QPainter& painter, const EventStore& events, const TimeScale& scale,
               uint64_t from_ns, uint64_t to_ns, const Theme& theme, CallNames& names);

    // From one x to another.
    using Spans = std::vector<std::pair<double, double>>;
    // What is drawn over the rows from now on: where it shows more than marks of findings do, and
    // they are left out; and where it covers names, in rising order.
    void set_over(Spans quiet, Spans covered) {
        quiet_ = std::move(quiet);
        covered_ = std::move(covered);
    }
    // `area`: the row's, without its label. Calls of several threads have no names: they lie on
    // each other.
    void paint_threads(std::span<const uint32_t> threads, const QRectF& area);
    void paint_file(uint32_t file, const QRectF& area);
    // All events of the trace by their number alone.
    void paint_all(const QRectF& area);

  private:
    struct Label {
        QRectF bar;
        EventIndex event;
    };
    enum class Of : uint8_t { kThread, kFile };
    void begin(const QRectF& area);
    void add(const SegmentForest& forest, uint32_t row, Of of);
    void add_segment(const Segment& segment);
    void add_event(EventIndex event, Of of);
    void add_bar(EventIndex event, uint64_t from_ns, uint64_t to_ns, bool failed);
    void add_tick(uint64_t at_ns);
    void add_shape(EventKind kind, uint64_t at_ns);
    void finish();
    void draw_folded();
    void draw_run(size_t first, size_t end);
    void draw_shapes();
    void draw_labels();
    void draw_severities();
    bool is_quiet(double x) const;
    // From `left` on the first place where so much is not covered.
    double uncovered(double left, double width) const;
    // Where what is covered next begins.
    double next_covered(double left) const;
    QString more_of(EventIndex event) const;
    QRectF bar_area(double left, double right) const;

    QPainter& painter_;
    const EventStore& events_;
    const TimeScale& scale_;
    const uint64_t from_ns_, to_ns_;
    const Theme& theme_;
    CallNames& names_;
    const uint16_t exec_hook_;
    Spans quiet_, covered_;

    // Of the row that is under way.
    QRectF area_;
    std::vector<float> folded_;  // events by column, a pixel each
    bool has_folded_ = false;
    size_t first_folded_ = 0, end_folded_ = 0;
    std::vector<int8_t> severities_;  // by column; -1: none
    bool has_severities_ = false;
    std::vector<QRectF> bars_, failed_, ticks_;
    std::vector<QLineF> hatch_;
    struct Shape {
        EventKind kind;
        double x;
    };
    std::vector<Shape> shapes_;
    std::vector<Label> labels_;
    std::vector<std::pair<QRectF, QString>> counts_;  // of folded runs
    int last_bar_ = INT32_MIN, last_tick_ = INT32_MIN;
};

}  // namespace tocsin::gui
