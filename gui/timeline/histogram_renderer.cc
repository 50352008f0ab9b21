// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/histogram_renderer.h"

#include <QFontMetricsF>
#include <QPainterPath>
#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "gui/timeline/time_scale.h"

namespace tocsin::gui {
namespace {

using std::chrono::nanoseconds;

constexpr double kGap = 6, kTick = 4, kGrip = 7;
constexpr double kUnlimitedRoom = 64;  // pixels; holds the word
constexpr double kLeastBar = 3;        // a lone finding among millions is still seen

double log10_of(nanoseconds ns) {
    return std::log10(static_cast<double>(std::max<nanoseconds::rep>(ns.count(), 1)));
}

QString decade_text(int exponent) {
    uint64_t ns = 1;
    for (int i = 0; i < exponent; ++i) ns *= 10;
    return duration_text(ns);
}

QString limit_label(nanoseconds limit) {
    return limit == kUnlimited ? QStringLiteral("unlimited")
                               : duration_text(static_cast<uint64_t>(limit.count()));
}

// Round numbers from 0 to `most` that an axis shows.
std::vector<uint64_t> counts_shown(uint64_t most, CountScale scale, double height) {
    std::set<uint64_t> counts = {0, most};
    if (scale == CountScale::kLogarithmic) {
        for (uint64_t count = 1; count < most; count *= 10) {
            if (count * 2 <= most) counts.insert(count);
            if (count > UINT64_MAX / 10) break;
        }
        return {counts.begin(), counts.end()};
    }
    const auto wanted = static_cast<uint64_t>(std::max(1.0, height / 28));
    static constexpr std::array<uint64_t, 3> kFactors = {2, 5, 10};
    uint64_t decade = 1, step = 1;
    for (size_t i = 0; most / step > wanted; ++i) {
        step = decade * kFactors[i % 3];
        if (i % 3 == 2) decade = step;
    }
    for (uint64_t count = step; count + step / 2 < most; count += step) counts.insert(count);
    return {counts.begin(), counts.end()};
}

Qt::BrushStyle pattern_of(Severity severity) {
    switch (severity) {
        case Severity::kCritical:
            return Qt::SolidPattern;
        case Severity::kHigh:
            return Qt::BDiagPattern;
        case Severity::kMedium:
            return Qt::HorPattern;
        case Severity::kLow:
            return Qt::Dense6Pattern;
        case Severity::kInfo:
            break;
    }
    return Qt::NoBrush;
}

}  // namespace

QString axis_title(Axis axis) {
    switch (axis) {
        case Axis::kBoth:
            return QString::fromUtf8("gap from check to use");
        case Axis::kCheckUse:
            return QString::fromUtf8("gap from check to use, mutation-use fixed");
        case Axis::kMutationUse:
            break;
    }
    return QString::fromUtf8("age of the change at its use, check-use fixed");
}

nanoseconds rounded(nanoseconds limit) {
    nanoseconds::rep unit = 1;
    while (limit.count() / unit >= 1000) unit *= 10;
    return nanoseconds((limit.count() + unit / 2) / unit * unit);
}

void fill_for(QPainter& painter, const QRectF& bar, Severity severity, const Theme& theme) {
    const QColor& colour = theme.of(severity);
    QColor ground = colour;
    ground.setAlphaF(0.25F);
    painter.fillRect(bar, ground);
    painter.fillRect(bar, QBrush(colour, pattern_of(severity)));
    painter.setPen(QPen(colour, 1));
    painter.setBrush(Qt::NoBrush);
    if (bar.width() > 3 && bar.height() > 2) painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5));
}

HistogramRenderer::HistogramRenderer(const GapDistribution& gaps, const WindowAnswers& answers,
                                     const QRectF& area, const QFont& font, CountScale scale)
    : gaps_(gaps), area_(area), font_(font), scale_(scale) {
    const QFontMetricsF metrics(font);
    most_on_curve_ = 0;
    for (const uint64_t count : answers.by_severity(kUnlimited)) most_on_curve_ += count;
    const auto room_for = [&](uint64_t most) {
        return metrics.horizontalAdvance(QString::number(most)) + kGap + kTick;
    };
    const double line = metrics.height();
    plot_ = area.adjusted(room_for(gaps.most_in_a_bar()) + line, line + kGrip + 2,
                          -(room_for(most_on_curve_) + line), -(2 * line + kTick + kGap));
    if (plot_.width() < 1) plot_.setWidth(1);
    if (plot_.height() < 1) plot_.setHeight(1);
    unlimited_at_ = std::max(plot_.left() + 1, plot_.right() - kUnlimitedRoom);
    build_curve(answers);
}

double HistogramRenderer::x_of(nanoseconds limit) const {
    if (limit == kUnlimited) return (unlimited_at_ + plot_.right()) / 2;
    const double decades = gaps_.last_decade() - gaps_.first_decade();
    const double part = (log10_of(limit) - gaps_.first_decade()) / decades;
    return plot_.left() + std::clamp(part, 0.0, 1.0) * (unlimited_at_ - plot_.left());
}

nanoseconds HistogramRenderer::limit_at(double x) const {
    if (x > unlimited_at_ + 2) return kUnlimited;
    const double part = std::clamp((x - plot_.left()) / (unlimited_at_ - plot_.left()), 0.0, 1.0);
    const double decades = gaps_.last_decade() - gaps_.first_decade();
    const double ns = std::pow(10.0, gaps_.first_decade() + part * decades);
    return rounded(nanoseconds(std::max<nanoseconds::rep>(std::llround(ns), 1)));
}

std::optional<size_t> HistogramRenderer::bar_at(QPointF at) const {
    if (!plot_.contains(at) || at.x() > unlimited_at_) return std::nullopt;
    const double part = (at.x() - plot_.left()) / (unlimited_at_ - plot_.left());
    return std::min(static_cast<size_t>(part * static_cast<double>(gaps_.bars())),
                    gaps_.bars() - 1);
}

double HistogramRenderer::height_of(uint64_t count, uint64_t most) const {
    if (count == 0 || most == 0) return 0;
    const auto n = static_cast<double>(count), all = static_cast<double>(most);
    const double part = scale_ == CountScale::kLinear ? n / all : std::log1p(n) / std::log1p(all);
    return std::max(part * plot_.height(), std::min(kLeastBar, plot_.height()));
}

// The window's findings change at few limits; between them the curve is flat.
void HistogramRenderer::build_curve(const WindowAnswers& answers) {
    const auto y_of = [&](nanoseconds limit) {
        uint64_t count = 0;
        for (const uint64_t of_severity : answers.by_severity(limit)) count += of_severity;
        return plot_.bottom() - height_of(count, most_on_curve_);
    };
    const double decades = gaps_.last_decade() - gaps_.first_decade();
    double before = plot_.bottom();
    for (double x = plot_.left(); x <= unlimited_at_; x += 1) {
        const double part = (x - plot_.left()) / (unlimited_at_ - plot_.left());
        const double y =
            y_of(nanoseconds(std::llround(std::pow(10.0, gaps_.first_decade() + part * decades))));
        if (y != before && !curve_.isEmpty()) curve_ << QPointF(x, before);
        curve_ << QPointF(x, y);
        before = y;
    }
    const double y = y_of(kUnlimited);
    if (y != before) curve_ << QPointF(unlimited_at_, before) << QPointF(unlimited_at_, y);
    curve_ << QPointF(plot_.right(), y);
}

HistogramRenderer::Layers HistogramRenderer::layers(const Theme& theme, qreal ratio) const {
    const auto painted = [&](const auto& paint) {
        QPixmap layer((area_.size() * ratio).toSize());
        layer.setDevicePixelRatio(ratio);
        layer.fill(Qt::transparent);
        QPainter painter(&layer);
        painter.translate(-area_.topLeft());
        painter.setFont(font_);
        paint(painter);
        return layer;
    };
    return {painted([&](QPainter& painter) {
                draw_axes(painter, theme);
                draw_counts(painter, theme);
                draw_absence(painter, theme);
            }),
            painted([&](QPainter& painter) { draw_curve(painter, theme); })};
}

void HistogramRenderer::draw(QPainter& painter, const Theme& theme, const State& state,
                             const Layers& layers) const {
    painter.save();
    painter.setFont(font_);
    if (state.brush) draw_brush(painter, theme, *state.brush);
    painter.drawPixmap(area_.topLeft(), layers.below);
    draw_bars(painter, theme, state.limit);
    painter.drawPixmap(area_.topLeft(), layers.above);
    draw_handle(painter, theme, state);
    painter.restore();
}

void HistogramRenderer::draw_absence(QPainter& painter, const Theme& theme) const {
    if (gaps_.most_in_a_bar() != 0) return;
    painter.setPen(theme.muted);
    painter.drawText(plot_, Qt::AlignCenter | Qt::TextWordWrap,
                     gaps_.without_gap() != 0
                         ? QStringLiteral("No finding has a gap: no window leaves any out.")
                         : QStringLiteral("No finding has a gap."));
}

void HistogramRenderer::draw_axes(QPainter& painter, const Theme& theme) const {
    const QFontMetricsF metrics(font_);
    const double line = metrics.height();
    painter.setPen(QPen(theme.line, 1));
    painter.drawLine(plot_.bottomLeft(), plot_.bottomRight());
    double free_from = 0;
    for (int decade = gaps_.first_decade(); decade <= gaps_.last_decade(); ++decade) {
        const double part = static_cast<double>(decade - gaps_.first_decade()) /
                            (gaps_.last_decade() - gaps_.first_decade());
        const double x = plot_.left() + part * (unlimited_at_ - plot_.left());
        painter.setPen(QPen(theme.line, 1));
        painter.drawLine(QPointF(x, plot_.bottom()), QPointF(x, plot_.bottom() + kTick));
        const QString text = decade_text(decade);
        const double wide = metrics.horizontalAdvance(text);
        const double left = x - wide / 2;
        if (left < free_from || x + wide / 2 > unlimited_at_ + wide / 2) continue;
        free_from = x + wide / 2 + kGap;
        painter.setPen(theme.muted);
        painter.drawText(QPointF(left, plot_.bottom() + kTick + metrics.ascent()), text);
    }
    const QString word = QStringLiteral("unlimited");
    const double left = plot_.right() - metrics.horizontalAdvance(word);
    painter.setPen(theme.muted);
    if (left >= free_from)
        painter.drawText(QPointF(left, plot_.bottom() + kTick + metrics.ascent()), word);
    painter.drawText(QRectF(plot_.left(), plot_.bottom() + kTick + line, plot_.width(), line),
                     Qt::AlignCenter, axis_title(gaps_.axis()));
    draw_hatch(painter,
               QRectF(unlimited_at_, plot_.top(), plot_.right() - unlimited_at_, plot_.height()),
               theme.raised);
}

// On the left of bars, on the right of the curve.
void HistogramRenderer::draw_counts(QPainter& painter, const Theme& theme) const {
    const QFontMetricsF metrics(font_);
    const double line = metrics.height();
    const auto draw_side = [&](uint64_t most, bool is_left) {
        double free_below = plot_.bottom() + line;
        for (const uint64_t count : counts_shown(most, scale_, plot_.height())) {
            const double y = plot_.bottom() - (count == 0 ? 0
                                               : scale_ == CountScale::kLinear
                                                   ? static_cast<double>(count) /
                                                         static_cast<double>(most) * plot_.height()
                                                   : height_of(count, most));
            if (y + line / 2 > free_below) continue;
            free_below = y - line / 2;
            painter.setPen(QPen(theme.line, 1, Qt::DotLine));
            if (is_left && count != 0)
                painter.drawLine(QPointF(plot_.left(), y), QPointF(plot_.right(), y));
            const QString text = QString::number(count);
            const double x = is_left ? plot_.left() - kGap - metrics.horizontalAdvance(text)
                                     : plot_.right() + kGap;
            painter.setPen(is_left ? theme.muted : theme.text);
            painter.drawText(QPointF(x, y + metrics.ascent() / 2 - 1), text);
        }
    };
    draw_side(gaps_.most_in_a_bar(), true);
    draw_side(most_on_curve_, false);
    const auto draw_upright = [&](double x, QString text, const QColor& colour) {
        // Without its first word, if it must be.
        if (metrics.horizontalAdvance(text) > plot_.height() + line)
            text = text.section(QLatin1Char(' '), 1);
        if (metrics.horizontalAdvance(text) > plot_.height() + line) return;
        painter.save();
        painter.translate(x, plot_.center().y());
        painter.rotate(-90);
        painter.setPen(colour);
        painter.drawText(QRectF(-plot_.height(), -line / 2, 2 * plot_.height(), line),
                         Qt::AlignCenter, text);
        painter.restore();
    };
    const double far_left = plot_.left() - kGap - kTick -
                            metrics.horizontalAdvance(QString::number(gaps_.most_in_a_bar()));
    draw_upright(far_left - line / 2, QStringLiteral("findings per bar"), theme.muted);
    const double far_right =
        plot_.right() + kGap + kTick + metrics.horizontalAdvance(QString::number(most_on_curve_));
    draw_upright(far_right + line / 2, QStringLiteral("findings in the window"), theme.text);
}

void HistogramRenderer::draw_bars(QPainter& painter, const Theme& theme, nanoseconds limit) const {
    const double wide = (unlimited_at_ - plot_.left()) / static_cast<double>(gaps_.bars());
    QColor outside = theme.muted;
    outside.setAlphaF(0.35F);
    for (size_t bar = 0; bar < gaps_.bars(); ++bar) {
        const GapDistribution::BySeverity& born = gaps_.born(bar);
        const GapDistribution::BySeverity alive = gaps_.alive(bar, limit);
        uint64_t all = 0;
        for (const uint64_t count : born) all += count;
        if (all == 0) continue;
        const double height = height_of(all, gaps_.most_in_a_bar());
        const double left = plot_.left() + wide * static_cast<double>(bar);
        const auto x = std::round(left), right = std::round(left + wide);
        double bottom = plot_.bottom();
        const auto add = [&](uint64_t count, auto&& fill) {
            if (count == 0) return;
            const double part = static_cast<double>(count) / static_cast<double>(all) * height;
            fill(QRectF(x + 0.5, bottom - part, std::max(right - x - 1, 1.0), part));
            bottom -= part;
        };
        // The gravest stand lowest, where their lengths are best compared.
        for (const Severity severity : kAllSeverities)
            add(alive[static_cast<size_t>(severity)],
                [&](const QRectF& area) { fill_for(painter, area, severity, theme); });
        for (const Severity severity : kAllSeverities) {
            const auto i = static_cast<size_t>(severity);
            add(born[i] - alive[i], [&](const QRectF& area) { painter.fillRect(area, outside); });
        }
    }
}

void HistogramRenderer::draw_brush(QPainter& painter, const Theme& theme,
                                   const GapRange& brush) const {
    const QRectF area(QPointF(x_of(brush.from), plot_.top()),
                      QPointF(x_of(brush.to), plot_.bottom()));
    QColor ground = theme.selection;
    ground.setAlphaF(0.6F);
    painter.fillRect(area, ground);
    painter.setPen(QPen(theme.check, 1, Qt::DashLine));
    painter.drawLine(area.topLeft(), area.bottomLeft());
    painter.drawLine(area.topRight(), area.bottomRight());
}

void HistogramRenderer::draw_curve(QPainter& painter, const Theme& theme) const {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.background, 3.5));
    painter.drawPolyline(curve_);
    painter.setPen(QPen(theme.text, 1.5));
    painter.drawPolyline(curve_);
    painter.restore();
}

void HistogramRenderer::draw_handle(QPainter& painter, const Theme& theme,
                                    const State& state) const {
    const QFontMetricsF metrics(font_);
    const double x = std::round(x_of(state.limit)) + 0.5;
    const QString text = QStringLiteral("window ") + limit_label(state.limit);
    const double wide = metrics.horizontalAdvance(text) + 2 * kGap, line = metrics.height();
    const double left = std::clamp(x - wide / 2, plot_.left() - kGap,
                                   std::max(plot_.left(), plot_.right() + kGap - wide));
    const QRectF label(left, plot_.top() - line - kGrip, wide, line + 2);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.check, state.has_focus ? 3 : 2));
    painter.drawLine(QPointF(x, label.bottom()), QPointF(x, plot_.bottom() + kTick));
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.check);
    painter.drawRoundedRect(label, 3, 3);
    QPainterPath grip;
    grip.moveTo(x - kGrip, plot_.bottom() + kGrip + 2);
    grip.lineTo(x + kGrip, plot_.bottom() + kGrip + 2);
    grip.lineTo(x, plot_.bottom());
    grip.closeSubpath();
    painter.drawPath(grip);
    painter.setPen(theme.background);
    painter.drawText(label, Qt::AlignCenter, text);
    if (state.has_focus) {
        painter.setPen(QPen(theme.text, 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(label.adjusted(-2, -2, 2, 2), 4, 4);
    }
    painter.restore();
}

}  // namespace tocsin::gui
