// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFont>

#include "analyzer/judge/analysis.h"
#include "gui/timeline/drawing.h"
#include "gui/timeline/race_drawing.h"
#include "gui/timeline/theme.h"

namespace tocsin::gui {

// A race in its lanes, below a line that says which it is: for images and pages.
class RaceCardDrawing : public Drawing {
  public:
    // The theme must outlive this.
    RaceCardDrawing(const AnalysisResult& result, const EventStore& events, const Finding& finding,
                    const Theme& theme, const QFont& font);
    QString name() const override { return QStringLiteral("Race card"); }
    QSizeF natural_size() const override;
    void paint(QPainter& painter, const QRectF& area) const override;

  private:
    double title_height() const;

    const RaceDrawing drawing_;
    const QString title_, subtitle_;  // escaped
    const Theme& theme_;
    const QFont font_;
};

}  // namespace tocsin::gui
