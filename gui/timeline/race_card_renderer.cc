// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/race_card_renderer.h"

#include <QFontMetricsF>
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <utility>

#include "analyzer/report/phrases.h"

namespace tocsin::gui {
namespace {

constexpr double kPadding = 6, kLaneGap = 4, kMark = 11, kLeastBar = 3, kRight = 16;
constexpr double kLabelEms = 20, kLabelPart = 0.4;  // of the column left of the plot
constexpr double kArrowsApart = 4;                  // that end at one mark

double line_of(const QFont& font) {
    return std::ceil(QFontMetricsF(font).height());
}

QFont smaller(QFont font) {
    if (font.pointSizeF() > 0)
        font.setPointSizeF(font.pointSizeF() * 0.9);
    else
        font.setPixelSize(std::max(8, font.pixelSize() * 9 / 10));
    return font;
}

QString between(BootTime from, BootTime to) {
    return duration_text(to.ns > from.ns ? to.ns - from.ns : 0);
}

void draw_head(QPainter& painter, QPointF tip, double direction, double size,
               const QColor& colour) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    const QPointF back(-std::cos(direction) * size, -std::sin(direction) * size);
    const QPointF side(-std::sin(direction) * size / 2, std::cos(direction) * size / 2);
    painter.drawPolygon(QPolygonF{tip, tip + back + side, tip + back - side});
}

}  // namespace

RaceCardRenderer::RaceCardRenderer(RaceDrawing drawing, double width, const QFont& font)
    : drawing_(std::move(drawing)),
      font_(font),
      small_(smaller(font)),
      width_(std::max(width, kLeastWidth)),
      line_(line_of(font)),
      left_(std::min(QFontMetricsF(font).horizontalAdvance(QLatin1Char('m')) * kLabelEms,
                     std::max(width, kLeastWidth) * kLabelPart)),
      scale_(drawing_.from.ns, drawing_.to.ns, left_ + kPadding,
             std::max(width, kLeastWidth) - left_ - kPadding - kRight) {
    double y = kPadding;
    for (size_t lane = 0; lane < drawing_.lanes.size(); ++lane) {
        tops_.push_back(y);
        y += is_compact(lane) ? line_ + kPadding : 2 * line_ + 2 * kPadding;
        y += kLaneGap;
    }
    tops_.push_back(y);
    if (!drawing_.uncertainty.isEmpty()) y += line_ + kPadding;
    axis_at_ = y + 2;
    place_gaps();
}

bool RaceCardRenderer::is_compact(size_t lane) const {
    return drawing_.lanes[lane].part.size() == 1;
}

QRectF RaceCardRenderer::lane_area(size_t lane) const {
    return {0, tops_[lane], width_, tops_[lane + 1] - tops_[lane] - kLaneGap};
}

double RaceCardRenderer::middle_of(size_t lane) const {
    const QRectF area = lane_area(lane);
    return is_compact(lane) ? area.center().y() : area.bottom() - kPadding - line_ / 2;
}

// Gaps that lie side by side share a line where their words fit between their ends.
void RaceCardRenderer::place_gaps() {
    const QFontMetricsF metrics(font_);
    double y = axis_at_ + line_ + 2 * kPadding + line_ / 2;
    double free_from = -1;
    for (size_t i = 0; i < drawing_.gaps.size(); ++i) {
        const RaceGap& gap = drawing_.gaps[i];
        const double x1 = scale_.x_of(gap.from.ns), x2 = std::max(x1, scale_.x_of(gap.to.ns));
        const bool fits =
            x2 - x1 > metrics.horizontalAdvance(between(gap.from, gap.to)) + 4 * kPadding;
        if (i != 0 && (!fits || x1 < free_from)) y += line_ + kPadding;
        gaps_.push_back({i, y});
        free_from = fits ? x2 : width_ + 1;
    }
    height_ = (gaps_.empty() ? axis_at_ + line_ + kPadding : y + line_ / 2) + kPadding;
}

QRectF RaceCardRenderer::bar_area(size_t lane, const RaceBar& bar) const {
    const double x1 = scale_.x_of(bar.began.ns);
    const double x2 = std::max(scale_.x_of(bar.ended.ns), x1 + kLeastBar);
    const double high = line_ * 0.7;
    return {x1, middle_of(lane) - high / 2, x2 - x1, high};
}

void RaceCardRenderer::draw(QPainter& painter, const Theme& theme) const {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(font_);
    for (size_t lane = 0; lane < drawing_.lanes.size(); ++lane) draw_lane(painter, theme, lane);
    draw_guides(painter, theme);
    draw_axis(painter, theme);
    draw_uncertainty(painter, theme);
    for (const RaceDrawing::Arrow& arrow : drawing_.arrows) draw_arrow(painter, theme, arrow);
    for (size_t lane = 0; lane < drawing_.lanes.size(); ++lane) {
        draw_absence(painter, theme, lane);
        for (const RaceBar& bar : drawing_.lanes[lane].bars)
            if (bar.decided)
                draw_mark(painter, bar.kind, {scale_.x_of(bar.decided->ns), middle_of(lane)}, kMark,
                          theme.of(bar.kind));
        draw_bar_labels(painter, theme, lane);
    }
    for (const GapPlace& place : gaps_) draw_gap(painter, theme, place);
    painter.restore();
}

void RaceCardRenderer::draw_lane(QPainter& painter, const Theme& theme, size_t index) const {
    const RaceLane& lane = drawing_.lanes[index];
    const QRectF area = lane_area(index);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.raised);
    painter.drawRoundedRect(area, 4, 4);
    const double top = area.center().y() - (is_compact(index) ? line_ / 2 : line_);
    const QRectF words(kPadding, top, left_ - 2 * kPadding, area.bottom() - top);
    draw_mark(painter, lane.kind, {words.left() + kMark / 2, top + line_ / 2}, kMark,
              theme.of(lane.kind));
    QFont bold = font_;
    bold.setBold(true);
    painter.setPen(theme.text);
    painter.setFont(bold);
    painter.drawText(QRectF(words.left() + kMark + kPadding, top, words.width(), line_),
                     Qt::AlignVCenter | Qt::AlignLeft, lane.part);
    if (!is_compact(index)) {
        draw_who(painter, theme, lane, words);
    } else {
        const double left = words.left() + kMark + 2 * kPadding +
                            QFontMetricsF(bold).horizontalAdvance(QLatin1Char('M'));
        painter.setFont(small_);
        painter.setPen(theme.muted);
        painter.drawText(
            QRectF(left, top, words.right() - left, line_), Qt::AlignVCenter | Qt::AlignLeft,
            QFontMetricsF(small_).elidedText(lane.who, Qt::ElideRight, words.right() - left));
    }
    painter.setFont(font_);
    for (const RaceBar& bar : lane.bars)
        if (bar.began != bar.ended || !bar.decided) draw_bar(painter, theme, index, bar);
}

// Whose rights, beside what it did, as that is what a race is won by; and below, who.
void RaceCardRenderer::draw_who(QPainter& painter, const Theme& theme, const RaceLane& lane,
                                const QRectF& area) const {
    QFont bold = font_;
    bold.setBold(true);
    const QFontMetricsF small(small_);
    const double left =
        area.left() + kMark + 2 * kPadding + QFontMetricsF(bold).horizontalAdvance(lane.part);
    const double room = area.right() - left;
    QString rights = lane.uid;
    if (const QString all = lane.uid + QString::fromUtf8(" · ") + lane.cpu;
        !lane.cpu.isEmpty() && small.horizontalAdvance(all) <= room)
        rights = all;
    painter.setFont(small_);
    painter.setPen(theme.text);
    painter.drawText(QRectF(left, area.top(), room, line_), Qt::AlignVCenter | Qt::AlignRight,
                     small.elidedText(rights, Qt::ElideRight, room));
    painter.setPen(theme.muted);
    painter.drawText(QRectF(area.left(), area.top() + line_, area.width(), line_),
                     Qt::AlignVCenter | Qt::AlignLeft,
                     small.elidedText(lane.who, Qt::ElideMiddle, area.width()));
}

void RaceCardRenderer::draw_absence(QPainter& painter, const Theme& theme, size_t index) const {
    const RaceLane& lane = drawing_.lanes[index];
    if (lane.absence.isEmpty()) return;
    const QRectF area(left_ + kPadding, lane_area(index).top(), width_ - left_ - kPadding - kRight,
                      lane_area(index).height());
    const QFontMetricsF metrics(small_);
    const int flags = Qt::AlignCenter | Qt::TextWordWrap;
    QString words = lane.absence;
    QRectF ground = metrics.boundingRect(area, flags, words);
    if (ground.height() > area.height()) {
        words = metrics.elidedText(words, Qt::ElideRight, area.width());
        ground = metrics.boundingRect(area, flags, words);
    }
    painter.fillRect(ground.adjusted(-kPadding, 0, kPadding, 0), theme.raised);
    painter.setFont(small_);
    painter.setPen(theme.muted);
    painter.drawText(area, flags, words);
    painter.setFont(font_);
}

void RaceCardRenderer::draw_bar(QPainter& painter, const Theme& theme, size_t lane,
                                const RaceBar& bar) const {
    const QRectF area = bar_area(lane, bar);
    QColor fill = theme.of(bar.kind);
    fill.setAlphaF(0.3F);
    painter.setPen(QPen(theme.of(bar.kind), bar.explains ? 1.6 : 1));
    painter.setBrush(fill);
    painter.drawRoundedRect(area, 2, 2);
    if (bar.is_open)
        draw_hatch(painter, QRectF(area.right(), area.top(), 3 * kPadding, area.height()),
                   theme.of(bar.kind));
}

// The change that explains is named first; others where there is room left.
void RaceCardRenderer::draw_bar_labels(QPainter& painter, const Theme& theme, size_t index) const {
    const RaceLane& lane = drawing_.lanes[index];
    const QFontMetricsF metrics(small_);
    std::vector<const RaceBar*> bars;
    for (const RaceBar& bar : lane.bars) bars.push_back(&bar);
    std::stable_partition(bars.begin(), bars.end(),
                          [](const RaceBar* bar) { return bar->explains; });
    std::vector<QRectF> taken;
    const double most = width_ - left_ - kRight;
    painter.setFont(small_);
    painter.setPen(theme.text);
    for (const RaceBar* bar : bars) {
        if (bar->label.isEmpty()) continue;
        const QString label = metrics.elidedText(bar->label, Qt::ElideMiddle, most);
        const double wide = metrics.horizontalAdvance(label) + 2;
        const QRectF area = bar_area(index, *bar);
        const double left = std::clamp(area.left(), left_ + kPadding,
                                       std::max(left_ + kPadding, width_ - wide - kPadding));
        // Beside the mark, where no bar has room for it above.
        const bool is_right = area.right() + kMark + wide <= width_;
        const QRectF place =
            is_compact(index) ? QRectF(is_right ? area.right() + kMark : area.left() - kMark - wide,
                                       area.center().y() - line_ / 2, wide, line_)
                              : QRectF(left, lane_area(index).top() + 2, wide, line_);
        if (std::any_of(taken.begin(), taken.end(),
                        [&](const QRectF& other) { return other.intersects(place); }))
            continue;
        taken.push_back(place.adjusted(-kPadding, 0, kPadding, 0));
        // Over arrows that pass.
        if (!is_compact(index)) painter.fillRect(place, theme.raised);
        painter.drawText(place, Qt::AlignVCenter | Qt::AlignLeft, label);
    }
    painter.setFont(font_);
}

void RaceCardRenderer::draw_axis(QPainter& painter, const Theme& theme) const {
    const QFontMetricsF metrics(small_);
    painter.setPen(QPen(theme.line, 1));
    painter.drawLine(QPointF(left_ + kPadding, axis_at_), QPointF(width_ - kRight, axis_at_));
    painter.setFont(small_);
    double free_from = 0;
    for (const TimeScale::Tick& tick :
         scale_.ticks(drawing_.from.ns, metrics.horizontalAdvance(QLatin1Char('m')) * 8)) {
        const double x = scale_.x_of(tick.ns), wide = metrics.horizontalAdvance(tick.label);
        painter.setPen(QPen(theme.line, 1));
        painter.drawLine(QPointF(x, axis_at_), QPointF(x, axis_at_ + 4));
        const double left = std::min(x - wide / 2, width_ - wide);
        if (left < free_from) continue;
        free_from = left + wide + kPadding;
        // Over the guides.
        painter.fillRect(QRectF(left - 2, axis_at_ + 5, wide + 4, metrics.height()),
                         theme.background);
        painter.setPen(theme.muted);
        painter.drawText(QPointF(left, axis_at_ + 5 + metrics.ascent()), tick.label);
    }
    painter.setFont(font_);
}

// From the marks down to the ruler.
void RaceCardRenderer::draw_guides(QPainter& painter, const Theme& theme) const {
    painter.setPen(QPen(theme.line, 1, Qt::DotLine));
    for (const GapPlace& place : gaps_) {
        const RaceGap& gap = drawing_.gaps[place.gap];
        for (const BootTime at : {gap.from, gap.to}) {
            const double x = scale_.x_of(at.ns);
            painter.drawLine(QPointF(x, tops_.front()), QPointF(x, place.y));
        }
    }
}

// Brackets around what may have been in another order.
void RaceCardRenderer::draw_uncertainty(QPainter& painter, const Theme& theme) const {
    if (drawing_.uncertainty.isEmpty()) return;
    painter.setPen(QPen(theme.lost, 2));
    for (size_t i = 0; i < drawing_.lanes.size(); ++i)
        for (const RaceBar& bar : drawing_.lanes[i].bars) {
            if (!bar.explains) continue;
            const QRectF area = bar_area(i, bar).adjusted(-5, -4, 5, 4);
            for (const double x : {area.left(), area.right()}) {
                const double inwards = x == area.left() ? 4 : -4;
                painter.drawPolyline(QPolygonF{QPointF(x + inwards, area.top()),
                                               QPointF(x, area.top()), QPointF(x, area.bottom()),
                                               QPointF(x + inwards, area.bottom())});
            }
        }
    const QRectF strip(left_ + kPadding, tops_.back(), width_ - left_ - kPadding - kRight, line_);
    draw_hatch(painter, strip, theme.lost);
    const QFontMetricsF metrics(font_);
    const QString words =
        metrics.elidedText(drawing_.uncertainty, Qt::ElideRight, strip.width() - 2 * kPadding);
    QRectF ground(0, 0, metrics.horizontalAdvance(words) + 2 * kPadding, line_);
    ground.moveCenter(strip.center());
    painter.fillRect(ground, theme.background);
    painter.setPen(theme.text);
    painter.drawText(ground, Qt::AlignCenter, words);
}

// Never crisp where the order is not proved.
void RaceCardRenderer::draw_arrow(QPainter& painter, const Theme& theme,
                                  const RaceDrawing::Arrow& arrow) const {
    const bool is_certain = drawing_.uncertainty.isEmpty();
    QColor colour = arrow.is_dashed ? theme.check : theme.change;
    if (!is_certain) colour.setAlphaF(0.45F);
    const QPointF from(scale_.x_of(arrow.from.ns), middle_of(arrow.lane));
    const double aside = drawing_.arrows.size() < 2 ? 0
                         : arrow.is_dashed          ? -kArrowsApart
                                                    : kArrowsApart;
    const QPointF to(scale_.x_of(arrow.to.ns) - kMark / 2 - 1, middle_of(arrow.to_lane) + aside);
    const QPointF start = from + QPointF(kMark / 2 + 1, 0);
    const double reach = std::max(12.0, (to.x() - start.x()) / 2);
    const QPointF end = to - QPointF(7, 0);
    QPainterPath path(start);
    path.cubicTo(start + QPointF(reach, 0), end - QPointF(reach, 0), end);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(colour, 1.8,
                        arrow.is_dashed ? Qt::DashLine
                        : is_certain    ? Qt::SolidLine
                                        : Qt::DotLine));
    painter.drawPath(path);
    draw_head(painter, to, 0, 8, colour);
}

// "check to use"; of several on a line "to change, to use".
QString RaceCardRenderer::name_at(const GapPlace& place) const {
    QStringList names;
    for (const GapPlace& other : gaps_)
        if (other.y == place.y) {
            if (names.isEmpty() && other.gap != place.gap) return {};
            names << drawing_.gaps[other.gap].label;
        }
    if (names.size() == 1) return names.front();
    for (QString& name : names) name.remove(0, name.indexOf(QStringLiteral("to ")));
    return names.join(QStringLiteral(", "));
}

void RaceCardRenderer::draw_gap(QPainter& painter, const Theme& theme,
                                const GapPlace& place) const {
    const RaceGap& gap = drawing_.gaps[place.gap];
    const QFontMetricsF metrics(font_);
    const double x1 = scale_.x_of(gap.from.ns), x2 = std::max(x1, scale_.x_of(gap.to.ns));
    painter.setPen(theme.muted);
    painter.drawText(QRectF(kPadding, place.y - line_ / 2, left_ - kPadding, line_),
                     Qt::AlignVCenter | Qt::AlignLeft,
                     metrics.elidedText(name_at(place), Qt::ElideRight, left_ - kPadding));
    painter.setPen(QPen(theme.text, 1));
    painter.drawLine(QPointF(x1, place.y), QPointF(x2, place.y));
    for (const double x : {x1, x2})
        painter.drawLine(QPointF(x, place.y - line_ / 3), QPointF(x, place.y + line_ / 3));
    if (x2 - x1 > 24) {
        draw_head(painter, {x1, place.y}, 3.14159265358979, 6, theme.text);
        draw_head(painter, {x2, place.y}, 0, 6, theme.text);
    }
    const QString words = between(gap.from, gap.to);
    const double wide = metrics.horizontalAdvance(words) + 2 * kPadding;
    QRectF ground(0, place.y - line_ / 2, wide, line_);
    if (x2 - x1 > wide + 2 * kPadding)
        ground.moveCenter(QPointF((x1 + x2) / 2, place.y));
    else if (x2 + wide < width_)
        ground.moveLeft(x2 + 2);
    else
        ground.moveRight(x1 - 2);
    painter.fillRect(ground, theme.background);
    painter.setPen(theme.text);
    painter.drawText(ground, Qt::AlignCenter, words);
}

QString RaceCardRenderer::text_at(QPointF at) const {
    for (size_t i = 0; i < drawing_.lanes.size(); ++i) {
        if (!lane_area(i).contains(at)) continue;
        const RaceLane& lane = drawing_.lanes[i];
        QString text = lane.part + QStringLiteral(": ") + lane.who;
        for (const QString& more : {lane.uid, lane.cpu})
            if (!more.isEmpty()) text += QStringLiteral(", ") + more;
        if (!lane.absence.isEmpty()) text += lane.absence;
        for (const RaceBar& bar : lane.bars) {
            if (at.x() > left_ && !bar_area(i, bar).adjusted(-6, -40, 6, 40).contains(at)) continue;
            if (!bar.label.isEmpty()) text += QLatin1Char('\n') + bar.label;
            const auto since = [&](BootTime time) { return between(drawing_.from, time); };
            if (bar.began != bar.ended)
                text += QStringLiteral("\nentry at +%1, return at +%2")
                            .arg(since(bar.began), since(bar.ended));
            if (bar.decided)
                text += (bar.kind == MarkKind::kChange ? QStringLiteral("\nto be seen from +%1 on")
                         : bar.began == bar.ended      ? QStringLiteral("\nat +%1")
                                                  : QStringLiteral("\nthe kernel decided at +%1"))
                            .arg(since(*bar.decided));
        }
        return text;
    }
    for (const GapPlace& place : gaps_)
        if (std::abs(at.y() - place.y) < line_ / 2) {
            const RaceGap& gap = drawing_.gaps[place.gap];
            if (at.x() >= scale_.x_of(gap.from.ns) - 4 && at.x() <= scale_.x_of(gap.to.ns) + 4)
                return gap.label + QStringLiteral(": ") +
                       QString::fromStdString(interval_text(gap.from, gap.to));
        }
    return {};
}

}  // namespace tocsin::gui
