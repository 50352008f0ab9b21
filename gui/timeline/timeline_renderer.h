// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFont>
#include <QPainter>
#include <QRectF>
#include <utility>
#include <vector>

#include "gui/timeline/row_painter.h"
#include "gui/timeline/theme.h"
#include "gui/timeline/timeline_scene.h"

namespace tocsin::gui {

// Draws a timeline: the same for a screen, an image, a page and a test. What it costs grows with
// the pixels, not with the events. Keeps what names look like in its font; for one thread.
class TimelineRenderer {
  public:
    TimelineRenderer(const Theme& theme, const QFont& font);

    // All of it, from (0, 0) on.
    void paint(QPainter& painter, const TimelineScene& scene, const TimelineGeometry& geometry);
    // The same in two: what changes with viewport and rows, and over it what follows the mouse
    // and the playhead.
    void paint_ground(QPainter& painter, const TimelineScene& scene,
                      const TimelineGeometry& geometry);
    void paint_overlay(QPainter& painter, const TimelineScene& scene,
                       const TimelineGeometry& geometry);

    const Theme& theme() const { return theme_; }

  private:
    struct Frame {
        QPainter& painter;
        const TimelineScene& scene;
        const TimelineGeometry& geometry;
        TimeScale scale;
        QRectF body;    // right of the labels, below the ruler
        double bottom;  // of the last row
    };
    static Frame frame_of(QPainter& painter, const TimelineScene& scene,
                          const TimelineGeometry& geometry);
    void paint_grid(const Frame& frame);
    void paint_rows(const Frame& frame);
    void paint_row(const Frame& frame, size_t row, RowPainter& events);
    static void set_over(const Frame& frame, const TimelineRow& row, RowPainter& events);
    void paint_losses(const Frame& frame);
    void paint_labels(const Frame& frame);
    void paint_label(const Frame& frame, size_t row);
    void paint_ruler(const Frame& frame);
    void paint_notes(const Frame& frame);
    void paint_range(const Frame& frame);
    void paint_findings(const Frame& frame);
    void paint_event(const Frame& frame, EventIndex event, const QColor& colour, double width);
    void paint_playhead(const Frame& frame);
    void paint_status(const Frame& frame);

    const Theme& theme_;
    QFont font_, small_;
    CallNames names_;
};

}  // namespace tocsin::gui
