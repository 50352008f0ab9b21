// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/race_card_drawing.h"

#include <QFontMetricsF>
#include <algorithm>

#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"
#include "gui/timeline/race_card_renderer.h"

namespace tocsin::gui {
namespace {

constexpr double kWidth = 960, kPadding = 12;
constexpr size_t kNameColumns = 60;

QFont bold(QFont font) {
    font.setBold(true);
    return font;
}

std::string about(const AnalysisResult& result, const Finding& finding) {
    return std::string(name_of(finding.judgement.severity)) + ", " +
           std::string(name_of(finding.candidate.rule)) + ", finding " + finding.fingerprint +
           " of " + elide(quote(result.trace.name), kNameColumns);
}

}  // namespace

RaceCardDrawing::RaceCardDrawing(const AnalysisResult& result, const EventStore& events,
                                 const Finding& finding, const Theme& theme, const QFont& font)
    : drawing_(drawing_of(result, events, finding)),
      title_(QString::fromStdString(title_text(finding, kNameColumns))),
      subtitle_(QString::fromStdString(about(result, finding))),
      theme_(theme),
      font_(font) {}

// Its title takes up to two lines.
double RaceCardDrawing::title_height() const {
    return 2 * kPadding + 2 * QFontMetricsF(bold(font_)).lineSpacing() +
           QFontMetricsF(font_).lineSpacing();
}

QSizeF RaceCardDrawing::natural_size() const {
    return {kWidth, title_height() + RaceCardRenderer(drawing_, kWidth, font_).height()};
}

void RaceCardDrawing::paint(QPainter& painter, const QRectF& area) const {
    painter.save();
    painter.fillRect(area, theme_.background);
    painter.translate(area.topLeft());
    const double width = area.width() - 2 * kPadding;
    const double lines = 2 * QFontMetricsF(bold(font_)).lineSpacing();
    painter.setFont(bold(font_));
    painter.setPen(theme_.text);
    painter.drawText(QRectF(kPadding, kPadding, width, lines),
                     Qt::AlignLeft | Qt::AlignBottom | Qt::TextWordWrap, title_);
    painter.setFont(font_);
    painter.setPen(theme_.muted);
    painter.drawText(QRectF(kPadding, kPadding + lines, width, QFontMetricsF(font_).lineSpacing()),
                     Qt::AlignLeft | Qt::AlignVCenter, subtitle_);
    painter.translate(0, title_height());
    RaceCardRenderer(drawing_, area.width(), font_).draw(painter, theme_);
    painter.restore();
}

}  // namespace tocsin::gui
