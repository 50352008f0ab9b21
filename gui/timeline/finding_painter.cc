// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/finding_painter.h"

#include <QFontMetricsF>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

namespace tocsin::gui {
namespace {

constexpr double kMostAside = 72;     // of a text from where it belongs
constexpr double kFarOff = 4000;      // pixels beyond which nothing is drawn exactly
constexpr double kLeastForText = 70;  // an arrow shorter than that says no time
constexpr double kHead = 7;

}  // namespace

FindingPainter::FindingPainter(QPainter& painter, const TimelineScene& scene,
                               const TimelineGeometry& geometry, const Theme& theme,
                               const QFont& font)
    : painter_(painter),
      scene_(scene),
      geometry_(geometry),
      theme_(theme),
      scale_(geometry.scale(scene)),
      font_(font) {}

double FindingPainter::x_of(uint64_t ns) const {
    return std::clamp(scale_.x_of(ns), geometry_.label_width - kFarOff, geometry_.width + kFarOff);
}

FindingPainter::Place FindingPainter::place_of(const FindingMark& mark) const {
    const auto middle = middle_of(scene_, geometry_, mark);
    if (!middle) return {};
    return {{x_of(mark.at_ns), *middle}, true};
}

void FindingPainter::paint(const FindingMarks& marks, Emphasis emphasis) {
    painter_.save();
    painter_.setRenderHint(QPainter::Antialiasing);
    painter_.setFont(font_);
    if (emphasis == Emphasis::kOneOfMany) painter_.setOpacity(0.55);
    const FindingMark& use = marks.marks[*marks.use];
    for (const FindingMark& mark : marks.marks)
        if (const Place place = place_of(mark); place.is_there) {
            constexpr double kAround = kFindingMarkSize + 4;
            QRectF around(0, 0, kAround, kAround);
            around.moveCenter(place.at);
            taken_.push_back(around);
        }
    if (emphasis == Emphasis::kSelected)
        for (const FindingMark& mark : marks.marks) outline(mark, place_of(mark));
    if (marks.check) connect(marks.marks[*marks.check], use, Qt::DashLine);
    if (marks.change) {
        const FindingMark& change = marks.marks[*marks.change];
        if (marks.is_order_certain)
            connect(change, use, Qt::SolidLine);
        else
            bracket(change, use,
                    marks.has_losses ? QStringLiteral("order uncertain: records lost")
                                     : QStringLiteral("order uncertain"));
    }
    for (const FindingMark& mark : marks.marks) {
        const Place place = place_of(mark);
        if (!place.is_there) continue;
        // With a rim of the ground's colour, so that it stands out of the bar it lies on.
        draw_mark(painter_, mark.kind, place.at, kFindingMarkSize + 4, theme_.background);
        draw_mark(painter_, mark.kind, place.at, kFindingMarkSize, theme_.of(mark.kind));
    }
    if (emphasis == Emphasis::kSelected) name_marks(marks);
    painter_.restore();
}

void FindingPainter::outline(const FindingMark& mark, const Place& place) {
    if (!place.is_there) return;
    const double left = x_of(mark.began_ns), right = x_of(std::max(mark.ended_ns, mark.began_ns));
    const double height = geometry_.row_height - 4;
    const QRectF call(left - 1, place.at.y() - height / 2, std::max(right - left, 1.0) + 2, height);
    QColor fill = theme_.of(mark.kind);
    fill.setAlpha(45);
    painter_.setPen(QPen(theme_.of(mark.kind), 1.5));
    painter_.setBrush(fill);
    painter_.drawRoundedRect(call, 2, 2);
}

void FindingPainter::connect(const FindingMark& from, const FindingMark& to, Qt::PenStyle style) {
    const Place start = place_of(from), end = place_of(to);
    if (!start.is_there || !end.is_there) return;
    const QColor& colour = theme_.of(from.kind);
    const QPointF a = start.at, b = end.at;
    const double across = b.x() - a.x();
    QPainterPath path(a);
    QPointF before_tip, middle;
    const bool is_within_row = std::abs(a.y() - b.y()) < 1;
    // Two marks that touch have no room for an arrow between them.
    if (is_within_row && std::abs(across) < 2 * kFindingMarkSize) return;
    if (is_within_row) {
        // Within a row it rises over it.
        const double rise = geometry_.row_height * 0.9;
        const double reach = std::min(std::abs(across) / 3, 60.0) * (across < 0 ? -1 : 1);
        before_tip = b + QPointF(-reach, -rise);
        path.cubicTo(a + QPointF(reach, -rise), before_tip, b);
        middle = QPointF((a.x() + b.x()) / 2, a.y() - rise * 0.75);
    } else {
        // Out of the row at once, where names of calls are, and straight into the other.
        const QPointF down(0, (b.y() - a.y()) * 0.9);
        before_tip = b - down;
        path.cubicTo(a + down, before_tip, b);
        middle = path.pointAtPercent(0.5);
    }
    // The head ends where the mark begins.
    const QPointF towards = before_tip - b;
    const double length = std::max(std::hypot(towards.x(), towards.y()), 1e-6);
    const QPointF tip = b + towards / length * (kFindingMarkSize / 2 + 1);
    painter_.setBrush(Qt::NoBrush);
    painter_.setPen(QPen(colour, 1.8, style));
    painter_.drawPath(path);
    draw_head(tip, tip + towards / length, colour);
    if (std::hypot(across, a.y() - b.y()) >= kLeastForText && to.at_ns >= from.at_ns)
        say(middle, duration_text(to.at_ns - from.at_ns), colour);
}

void FindingPainter::bracket(const FindingMark& change, const FindingMark& use,
                             const QString& why) {
    const Place place = place_of(change), end = place_of(use);
    if (!place.is_there) return;
    const QColor& colour = theme_.of(MarkKind::kChange);
    const double half = geometry_.row_height / 2 - 1;
    const double left = x_of(std::min(change.from_ns, change.began_ns)) - 5;
    const double right = std::max(x_of(std::max(change.to_ns, change.ended_ns)) + 5, left + 22);
    painter_.setBrush(Qt::NoBrush);
    painter_.setPen(QPen(colour, 2));
    for (const auto& [x, inwards] : {std::pair(left, 5.0), std::pair(right, -5.0)}) {
        const QPointF corners[] = {{x + inwards, place.at.y() - half},
                                   {x, place.at.y() - half},
                                   {x, place.at.y() + half},
                                   {x + inwards, place.at.y() + half}};
        painter_.drawPolyline(corners, 4);
    }
    if (end.is_there) {
        painter_.setPen(QPen(colour, 1.2, Qt::DotLine));
        painter_.drawLine(place.at, end.at);
    }
    const double width = QFontMetricsF(font_).horizontalAdvance(why);
    say({right + width / 2 + 10, place.at.y()}, why, colour);
}

void FindingPainter::draw_head(QPointF tip, QPointF from, const QColor& colour) {
    const QPointF along = (from - tip) * kHead, side(along.y() * 0.45, -along.x() * 0.45);
    const QPointF corners[] = {tip, tip + along + side, tip + along - side};
    painter_.setPen(Qt::NoPen);
    painter_.setBrush(colour);
    painter_.drawPolygon(corners, 3);
}

void FindingPainter::say(QPointF middle, const QString& text, const QColor& colour) {
    const QFontMetricsF metrics(font_);
    QRectF area(0, 0, metrics.horizontalAdvance(text) + 10, metrics.height() + 2);
    area.moveCenter(middle);
    if (area.right() < geometry_.label_width || area.left() > geometry_.width) return;
    // Arrows that run to one call cross: the later text gives way, to where it is still near.
    const QRectF wanted = area;
    const auto is_free = [&] {
        return std::none_of(taken_.begin(), taken_.end(),
                            [&](const QRectF& other) { return area.intersects(other); });
    };
    for (double aside = 2; !is_free() && aside <= kMostAside; aside += 2) {
        area = wanted.translated(0, -aside);
        if (!is_free()) area = wanted.translated(0, aside);
    }
    if (!is_free()) area = wanted;
    taken_.push_back(area);
    QColor ground = theme_.background;
    ground.setAlpha(235);
    painter_.setPen(QPen(colour, 1));
    painter_.setBrush(ground);
    painter_.drawRoundedRect(area, area.height() / 2, area.height() / 2);
    painter_.setPen(theme_.text);
    painter_.drawText(area, Qt::AlignCenter, text);
}

void FindingPainter::name_marks(const FindingMarks& marks) {
    const QFontMetricsF metrics(font_);
    for (size_t i = 0; i < marks.marks.size(); ++i) {
        if (i != marks.check && i != marks.change && i != marks.use) continue;
        const FindingMark& mark = marks.marks[i];
        const Place place = place_of(mark);
        if (!place.is_there) continue;
        const QString text = i == marks.check    ? QStringLiteral("check")
                             : i == marks.change ? QStringLiteral("change")
                                                 : QStringLiteral("use");
        const double width = metrics.horizontalAdvance(text);
        QRectF area(0, 0, width + 6, metrics.height());
        const double half = geometry_.row_height / 2 + 1;
        const auto is_free = [&] {
            return std::none_of(taken_.begin(), taken_.end(),
                                [&](const QRectF& other) { return area.intersects(other); });
        };
        area.moveTo(place.at.x() - area.width() / 2, place.at.y() + half);
        if (!is_free()) area.moveBottom(place.at.y() - half);
        if (!is_free()) continue;
        taken_.push_back(area);
        QColor ground = theme_.background;
        ground.setAlpha(215);
        painter_.fillRect(area, ground);
        painter_.setPen(theme_.of(mark.kind));
        painter_.drawText(area, Qt::AlignCenter, text);
    }
}

}  // namespace tocsin::gui
