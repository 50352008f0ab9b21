// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/overview_renderer.h"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

namespace tocsin::gui {
namespace {

constexpr double kMargin = 8;       // left and right
constexpr double kFindingsTop = 2;  // lane of the findings
constexpr double kFindingsHeight = 14;
constexpr int kFindingsApart = 9;
constexpr double kSmallerFont = 0.8;

QColor translucent(QColor colour, int alpha) {
    colour.setAlpha(alpha);
    return colour;
}

}  // namespace

OverviewRenderer::OverviewRenderer(const Theme& theme, const QFont& font)
    : theme_(theme), font_(font) {
    font_.setPointSizeF(font.pointSizeF() * kSmallerFont);
}

TimeScale OverviewRenderer::scale(const OverviewScene& scene, QSizeF size) {
    return {scene.from_ns, scene.to_ns, kMargin, std::max(size.width() - 2 * kMargin, 1.0)};
}

void OverviewRenderer::paint(QPainter& painter, const OverviewScene& scene, QSizeF size) const {
    paint_ground(painter, scene, size);
    paint_overlay(painter, scene, size);
}

void OverviewRenderer::paint_ground(QPainter& painter, const OverviewScene& scene,
                                    QSizeF size) const {
    painter.fillRect(QRectF({0, 0}, size), theme_.raised);
    if (scene.density != nullptr) {
        paint_density(painter, scene, size);
        paint_losses(painter, scene, size);
        paint_findings(painter, scene, size);
    }
    if (!scene.note.isEmpty()) {
        painter.setFont(font_);
        painter.setPen(theme_.muted);
        painter.drawText(QRectF(kMargin, 0, size.width() - 2 * kMargin, size.height()),
                         Qt::AlignCenter, scene.note);
    }
    painter.fillRect(QRectF(0, size.height() - 1, size.width(), 1), theme_.line);
}

void OverviewRenderer::paint_density(QPainter& painter, const OverviewScene& scene,
                                     QSizeF size) const {
    const TimeScale time = scale(scene, size);
    const double top = kFindingsTop + kFindingsHeight + 2, bottom = size.height() - 4;
    const auto columns = static_cast<int>(size.width() - 2 * kMargin);
    std::vector<double> events(static_cast<size_t>(std::max(columns, 0)));
    double most = 1;
    for (size_t i = 0; i < events.size(); ++i) {
        const double x = kMargin + static_cast<double>(i);
        events[i] = scene.density->most(time.ns_of(x), time.ns_of(x + 1));
        most = std::max(most, events[i]);
    }
    const double full = std::log1p(most);
    for (size_t i = 0; i < events.size(); ++i) {
        if (events[i] <= 0) continue;
        const double height = std::max(1.0, (bottom - top) * std::log1p(events[i]) / full);
        painter.fillRect(QRectF(kMargin + static_cast<double>(i), bottom - height, 1, height),
                         theme_.call);
    }
    painter.fillRect(QRectF(kMargin, bottom, size.width() - 2 * kMargin, 1), theme_.line);
}

void OverviewRenderer::paint_losses(QPainter& painter, const OverviewScene& scene,
                                    QSizeF size) const {
    const TimeScale time = scale(scene, size);
    double covered_until = -1;
    for (const LossInterval& loss : scene.losses) {
        const double left = time.x_of(loss.after.ns);
        const double right = std::max(time.x_of(loss.before.ns), left + 3);
        if (right <= covered_until) continue;
        covered_until = right;
        const QRectF area(left, kFindingsTop, right - left, size.height() - kFindingsTop - 4);
        painter.fillRect(area, translucent(theme_.lost, 40));
        draw_hatch(painter, area, translucent(theme_.lost, 170));
    }
}

void OverviewRenderer::paint_findings(QPainter& painter, const OverviewScene& scene,
                                      QSizeF size) const {
    const TimeScale time = scale(scene, size);
    // The gravest of each few pixels, drawn from the least grave up.
    const auto cells = static_cast<size_t>(std::max(size.width() / kFindingsApart, 0.0)) + 1;
    std::vector<std::pair<int, double>> gravest(cells, {-1, 0});
    for (const auto& [ns, severity] : scene.findings) {
        const double x = time.x_of(ns);
        if (x < 0 || x >= size.width()) continue;
        auto& cell = gravest[static_cast<size_t>(x / kFindingsApart)];
        if (static_cast<int>(severity) > cell.first) cell = {static_cast<int>(severity), x};
    }
    for (int at = 0; at < static_cast<int>(kSeverities); ++at)
        for (const auto& [grave, x] : gravest) {
            if (grave != at) continue;
            const auto severity = static_cast<Severity>(at);
            painter.fillRect(QRectF(std::floor(x), kFindingsTop + kFindingsHeight - 2, 1,
                                    size.height() - kFindingsTop - kFindingsHeight - 2),
                             theme_.of(severity));
            draw_severity(painter, severity, {x, kFindingsTop + kFindingsHeight / 2}, 10,
                          theme_.of(severity));
        }
}

void OverviewRenderer::paint_overlay(QPainter& painter, const OverviewScene& scene,
                                     QSizeF size) const {
    if (scene.density == nullptr) return;
    const TimeScale time = scale(scene, size);
    const double height = size.height() - 1;
    const auto x_of = [&](uint64_t ns) { return std::clamp(time.x_of(ns), 0.0, size.width()); };
    const double left = x_of(scene.viewport.first);
    const double right = std::max(x_of(scene.viewport.second), left + 2);
    const QColor veil = translucent(theme_.background, 150);
    painter.fillRect(QRectF(0, 0, left, height), veil);
    painter.fillRect(QRectF(right, 0, size.width() - right, height), veil);
    if (scene.range)
        painter.fillRect(
            QRectF(x_of(scene.range->first), 0,
                   std::max(x_of(scene.range->second) - x_of(scene.range->first), 1.0), height),
            translucent(theme_.check, 50));
    if (scene.selected_ns != 0) {
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme_.text, 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(QPointF(x_of(scene.selected_ns), kFindingsTop + kFindingsHeight / 2), 7,
                            7);
        painter.restore();
    }
    if (scene.playhead_ns)
        painter.fillRect(QRectF(x_of(*scene.playhead_ns) - 0.5, 0, 1.5, height), theme_.use);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme_.check, 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(left, 0.75, right - left, height - 1.5));
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme_.check);
    for (const double x : {left, right})
        painter.drawRoundedRect(QRectF(x - 2.5, height / 2 - 9, 5, 18), 2, 2);
    painter.restore();
}

}  // namespace tocsin::gui
