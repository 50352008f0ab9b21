// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFont>
#include <QPainter>
#include <QPointF>
#include <QString>
#include <vector>

#include "gui/timeline/race_drawing.h"
#include "gui/timeline/theme.h"
#include "gui/timeline/time_scale.h"

namespace tocsin::gui {

// Draws a race to scale: a lane for each who takes part, bars from entry to exit with a mark where
// the kernel decided, arrows from what was changed and what was checked to the use, and below a
// ruler with the gaps. Screen, export and print draw by this.
class RaceCardRenderer {
  public:
    // `width` in the painter's units; at least kLeastWidth are used.
    static constexpr double kLeastWidth = 340;
    RaceCardRenderer(RaceDrawing drawing, double width, const QFont& font);

    double width() const { return width_; }
    double height() const { return height_; }
    void draw(QPainter& painter, const Theme& theme) const;
    // What is at this place, in full; empty: nothing.
    QString text_at(QPointF at) const;
    const RaceDrawing& drawing() const { return drawing_; }

  private:
    struct GapPlace {
        size_t gap = 0;
        double y = 0;  // of its line
    };
    void place_gaps();
    bool is_compact(size_t lane) const;
    QRectF lane_area(size_t lane) const;
    // Of its bars.
    double middle_of(size_t lane) const;
    void draw_axis(QPainter& painter, const Theme& theme) const;
    void draw_lane(QPainter& painter, const Theme& theme, size_t lane) const;
    void draw_who(QPainter& painter, const Theme& theme, const RaceLane& lane,
                  const QRectF& area) const;
    // In up to two lines, over arrows that pass.
    void draw_absence(QPainter& painter, const Theme& theme, size_t lane) const;
    void draw_bar(QPainter& painter, const Theme& theme, size_t lane, const RaceBar& bar) const;
    void draw_bar_labels(QPainter& painter, const Theme& theme, size_t lane) const;
    void draw_guides(QPainter& painter, const Theme& theme) const;
    void draw_uncertainty(QPainter& painter, const Theme& theme) const;
    void draw_arrow(QPainter& painter, const Theme& theme, const RaceDrawing::Arrow& arrow) const;
    // Left of the line that the gap is on; nothing where another one begins that line.
    QString name_at(const GapPlace& place) const;
    void draw_gap(QPainter& painter, const Theme& theme, const GapPlace& place) const;
    QRectF bar_area(size_t lane, const RaceBar& bar) const;

    const RaceDrawing drawing_;
    const QFont font_, small_;
    const double width_, line_, left_;
    double height_ = 0, axis_at_ = 0;
    std::vector<double> tops_;  // of lanes, and where the last one ends
    TimeScale scale_;
    std::vector<GapPlace> gaps_;
};

}  // namespace tocsin::gui
