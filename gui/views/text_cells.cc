// SPDX-License-Identifier: Apache-2.0
#include "gui/views/text_cells.h"

#include <QApplication>
#include <QFontMetrics>
#include <QPainter>
#include <QStyle>

namespace tocsin::gui {

const QStaticText& TextCells::laid_out(const QStyleOptionViewItem& cell, int width) const {
    const CellText key{cell.text, cell.font, width};
    if (const QStaticText* known = texts_.object(key)) return *known;
    auto* text = new QStaticText(cell.fontMetrics.elidedText(cell.text, cell.textElideMode, width));
    text->setTextFormat(Qt::PlainText);
    text->setPerformanceHint(QStaticText::AggressiveCaching);
    text->prepare({}, cell.font);
    texts_.insert(key, text);
    return *text;
}

void TextCells::paint(QPainter* painter, const QStyleOptionViewItem& option,
                      const QModelIndex& index) const {
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    const QStyle* style = cell.widget != nullptr ? cell.widget->style() : QApplication::style();
    // All but the text, which stands where the style would have it.
    QStyleOptionViewItem ground = cell;
    ground.text.clear();
    style->drawControl(QStyle::CE_ItemViewItem, &ground, painter, cell.widget);
    if (cell.text.isEmpty()) return;
    const int margin = style->pixelMetric(QStyle::PM_FocusFrameHMargin, nullptr, cell.widget) + 1;
    QRect area = cell.rect.adjusted(margin, 0, -margin, 0);
    if (!cell.icon.isNull()) area.setLeft(area.left() + cell.decorationSize.width() + 2 * margin);
    if (area.width() <= 0) return;
    area = QStyle::visualRect(cell.direction, cell.rect, area);
    const QStaticText& text = laid_out(cell, area.width());
    const QRect at = QStyle::alignedRect(cell.direction, cell.displayAlignment,
                                         text.size().toSize().boundedTo(area.size()), area);
    const bool is_selected = cell.state.testFlag(QStyle::State_Selected);
    const QPalette::ColorGroup group =
        !cell.state.testFlag(QStyle::State_Enabled) ? QPalette::Disabled
        : cell.state.testFlag(QStyle::State_Active) ? QPalette::Active
                                                    : QPalette::Inactive;
    painter->setFont(cell.font);
    painter->setPen(
        cell.palette.color(group, is_selected ? QPalette::HighlightedText : QPalette::Text));
    painter->drawStaticText(at.topLeft(), text);
}

}  // namespace tocsin::gui
