// SPDX-License-Identifier: Apache-2.0
#include "gui/views/race_figure.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <cmath>
#include <utility>

#include "gui/models/plain_tip.h"

namespace tocsin::gui {

RaceFigure::RaceFigure(QWidget* parent) : QWidget(parent) {
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(tr("The race in time"));
}

void RaceFigure::show_race(std::optional<RaceDrawing> drawing) {
    drawing_ = std::move(drawing);
    setAccessibleDescription(drawing_ ? drawing_->sentence : QString());
    prepare();
    updateGeometry();
}

// Anew with each width, as what fits where depends on it.
void RaceFigure::prepare() {
    renderer_.reset();
    if (drawing_) renderer_.emplace(*drawing_, width(), font());
    setFixedHeight(renderer_ ? static_cast<int>(std::ceil(renderer_->height())) : 0);
    update();
}

int RaceFigure::heightForWidth(int width) const {
    if (!drawing_) return 0;
    return static_cast<int>(std::ceil(RaceCardRenderer(*drawing_, width, font()).height()));
}

QSize RaceFigure::sizeHint() const {
    constexpr int kWidth = 560;
    return {kWidth, heightForWidth(kWidth)};
}

void RaceFigure::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    const Theme& theme = Theme::of(palette());
    painter.fillRect(rect(), theme.background);
    if (renderer_) renderer_->draw(painter, theme);
}

void RaceFigure::resizeEvent(QResizeEvent* event) {
    if (event->size().width() != event->oldSize().width()) prepare();
}

void RaceFigure::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange) prepare();
    QWidget::changeEvent(event);
}

bool RaceFigure::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const QString text = renderer_ ? renderer_->text_at(help->pos()) : QString();
    if (text.isEmpty())
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(), plain_tip(text), this);
    return true;
}

}  // namespace tocsin::gui
