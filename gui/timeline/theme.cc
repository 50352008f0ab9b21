// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/theme.h"

#include <QPolygonF>
#include <array>
#include <cmath>
#include <numbers>

namespace tocsin::gui {
namespace {

// Okabe-Ito.
constexpr QRgb kBlue = 0xff0072b2, kSky = 0xff56b4e9, kGreen = 0xff009e73, kYellow = 0xfff0e442,
               kOrange = 0xffe69f00, kVermilion = 0xffd55e00, kPurple = 0xffcc79a7;

QPolygonF regular(QPointF middle, qreal radius, int corners, qreal turned) {
    QPolygonF polygon;
    for (int i = 0; i < corners; ++i) {
        const qreal angle = turned + 2 * std::numbers::pi * i / corners;
        polygon << middle + QPointF(std::sin(angle), -std::cos(angle)) * radius;
    }
    return polygon;
}

QIcon icon_of(Severity severity, const Theme& theme) {
    constexpr int kSize = 14;
    QIcon icon;
    for (const int scale : {1, 2, 3}) {
        QPixmap pixmap(kSize * scale, kSize * scale);
        pixmap.setDevicePixelRatio(scale);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        draw_severity(painter, severity, QPointF(kSize, kSize) / 2.0, kSize - 1,
                      theme.of(severity));
        painter.end();
        for (const QIcon::Mode mode : {QIcon::Normal, QIcon::Selected, QIcon::Active})
            icon.addPixmap(pixmap, mode);
    }
    return icon;
}

}  // namespace

const QColor& Theme::of(MarkKind kind) const {
    switch (kind) {
        case MarkKind::kCheck:
            return check;
        case MarkKind::kChange:
            return change;
        case MarkKind::kUse:
            return use;
        case MarkKind::kOther:
            break;
    }
    return other;
}

const Theme& Theme::light() {
    static const Theme theme = {
        .background = QColor(0xffffffff),
        .raised = QColor(0xfff3f4f6),
        .text = QColor(0xff1b1f24),
        .muted = QColor(0xff5d6673),
        .line = QColor(0xffd5d9df),
        .selection = QColor(0xffcfe3f7),
        .outline = QColor(0xffadafb0),
        .check = QColor(kBlue),
        .change = QColor(kVermilion),
        .use = QColor(0xff00795a),
        .other = QColor(0xff5d6673),
        .call = QColor(0xff9fb6cc),
        .failed_call = QColor(0xffd9c2a3),
        .hook = QColor(0xff6d8299),
        .lost = QColor(0xff8a6d00),
        .severities = {QColor(0xff7c8592), QColor(kBlue), QColor(0xffa87400), QColor(kVermilion),
                       QColor(0xffa3125f)},
    };
    return theme;
}

const Theme& Theme::dark() {
    static const Theme theme = {
        .background = QColor(0xff16191d),
        .raised = QColor(0xff21262c),
        .text = QColor(0xffe7eaee),
        .muted = QColor(0xff9aa4b1),
        .line = QColor(0xff363d46),
        .selection = QColor(0xff24415c),
        .outline = QColor(0xff5d6875),
        .check = QColor(kSky),
        .change = QColor(0xffff8a3d),
        .use = QColor(0xff2fc79b),
        .other = QColor(0xff9aa4b1),
        .call = QColor(0xff4c6680),
        .failed_call = QColor(0xff7a6443),
        .hook = QColor(0xff8fa6bd),
        .lost = QColor(kYellow),
        .severities = {QColor(0xff8b95a3), QColor(kSky), QColor(kOrange), QColor(0xffff8a3d),
                       QColor(0xffff7cc0)},
    };
    return theme;
}

const Theme& Theme::of(const QPalette& palette) {
    return palette.color(QPalette::Window).lightness() < 128 ? dark() : light();
}

void draw_mark(QPainter& painter, MarkKind kind, QPointF middle, qreal size, const QColor& colour) {
    const qreal half = size / 2;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    switch (kind) {
        case MarkKind::kCheck:
            painter.drawPolygon(regular(middle, half, 4, 0));
            break;
        case MarkKind::kChange: {
            painter.setPen(QPen(colour, std::max(size / 4, 1.5), Qt::SolidLine, Qt::FlatCap));
            const QPointF down(half * 0.8, half * 0.8), up(half * 0.8, -half * 0.8);
            painter.drawLine(middle - down, middle + down);
            painter.drawLine(middle - up, middle + up);
            break;
        }
        case MarkKind::kUse:
            painter.drawRect(
                QRectF(middle.x() - half * 0.8, middle.y() - half * 0.8, size * 0.8, size * 0.8));
            break;
        case MarkKind::kOther:
            painter.drawEllipse(middle, half * 0.6, half * 0.6);
            break;
    }
    painter.restore();
}

void draw_severity(QPainter& painter, Severity severity, QPointF middle, qreal size,
                   const QColor& colour) {
    const qreal half = size / 2;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    switch (severity) {
        case Severity::kCritical:
            painter.drawPolygon(regular(middle, half, 8, std::numbers::pi / 8));
            break;
        case Severity::kHigh:
            painter.drawPolygon(regular(middle + QPointF(0, half * 0.2), half, 3, 0));
            break;
        case Severity::kMedium:
            painter.drawPolygon(regular(middle, half, 4, 0));
            break;
        case Severity::kLow:
            painter.setPen(QPen(colour, std::max(size / 6, 1.2)));
            painter.setBrush(Qt::NoBrush);
            painter.drawEllipse(middle, half * 0.7, half * 0.7);
            break;
        case Severity::kInfo:
            painter.drawEllipse(middle, half * 0.4, half * 0.4);
            break;
    }
    painter.restore();
}

const QIcon& SeverityIcons::of(Severity severity, const Theme& theme) {
    if (made_for_ != &theme) {
        made_for_ = &theme;
        for (const Severity each : kAllSeverities)
            icons_[static_cast<size_t>(each)] = icon_of(each, theme);
    }
    return icons_[static_cast<size_t>(severity)];
}

void draw_hatch(QPainter& painter, const QRectF& area, const QColor& colour) {
    constexpr qreal kStep = 6;
    painter.save();
    painter.setClipRect(area, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour, 1));
    const qreal first = std::floor((area.left() - area.height()) / kStep) * kStep;
    for (qreal x = first; x < area.right(); x += kStep)
        painter.drawLine(QPointF(x, area.bottom()), QPointF(x + area.height(), area.top()));
    painter.restore();
}

}  // namespace tocsin::gui
