// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFont>
#include <QPainter>
#include <QPixmap>
#include <QPolygonF>
#include <chrono>
#include <optional>
#include <vector>

#include "analyzer/judge/window_answers.h"
#include "gui/timeline/gap_distribution.h"
#include "gui/timeline/theme.h"

namespace tocsin::gui {

enum class CountScale : uint8_t { kLinear, kLogarithmic };

// Draws how many findings need how wide a window: bars by severity over a logarithmic axis of gaps,
// the curve of findings over window, and the window itself as a handle. Bars that the window leaves
// out stay, in grey. What no step of the slider changes is computed once, here.
class HistogramRenderer {
  public:
    // `gaps` and `answers` are of one result and axis, and must outlive this.
    HistogramRenderer(const GapDistribution& gaps, const WindowAnswers& answers, const QRectF& area,
                      const QFont& font, CountScale scale);

    // The part within the axes.
    const QRectF& plot() const { return plot_; }
    // Beyond the axis there is room for the window without a limit.
    double x_of(std::chrono::nanoseconds limit) const;
    // With three digits, as a person would say it; kUnlimited in that room, at least 1 ns.
    std::chrono::nanoseconds limit_at(double x) const;
    // The bar at this place; nullopt: none.
    std::optional<size_t> bar_at(QPointF at) const;

    struct State {
        std::chrono::nanoseconds limit = kUnlimited;
        std::optional<GapRange> brush;
        bool has_focus = false;
    };
    // What no step of the slider changes, below its bars and above them, as pixels of which
    // `ratio` go on one of the area.
    struct Layers {
        QPixmap below, above;
    };
    Layers layers(const Theme& theme, qreal ratio) const;
    void draw(QPainter& painter, const Theme& theme, const State& state,
              const Layers& layers) const;

  private:
    double height_of(uint64_t count, uint64_t most) const;
    void draw_axes(QPainter& painter, const Theme& theme) const;
    void draw_counts(QPainter& painter, const Theme& theme) const;
    void draw_absence(QPainter& painter, const Theme& theme) const;
    void draw_bars(QPainter& painter, const Theme& theme, std::chrono::nanoseconds limit) const;
    void draw_brush(QPainter& painter, const Theme& theme, const GapRange& brush) const;
    void draw_curve(QPainter& painter, const Theme& theme) const;
    void draw_handle(QPainter& painter, const Theme& theme, const State& state) const;
    void build_curve(const WindowAnswers& answers);

    const GapDistribution& gaps_;
    const QRectF area_;
    const QFont font_;
    const CountScale scale_;
    QRectF plot_;
    double unlimited_at_ = 0;  // where the room for it begins
    QPolygonF curve_;
    uint64_t most_on_curve_ = 0;
};

// "Check → use gap" or what else the axis is of.
QString axis_title(Axis axis);
// How a severity's bars are filled: by colour and by pattern.
void fill_for(QPainter& painter, const QRectF& bar, Severity severity, const Theme& theme);
// 3 digits of it: 1234567 is 1230000.
std::chrono::nanoseconds rounded(std::chrono::nanoseconds limit);

}  // namespace tocsin::gui
