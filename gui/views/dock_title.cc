// SPDX-License-Identifier: Apache-2.0
#include "gui/views/dock_title.h"

#include <QHBoxLayout>
#include <QMainWindow>
#include <QPainter>
#include <QToolButton>

#include "gui/timeline/theme.h"

namespace tocsin::gui {
namespace {

constexpr int kGrip = 12;

void draw_grip(QPainter& painter, QPointF middle, Qt::Orientation along, const QColor& colour) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    for (int i = -2; i <= 2; ++i)
        for (int side = -1; side <= 1; side += 2) {
            const QPointF off =
                along == Qt::Horizontal ? QPointF(i * 5, side * 1.8) : QPointF(side * 1.8, i * 5);
            painter.drawEllipse(middle + off, 0.9, 0.9);
        }
}

}  // namespace

DockTitle::DockTitle(QDockWidget& dock) : QWidget(&dock), dock_(dock) {
    setToolTip(QStringLiteral("Drag to move this panel; double-click to tear it off"));
    if (stands()) return;
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 2, 0);
    row->addStretch(1);
    const auto add = [&](const QString& text, const QString& name, auto&& run) {
        auto* button = new QToolButton;
        button->setText(text);
        button->setToolTip(name);
        button->setAccessibleName(name);
        button->setAutoRaise(true);
        button->setFocusPolicy(Qt::NoFocus);
        button->setFixedSize(fontMetrics().height() + 4, fontMetrics().height() + 2);
        connect(button, &QToolButton::clicked, &dock_, run);
        row->addWidget(button);
        buttons_.push_back(button);
    };
    add(QStringLiteral("▫"), QStringLiteral("Float or dock this panel"),
        [&dock] { dock.setFloating(!dock.isFloating()); });
    add(QStringLiteral("×"), QStringLiteral("Close this panel; the View menu brings it back"),
        [&dock] { dock.close(); });
    connect(&dock, &QDockWidget::visibilityChanged, this, &DockTitle::adapt);
    connect(&dock, &QDockWidget::dockLocationChanged, this, &DockTitle::adapt);
    connect(&dock, &QDockWidget::topLevelChanged, this, &DockTitle::adapt);
}

void DockTitle::adapt() {
    const auto* window = qobject_cast<QMainWindow*>(dock_.parentWidget());
    has_tab_ =
        window != nullptr && !dock_.isFloating() && !window->tabifiedDockWidgets(&dock_).isEmpty();
    for (QToolButton* button : buttons_) button->setVisible(!has_tab_);
    updateGeometry();
    update();
}

bool DockTitle::stands() const {
    return (dock_.features() & QDockWidget::DockWidgetVerticalTitleBar) != 0;
}

QSize DockTitle::sizeHint() const {
    if (stands()) return {kGrip, 20};
    return {80, has_tab_ ? kGrip : fontMetrics().height() + 6};
}

void DockTitle::paintEvent(QPaintEvent* /*event*/) {
    const Theme& theme = Theme::of(palette());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (stands()) {
        draw_grip(painter, QRectF(rect()).center(), Qt::Vertical, theme.muted);
        return;
    }
    if (has_tab_) {
        draw_grip(painter, QRectF(rect()).center(), Qt::Horizontal, theme.muted);
        return;
    }
    QFont font = this->font();
    font.setBold(true);
    painter.setFont(font);
    painter.setPen(theme.muted);
    painter.drawText(rect().adjusted(8, 0, -50, 0), Qt::AlignVCenter | Qt::AlignLeft,
                     dock_.windowTitle());
}

}  // namespace tocsin::gui
