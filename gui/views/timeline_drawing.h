// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gui/timeline/drawing.h"
#include "gui/views/timeline_view.h"

namespace tocsin::gui {

// The timeline as it is on the screen, for images and pages.
class TimelineDrawing : public Drawing {
  public:
    // The view must outlive this.
    explicit TimelineDrawing(TimelineView& view) : view_(view) {}
    QString name() const override { return QStringLiteral("Timeline"); }
    QSizeF natural_size() const override { return view_.viewport()->size(); }
    void paint(QPainter& painter, const QRectF& area) const override {
        painter.save();
        painter.translate(area.topLeft());
        view_.draw(painter, area.size());
        painter.restore();
    }

  private:
    TimelineView& view_;
};

}  // namespace tocsin::gui
