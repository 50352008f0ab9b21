// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QPainter>
#include <QPalette>
#include <array>

#include "analyzer/judge/finding.h"

namespace tocsin::gui {

// What a mark stands for. Each has a colour and a shape of its own, so that neither alone is needed
// to tell them apart.
enum class MarkKind : uint8_t {
    kCheck,   // diamond
    kChange,  // cross
    kUse,     // square
    kOther,   // dot
};

// Colours of all that is drawn, after the palette of Okabe and Ito ("Color Universal Design",
// 2008), which people with any kind of colour vision tell apart.
struct Theme {
    QColor background, raised, text, muted, line, selection;
    QColor outline;  // of what is operated: boxes, fields, sliders
    QColor check, change, use, other;
    QColor call, failed_call, hook;  // bars and ticks of ordinary events
    QColor lost;                     // hatched
    std::array<QColor, kSeverities> severities;

    const QColor& of(Severity severity) const { return severities[static_cast<size_t>(severity)]; }
    const QColor& of(MarkKind kind) const;

    static const Theme& light();
    static const Theme& dark();
    // By how bright its background is.
    static const Theme& of(const QPalette& palette);
};

// The kind's shape, filled, within a square of this size around the point.
void draw_mark(QPainter& painter, MarkKind kind, QPointF middle, qreal size, const QColor& colour);
// The severity's: critical a filled octagon, high a triangle, medium a diamond, low a ring, info a
// dot.
void draw_severity(QPainter& painter, Severity severity, QPointF middle, qreal size,
                   const QColor& colour);

// The same as icons, sharp at every scale that screens have.
class SeverityIcons {
  public:
    // Made anew where the theme is another one than before.
    const QIcon& of(Severity severity, const Theme& theme);

  private:
    const Theme* made_for_ = nullptr;
    std::array<QIcon, kSeverities> icons_;
};

// Fills the area with slanted lines, which stand still when it moves.
void draw_hatch(QPainter& painter, const QRectF& area, const QColor& colour);

}  // namespace tocsin::gui
