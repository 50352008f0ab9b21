// SPDX-License-Identifier: Apache-2.0
#include "gui/views/tool_button.h"

#include <QEvent>
#include <QPainter>
#include <QPainterPath>

namespace tocsin::gui {
namespace {

constexpr int kSize = 16;

void add_triangle(QPainterPath& path, QPointF a, QPointF b, QPointF c) {
    path.addPolygon(QPolygonF{a, b, c});
    path.closeSubpath();
}

void add_cross(QPainterPath& path) {
    QPainterPath lines(QPointF(4, 4));
    lines.lineTo(12, 12);
    lines.moveTo(12, 4);
    lines.lineTo(4, 12);
    QPainterPathStroker stroker;
    stroker.setWidth(1.8);
    path.addPath(stroker.createStroke(lines));
}

// Within a square of kSize.
QPainterPath shape_of(ToolIcon icon) {
    QPainterPath path;
    path.setFillRule(Qt::WindingFill);
    switch (icon) {
        case ToolIcon::kToStart:
            path.addRect(2.5, 3, 2, 10);
            add_triangle(path, {13.5, 3}, {13.5, 13}, {5.5, 8});
            break;
        case ToolIcon::kBack:
            add_triangle(path, {8, 3}, {8, 13}, {1, 8});
            add_triangle(path, {15, 3}, {15, 13}, {8, 8});
            break;
        case ToolIcon::kPlay:
            add_triangle(path, {4, 2}, {4, 14}, {13.5, 8});
            break;
        case ToolIcon::kPause:
            path.addRect(3.5, 3, 3.5, 10);
            path.addRect(9, 3, 3.5, 10);
            break;
        case ToolIcon::kForward:
            add_triangle(path, {1, 3}, {1, 13}, {8, 8});
            add_triangle(path, {8, 3}, {8, 13}, {15, 8});
            break;
        case ToolIcon::kToEnd:
            add_triangle(path, {2.5, 3}, {2.5, 13}, {10.5, 8});
            path.addRect(11.5, 3, 2, 10);
            break;
        case ToolIcon::kUp:
            add_triangle(path, {3, 11}, {13, 11}, {8, 5});
            break;
        case ToolIcon::kDown:
            add_triangle(path, {3, 5}, {13, 5}, {8, 11});
            break;
        case ToolIcon::kClose:
            add_cross(path);
            break;
    }
    return path;
}

}  // namespace

QIcon tool_icon(ToolIcon icon, const Theme& theme) {
    QIcon made;
    const auto add = [&](const QColor& colour, QIcon::Mode mode) {
        for (const int scale : {1, 2, 3}) {
            QPixmap pixmap(kSize * scale, kSize * scale);
            pixmap.setDevicePixelRatio(scale);
            pixmap.fill(Qt::transparent);
            QPainter painter(&pixmap);
            painter.setRenderHint(QPainter::Antialiasing);
            painter.fillPath(shape_of(icon), colour);
            painter.end();
            made.addPixmap(pixmap, mode);
        }
    };
    add(theme.text, QIcon::Normal);
    QColor faint = theme.muted;
    faint.setAlphaF(0.5F);
    add(faint, QIcon::Disabled);
    return made;
}

ToolButton::ToolButton(ToolIcon icon, const QString& tip, QWidget* parent)
    : QToolButton(parent), icon_(icon) {
    setAutoRaise(true);
    show_as(icon, tip);
}

void ToolButton::show_as(ToolIcon icon, const QString& tip) {
    icon_ = icon;
    setIcon(tool_icon(icon, Theme::of(palette())));
    setToolTip(tip);
    setAccessibleName(tip);
}

void ToolButton::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) setIcon(tool_icon(icon_, Theme::of(palette())));
    QToolButton::changeEvent(event);
}

}  // namespace tocsin::gui
