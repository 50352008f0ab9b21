// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFont>
#include <QPainter>
#include <QRectF>

#include "gui/timeline/theme.h"
#include "gui/timeline/timeline_scene.h"

namespace tocsin::gui {

inline constexpr double kFindingMarkSize = 13;  // pixels

enum class Emphasis : uint8_t { kSelected, kOneOfMany };

// Draws what a finding is made of over the rows: its calls outlined, check, changes and use by
// their shapes, a dashed arrow from check to use and a solid one from change to use, with the time
// between. Where the order is uncertain the change has brackets and no arrow.
class FindingPainter {
  public:
    FindingPainter(QPainter& painter, const TimelineScene& scene, const TimelineGeometry& geometry,
                   const Theme& theme, const QFont& font);
    void paint(const FindingMarks& marks, Emphasis emphasis);

  private:
    struct Place {
        QPointF at;
        bool is_there = false;  // a row shows it
    };
    Place place_of(const FindingMark& mark) const;
    double x_of(uint64_t ns) const;
    void outline(const FindingMark& mark, const Place& place);
    void connect(const FindingMark& from, const FindingMark& to, Qt::PenStyle style);
    void bracket(const FindingMark& change, const FindingMark& use, const QString& why);
    void draw_head(QPointF tip, QPointF from, const QColor& colour);
    // Near the point, where nothing is said and no mark is.
    void say(QPointF middle, const QString& text, const QColor& colour);
    void name_marks(const FindingMarks& marks);

    QPainter& painter_;
    const TimelineScene& scene_;
    const TimelineGeometry& geometry_;
    const Theme& theme_;
    const TimeScale scale_;
    const QFont font_;
    std::vector<QRectF> taken_;  // where text and marks are already
};

}  // namespace tocsin::gui
