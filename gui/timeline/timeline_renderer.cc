// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/timeline_renderer.h"

#include <QFontMetricsF>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "gui/timeline/event_text.h"
#include "gui/timeline/finding_painter.h"

namespace tocsin::gui {
namespace {

constexpr double kTickApart = 110;
constexpr double kIndent = 12;
constexpr int kMostIndents = 6;
constexpr double kLeastLoss = 3;  // pixels, so that each shows
constexpr double kSmallerFont = 0.88;

QFont smaller(QFont font) {
    font.setPointSizeF(font.pointSizeF() * kSmallerFont);
    return font;
}

QColor translucent(QColor colour, int alpha) {
    colour.setAlpha(alpha);
    return colour;
}

void draw_disclosure(QPainter& painter, QPointF middle, bool is_collapsed, const QColor& colour) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    const double x = middle.x(), y = middle.y();
    const QPointF right[] = {{x - 2, y - 4}, {x + 3, y}, {x - 2, y + 4}};
    const QPointF down[] = {{x - 4, y - 2}, {x + 4, y - 2}, {x, y + 3}};
    painter.drawPolygon(is_collapsed ? right : down, 3);
    painter.restore();
}

void draw_pin(QPainter& painter, QPointF middle, const QColor& colour) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour, 1.4));
    painter.setBrush(colour);
    painter.drawEllipse(middle - QPointF(0, 2), 2.6, 2.6);
    painter.drawLine(middle, middle + QPointF(0, 5));
    painter.restore();
}

}  // namespace

TimelineRenderer::TimelineRenderer(const Theme& theme, const QFont& font)
    : theme_(theme), font_(font), small_(smaller(font)), names_(small_) {}

TimelineRenderer::Frame TimelineRenderer::frame_of(QPainter& painter, const TimelineScene& scene,
                                                   const TimelineGeometry& geometry) {
    const QRectF body(geometry.label_width, geometry.ruler_height,
                      std::max(geometry.width - geometry.label_width, 0.0),
                      std::max(geometry.height - geometry.ruler_height, 0.0));
    const double end = geometry.ruler_height + geometry.rows_height(*scene.rows) - geometry.scroll;
    return {painter, scene, geometry, geometry.scale(scene), body, std::min(end, body.bottom())};
}

void TimelineRenderer::paint(QPainter& painter, const TimelineScene& scene,
                             const TimelineGeometry& geometry) {
    paint_ground(painter, scene, geometry);
    paint_overlay(painter, scene, geometry);
}

void TimelineRenderer::paint_ground(QPainter& painter, const TimelineScene& scene,
                                    const TimelineGeometry& geometry) {
    const Frame frame = frame_of(painter, scene, geometry);
    painter.save();
    painter.fillRect(QRectF(0, 0, geometry.width, geometry.height), theme_.background);
    painter.setClipRect(frame.body);
    paint_grid(frame);
    paint_rows(frame);
    paint_losses(frame);
    painter.setClipping(false);
    paint_labels(frame);
    paint_ruler(frame);
    paint_notes(frame);
    painter.setClipRect(frame.body);
    paint_findings(frame);
    painter.restore();
}

void TimelineRenderer::paint_overlay(QPainter& painter, const TimelineScene& scene,
                                     const TimelineGeometry& geometry) {
    const Frame frame = frame_of(painter, scene, geometry);
    painter.save();
    painter.setClipRect(QRectF(frame.body.left(), 0, frame.body.width(), geometry.height));
    paint_range(frame);
    if (scene.hovered) paint_event(frame, *scene.hovered, theme_.muted, 1.2);
    if (scene.selected) paint_event(frame, *scene.selected, theme_.text, 2);
    paint_playhead(frame);
    paint_status(frame);
    painter.restore();
}

void TimelineRenderer::paint_grid(const Frame& frame) {
    for (const auto& tick : frame.scale.ticks(frame.scene.zero_ns, kTickApart)) {
        const double x = std::round(frame.scale.x_of(tick.ns));
        frame.painter.fillRect(QRectF(x, frame.body.top(), 1, frame.body.height()),
                               translucent(theme_.line, 110));
    }
}

void TimelineRenderer::paint_rows(const Frame& frame) {
    const TimelineRows& rows = *frame.scene.rows;
    RowPainter events(frame.painter, *frame.scene.events, frame.scale, frame.scene.from_ns,
                      frame.scene.to_ns, theme_, names_);
    const auto [first, end] = frame.geometry.visible(rows);
    const double scrolled = frame.geometry.scrolled_top(rows);
    frame.painter.setClipRect(QRectF(frame.body.left(), scrolled, frame.body.width(),
                                     std::max(frame.body.bottom() - scrolled, 0.0)));
    for (size_t row = first; row < end; ++row) paint_row(frame, row, events);
    frame.painter.setClipRect(frame.body);
    for (size_t row = 0; row < rows.pinned(); ++row) paint_row(frame, row, events);
    if (rows.pinned() > 0)
        frame.painter.fillRect(QRectF(frame.body.left(), scrolled - 1, frame.body.width(), 2),
                               theme_.line);
}

// What the selected finding's calls and marks cover in a row of their own or of those above.
void TimelineRenderer::set_over(const Frame& frame, const TimelineRow& row, RowPainter& events) {
    RowPainter::Spans quiet, covered;
    if (frame.scene.finding == nullptr) return events.set_over({}, {});
    const std::vector<uint32_t> threads =
        row.id.kind == RowKind::kFile ? std::vector<uint32_t>() : frame.scene.rows->threads_of(row);
    for (const FindingMark& mark : frame.scene.finding->marks) {
        const bool is_here =
            row.id.kind == RowKind::kFile
                ? row.id.index == mark.file
                : std::find(threads.begin(), threads.end(), mark.thread) != threads.end();
        if (!is_here) continue;
        const double at = frame.scale.x_of(mark.at_ns), half = kFindingMarkSize / 2 + 3;
        const double left = frame.scale.x_of(mark.began_ns);
        const double right = frame.scale.x_of(std::max(mark.ended_ns, mark.began_ns));
        quiet.emplace_back(std::min(left, at - half), std::max(right, at + half));
        covered.emplace_back(at - half, at + half);
    }
    std::sort(covered.begin(), covered.end());
    events.set_over(std::move(quiet), std::move(covered));
}

void TimelineRenderer::paint_row(const Frame& frame, size_t row, RowPainter& events) {
    const TimelineRow& at = frame.scene.rows->at(row);
    const QRectF area(frame.body.left(), frame.geometry.top_of(*frame.scene.rows, row),
                      frame.body.width(), frame.geometry.row_height);
    if (frame.scene.current == at.id)
        frame.painter.fillRect(area, translucent(theme_.selection, 90));
    set_over(frame, at, events);
    frame.painter.fillRect(QRectF(area.left(), area.bottom() - 1, area.width(), 1),
                           translucent(theme_.line, 90));
    switch (at.id.kind) {
        case RowKind::kHost:
            events.paint_all(area);
            break;
        case RowKind::kFile:
            events.paint_file(at.id.index, area);
            break;
        case RowKind::kProcess:
        case RowKind::kThread:
            events.paint_threads(frame.scene.rows->threads_of(at), area);
            break;
    }
}

void TimelineRenderer::paint_losses(const Frame& frame) {
    frame.painter.setFont(small_);
    double said_until = -1e9;
    double covered_until = -1e9;
    for (const LossInterval& loss : frame.scene.losses) {
        if (loss.before.ns < frame.scene.from_ns || loss.after.ns > frame.scene.to_ns) continue;
        const double left = std::max(frame.scale.x_of(loss.after.ns), frame.body.left() - 10);
        const double right = std::clamp(frame.scale.x_of(loss.before.ns), left + kLeastLoss,
                                        std::max(frame.body.right() + 10, left + kLeastLoss));
        // Of many that lie on each other one is enough.
        if (right <= covered_until) continue;
        covered_until = right;
        const QRectF area(left, frame.body.top(), right - left, frame.bottom - frame.body.top());
        frame.painter.fillRect(area, translucent(theme_.lost, 26));
        draw_hatch(frame.painter, area, translucent(theme_.lost, 120));
        const QString text = grouped(loss.count) + QStringLiteral(" lost");
        const QFontMetricsF metrics(small_);
        const double at = std::max(left, frame.body.left()) + 3;
        const double width = metrics.horizontalAdvance(text) + 6;
        if (at < said_until) continue;
        said_until = at + width + 4;
        const QRectF label(at, frame.body.bottom() - metrics.height() - 4, width,
                           metrics.height() + 2);
        frame.painter.fillRect(label, theme_.background);
        frame.painter.setPen(theme_.lost);
        frame.painter.drawText(label, Qt::AlignCenter, text);
    }
}

void TimelineRenderer::paint_labels(const Frame& frame) {
    const TimelineRows& rows = *frame.scene.rows;
    const TimelineGeometry& geometry = frame.geometry;
    const QRectF column(0, geometry.ruler_height, geometry.label_width, frame.body.height());
    frame.painter.fillRect(column, theme_.raised);
    const auto [first, end] = geometry.visible(rows);
    const double scrolled = geometry.scrolled_top(rows);
    frame.painter.setClipRect(
        QRectF(0, scrolled, geometry.label_width, std::max(geometry.height - scrolled, 0.0)));
    for (size_t row = first; row < end; ++row) paint_label(frame, row);
    frame.painter.setClipRect(column);
    for (size_t row = 0; row < rows.pinned(); ++row) paint_label(frame, row);
    if (rows.pinned() > 0)
        frame.painter.fillRect(QRectF(0, scrolled - 1, geometry.label_width, 2), theme_.line);
    frame.painter.setClipping(false);
    frame.painter.fillRect(QRectF(geometry.label_width - 1, 0, 1, geometry.height), theme_.line);
}

void TimelineRenderer::paint_label(const Frame& frame, size_t row) {
    const TimelineRow& at = frame.scene.rows->at(row);
    QPainter& painter = frame.painter;
    const QRectF area(0, frame.geometry.top_of(*frame.scene.rows, row),
                      frame.geometry.label_width - 1, frame.geometry.row_height);
    if (frame.scene.current == at.id) {
        painter.fillRect(area, theme_.selection);
        painter.fillRect(QRectF(0, area.top(), 3, area.height()), theme_.check);
    }
    double left = 18 + kIndent * std::min<int>(at.depth, kMostIndents);
    if (at.is_pinned) draw_pin(painter, {9, area.center().y()}, theme_.muted);
    if (at.has_rows_below)
        draw_disclosure(painter, {left - 9, area.center().y()}, at.is_collapsed, theme_.muted);
    const RowText text = label_text(*frame.scene.events, at.id, frame.scene.host);
    const QFontMetricsF metrics(font_), small(small_);
    double right = area.right() - 8;
    if (!text.detail.isEmpty()) {
        const double width = small.horizontalAdvance(text.detail);
        painter.setFont(small_);
        painter.setPen(theme_.muted);
        painter.drawText(QRectF(right - width - 1, area.top(), width + 2, area.height()),
                         Qt::AlignVCenter | Qt::AlignRight, text.detail);
        right -= width + 8;
    }
    QFont font = font_;
    font.setBold(at.id.kind == RowKind::kHost);
    painter.setFont(font);
    painter.setPen(at.id.kind == RowKind::kThread ? theme_.muted : theme_.text);
    const Qt::TextElideMode elide = at.id.kind == RowKind::kFile ? Qt::ElideMiddle : Qt::ElideRight;
    painter.drawText(QRectF(left, area.top(), std::max(right - left, 0.0), area.height()),
                     Qt::AlignVCenter | Qt::AlignLeft,
                     metrics.elidedText(text.name, elide, std::max(right - left, 0.0)));
    painter.fillRect(QRectF(0, area.bottom() - 1, area.width(), 1), translucent(theme_.line, 110));
}

void TimelineRenderer::paint_ruler(const Frame& frame) {
    QPainter& painter = frame.painter;
    const TimelineGeometry& geometry = frame.geometry;
    const QRectF ruler(0, 0, geometry.width, geometry.ruler_height);
    painter.fillRect(ruler, theme_.raised);
    painter.fillRect(QRectF(0, ruler.bottom() - 1, ruler.width(), 1), theme_.line);
    painter.setFont(small_);
    painter.setPen(theme_.muted);
    const QString shown =
        duration_text(frame.scene.to_ns - frame.scene.from_ns) + QStringLiteral(" shown");
    painter.drawText(QRectF(18, 0, geometry.label_width - 26, ruler.height()),
                     Qt::AlignVCenter | Qt::AlignLeft, shown);
    painter.setClipRect(QRectF(frame.body.left(), 0, frame.body.width(), ruler.height()));
    const QFontMetricsF small(small_);
    for (const auto& tick : frame.scale.ticks(frame.scene.zero_ns, kTickApart)) {
        const double x = std::round(frame.scale.x_of(tick.ns));
        painter.fillRect(QRectF(x, ruler.bottom() - 8, 1, 7), theme_.muted);
        if (x + 4 + small.horizontalAdvance(tick.label) > frame.body.right()) continue;
        painter.setPen(theme_.text);
        painter.drawText(QRectF(x + 4, 0, kTickApart, ruler.height() - 2),
                         Qt::AlignVCenter | Qt::AlignLeft, tick.label);
    }
    painter.setClipping(false);
    painter.fillRect(QRectF(geometry.label_width - 1, 0, 1, ruler.height()), theme_.line);
}

void TimelineRenderer::paint_notes(const Frame& frame) {
    frame.painter.setClipRect(
        QRectF(frame.body.left(), 0, frame.body.width(), frame.geometry.height));
    frame.painter.setFont(small_);
    const QFontMetricsF metrics(small_);
    for (const TimelineScene::Note& note : frame.scene.notes) {
        if (note.to_ns < frame.scene.from_ns || note.from_ns > frame.scene.to_ns) continue;
        const double left = std::max(frame.scale.x_of(note.from_ns), frame.body.left() - 10);
        const double right = std::min(frame.scale.x_of(note.to_ns), frame.body.right() + 10);
        const QRectF band(left, frame.body.top(), std::max(right - left, 0.0), frame.body.height());
        frame.painter.fillRect(band, translucent(theme_.check, 22));
        frame.painter.fillRect(QRectF(left, 0, 1.5, frame.geometry.height), theme_.check);
        // A flag in the ruler.
        QPainterPath flag(QPointF(left, 1));
        flag.lineTo(left + 9, 5);
        flag.lineTo(left, 9);
        frame.painter.fillPath(flag, theme_.check);
        if (note.text.isEmpty()) continue;
        const QString text = metrics.elidedText(note.text, Qt::ElideRight, 160);
        const QRectF label(left + 3, frame.body.top() + 2, metrics.horizontalAdvance(text) + 8,
                           metrics.height());
        frame.painter.fillRect(label, translucent(theme_.raised, 230));
        frame.painter.setPen(theme_.check);
        frame.painter.drawText(label, Qt::AlignCenter, text);
    }
    frame.painter.setClipping(false);
}

void TimelineRenderer::paint_findings(const Frame& frame) {
    FindingPainter findings(frame.painter, frame.scene, frame.geometry, theme_, small_);
    for (const FindingMarks& other : frame.scene.others)
        findings.paint(other, Emphasis::kOneOfMany);
    if (frame.scene.finding != nullptr) findings.paint(*frame.scene.finding, Emphasis::kSelected);
    if (frame.scene.others_left_out == 0) return;
    const QString text =
        QStringLiteral("+%1 findings hidden").arg(grouped(frame.scene.others_left_out));
    const QFontMetricsF metrics(small_);
    const double width = metrics.horizontalAdvance(text) + 14;
    const QRectF label(frame.body.right() - width - 6, frame.body.top() + 6, width,
                       metrics.height() + 6);
    frame.painter.fillRect(label, theme_.raised);
    frame.painter.setFont(small_);
    frame.painter.setPen(theme_.muted);
    frame.painter.drawText(label, Qt::AlignCenter, text);
}

void TimelineRenderer::paint_range(const Frame& frame) {
    if (!frame.scene.range) return;
    const auto [from, to] = *frame.scene.range;
    if (to < frame.scene.from_ns || from > frame.scene.to_ns) return;
    const double left = std::max(frame.scale.x_of(from), frame.body.left() - 10);
    const double right = std::min(frame.scale.x_of(to), frame.body.right() + 10);
    frame.painter.fillRect(QRectF(left, frame.body.top(), right - left, frame.body.height()),
                           translucent(theme_.selection, 120));
    frame.painter.fillRect(QRectF(left, 0, 1, frame.geometry.height), theme_.check);
    frame.painter.fillRect(QRectF(right, 0, 1, frame.geometry.height), theme_.check);
    const QString text = duration_text(to - from);
    const QFontMetricsF metrics(small_);
    const double width = metrics.horizontalAdvance(text) + 12;
    const double middle =
        std::clamp((left + right) / 2, frame.body.left() + width / 2,
                   std::max(frame.body.left() + width / 2, frame.body.right() - width / 2));
    const QRectF label(middle - width / 2, 3, width, frame.geometry.ruler_height - 7);
    frame.painter.fillRect(label, theme_.selection);
    frame.painter.setFont(small_);
    frame.painter.setPen(theme_.text);
    frame.painter.drawText(label, Qt::AlignCenter, text);
}

void TimelineRenderer::paint_event(const Frame& frame, EventIndex event, const QColor& colour,
                                   double width) {
    const EventStore& events = *frame.scene.events;
    if (event >= events.size()) return;
    const TimelineRows& rows = *frame.scene.rows;
    const uint32_t file = events.file(event);
    const auto row = rows.grouping() == Grouping::kByProcess
                         ? rows.row_of_thread(events.thread(event))
                         : rows.row_of_file(file);
    if (!row) return;
    const double top = frame.geometry.top_of(rows, *row);
    if (*row >= rows.pinned() && top < frame.geometry.scrolled_top(rows) - 1) return;
    const uint64_t to = events.time_ns(event);
    const uint64_t from = std::min(events.begin_ns(event), to);
    const bool lasts = events.kind(event) == EventKind::kReturn;
    const double left = std::max(frame.scale.x_of(lasts ? from : to), frame.body.left() - 10);
    const double right = std::min(frame.scale.x_of(to), frame.body.right() + 10);
    if (right < frame.body.left() || left > frame.body.right()) return;
    frame.painter.save();
    frame.painter.setRenderHint(QPainter::Antialiasing);
    frame.painter.setPen(QPen(colour, width));
    frame.painter.setBrush(Qt::NoBrush);
    frame.painter.drawRoundedRect(
        QRectF(left - 2, top + 2, std::max(right - left, 1.0) + 4, frame.geometry.row_height - 4),
        2, 2);
    frame.painter.restore();
}

void TimelineRenderer::paint_playhead(const Frame& frame) {
    if (!frame.scene.playhead_ns) return;
    const double x = frame.scale.x_of(*frame.scene.playhead_ns);
    if (x < frame.body.left() || x > frame.body.right()) return;
    frame.painter.fillRect(
        QRectF(x - 0.5, frame.geometry.ruler_height - 10, 1.5, frame.geometry.height), theme_.use);
    frame.painter.save();
    frame.painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath head(QPointF(x - 5, frame.geometry.ruler_height - 12));
    head.lineTo(x + 5, frame.geometry.ruler_height - 12);
    head.lineTo(x, frame.geometry.ruler_height - 3);
    frame.painter.fillPath(head, theme_.use);
    frame.painter.restore();
}

void TimelineRenderer::paint_status(const Frame& frame) {
    if (frame.scene.status.isEmpty()) return;
    const QFontMetricsF metrics(small_);
    const double most = std::max(frame.body.width() - 24, 0.0);
    const QString text = metrics.elidedText(frame.scene.status, Qt::ElideRight, most);
    const double width = metrics.horizontalAdvance(text) + 20;
    const QRectF label(frame.body.right() - width - 8, frame.body.bottom() - metrics.height() - 16,
                       width, metrics.height() + 8);
    frame.painter.save();
    frame.painter.setRenderHint(QPainter::Antialiasing);
    frame.painter.setPen(QPen(theme_.line, 1));
    frame.painter.setBrush(theme_.raised);
    frame.painter.drawRoundedRect(label, 4, 4);
    frame.painter.setFont(small_);
    frame.painter.setPen(theme_.text);
    frame.painter.drawText(label, Qt::AlignCenter, text);
    frame.painter.restore();
}

}  // namespace tocsin::gui
