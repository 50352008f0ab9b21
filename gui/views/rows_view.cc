// SPDX-License-Identifier: Apache-2.0
#include "gui/views/rows_view.h"

#include <QEvent>
#include <QPaintEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>
#include <limits>

#include "gui/timeline/theme.h"

namespace tocsin::gui {

RowsView::RowsView(QWidget* parent)
    : QAbstractItemView(parent), header_(new QHeaderView(Qt::Horizontal, this)) {
    header_->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header_->setHighlightSections(false);
    header_->setStretchLastSection(true);
    header_->setSectionsMovable(true);
    connect(header_, &QHeaderView::sectionResized, this, [this] {
        updateGeometries();
        viewport()->update();
    });
    connect(header_, &QHeaderView::sectionMoved, viewport(), qOverload<>(&QWidget::update));
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setEditTriggers(NoEditTriggers);
    setAlternatingRowColors(true);
    setVerticalScrollMode(ScrollPerItem);
    setHorizontalScrollMode(ScrollPerPixel);
    setTabKeyNavigation(false);
}

void RowsView::setModel(QAbstractItemModel* model) {
    header_->setModel(model);
    QAbstractItemView::setModel(model);
}

int RowsView::row_height() const {
    return fontMetrics().height() + 4;
}

int RowsView::rows_in_view() const {
    return std::max(1, viewport()->height() / row_height());
}

void RowsView::point_at(int row) {
    if (row == pointed_at_) return;
    pointed_at_ = row;
    viewport()->update();
}

QRect RowsView::visualRect(const QModelIndex& index) const {
    if (!index.isValid()) return {};
    // Rows far away are beyond what an int of pixels holds, and are never seen.
    const int64_t away = int64_t{index.row()} - first_row();
    constexpr int64_t kFar = std::numeric_limits<int>::max() / 256;
    return {header_->sectionViewportPosition(index.column()),
            static_cast<int>(std::clamp(away, -kFar, kFar)) * row_height(),
            header_->sectionSize(index.column()), row_height()};
}

void RowsView::scrollTo(const QModelIndex& index, ScrollHint hint) {
    if (!index.isValid()) return;
    const int row = index.row(), first = first_row(), seen = rows_in_view();
    if (hint == EnsureVisible && row >= first && row < first + seen) return;
    int to = row;
    if (hint == PositionAtCenter || (hint == EnsureVisible && std::abs(row - first) > 2 * seen))
        to = row - seen / 2;
    else if (hint == PositionAtBottom || (hint == EnsureVisible && row >= first + seen))
        to = row - seen + 1;
    verticalScrollBar()->setValue(to);
}

QModelIndex RowsView::indexAt(const QPoint& point) const {
    if (point.y() < 0 || model() == nullptr) return {};
    const int64_t row = int64_t{first_row()} + point.y() / row_height();
    const int column = header_->logicalIndexAt(point.x());
    if (row >= rows() || column < 0) return {};
    return model()->index(static_cast<int>(row), column);
}

QModelIndex RowsView::moveCursor(CursorAction action, Qt::KeyboardModifiers) {
    if (rows() == 0) return {};
    const QModelIndex now = currentIndex();
    const int column = now.isValid() ? now.column() : 0;
    if (!now.isValid()) return model()->index(std::min(first_row(), rows() - 1), column);
    int64_t row = now.row();
    switch (action) {
        case MoveUp:
        case MovePrevious:
            --row;
            break;
        case MoveDown:
        case MoveNext:
            ++row;
            break;
        case MovePageUp:
            row -= rows_in_view();
            break;
        case MovePageDown:
            row += rows_in_view();
            break;
        case MoveHome:
            row = 0;
            break;
        case MoveEnd:
            row = rows() - 1;
            break;
        case MoveLeft:
        case MoveRight: {
            const int step = header_->defaultSectionSize() / 2;
            QScrollBar* bar = horizontalScrollBar();
            bar->setValue(bar->value() + (action == MoveLeft ? -step : step));
            break;
        }
    }
    row = std::clamp<int64_t>(row, 0, rows() - 1);
    return model()->index(static_cast<int>(row), column);
}

int RowsView::horizontalOffset() const {
    return header_->offset();
}

int RowsView::verticalOffset() const {
    constexpr int64_t kMost = std::numeric_limits<int>::max() / 2;
    return static_cast<int>(std::min(int64_t{first_row()} * row_height(), kMost));
}

bool RowsView::isIndexHidden(const QModelIndex&) const {
    return false;
}

void RowsView::setSelection(const QRect& area, QItemSelectionModel::SelectionFlags command) {
    if (selectionModel() == nullptr || rows() == 0) return;
    const auto row_at = [this](int y) {
        const int64_t row = first_row() + int64_t{y >= 0 ? y : y - row_height() + 1} / row_height();
        return static_cast<int>(std::clamp<int64_t>(row, 0, rows() - 1));
    };
    const QRect normal = area.normalized();
    selectionModel()->select(
        QItemSelection(model()->index(row_at(normal.top()), 0),
                       model()->index(row_at(normal.bottom()), model()->columnCount() - 1)),
        command);
}

QRegion RowsView::visualRegionForSelection(const QItemSelection&) const {
    return viewport()->rect();  // painting a screen of rows is cheap
}

void RowsView::paint_row(QPainter& painter, QStyleOptionViewItem option, int row) {
    const int top = (row - first_row()) * row_height();
    option.state.setFlag(QStyle::State_Selected,
                         selectionModel()->isRowSelected(row, QModelIndex()));
    option.features.setFlag(QStyleOptionViewItem::Alternate,
                            alternatingRowColors() && row % 2 != 0);
    option.rect = {0, top, viewport()->width(), row_height()};
    style()->drawPrimitive(QStyle::PE_PanelItemViewRow, &option, &painter, this);
    if (option.features.testFlag(QStyleOptionViewItem::Alternate) &&
        !option.state.testFlag(QStyle::State_Selected))
        painter.fillRect(option.rect, palette().alternateBase());
    for (int column = 0; column < header_->count(); ++column) {
        option.rect = {header_->sectionViewportPosition(column), top, header_->sectionSize(column),
                       row_height()};
        if (option.rect.right() < 0 || option.rect.left() > viewport()->width()) continue;
        const QModelIndex index = model()->index(row, column);
        option.state.setFlag(QStyle::State_HasFocus, hasFocus() && index == currentIndex());
        itemDelegate()->paint(&painter, option, index);
    }
}

void RowsView::paintEvent(QPaintEvent* event) {
    if (model() == nullptr) return;
    QPainter painter(viewport());
    QStyleOptionViewItem option;
    initViewItemOption(&option);
    option.textElideMode = Qt::ElideRight;
    const int height = row_height();
    const int from = first_row() + event->rect().top() / height;
    const int64_t to =
        std::min<int64_t>(int64_t{first_row()} + event->rect().bottom() / height + 1, rows());
    for (int row = from; row < to; ++row) paint_row(painter, option, row);
    const int64_t away = int64_t{pointed_at_} - first_row();
    if (pointed_at_ < 0 || away < 0 || away > rows_in_view() + 1) return;
    const int y = static_cast<int>(away) * height;
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor colour = Theme::of(palette()).text;
    painter.setPen(QPen(colour, 1));
    painter.drawLine(0, y, viewport()->width(), y);
    painter.setBrush(colour);
    painter.drawPolygon(QPolygon({{0, y - 5}, {7, y}, {0, y + 5}}));
}

void RowsView::updateGeometries() {
    const int height = header_->sizeHint().height();
    setViewportMargins(0, height, 0, 0);
    const QRect area = viewport()->geometry();
    header_->setGeometry(area.left(), area.top() - height, area.width(), height);
    const int seen = rows_in_view();
    verticalScrollBar()->setPageStep(seen);
    verticalScrollBar()->setRange(0, std::max(0, rows() - seen));
    const int wide = header_->length();
    horizontalScrollBar()->setPageStep(area.width());
    horizontalScrollBar()->setSingleStep(20);
    horizontalScrollBar()->setRange(0, std::max(0, wide - area.width()));
    QAbstractItemView::updateGeometries();
}

void RowsView::scrollContentsBy(int dx, int dy) {
    if (dx != 0) header_->setOffset(horizontalScrollBar()->value());
    viewport()->update();
    if (dy != 0) emit scrolled();
}

void RowsView::rowsInserted(const QModelIndex& parent, int from, int to) {
    QAbstractItemView::rowsInserted(parent, from, to);
    updateGeometries();
    if (from <= first_row() + rows_in_view() + 1) viewport()->update();
}

void RowsView::dataChanged(const QModelIndex&, const QModelIndex&, const QList<int>&) {
    viewport()->update();
}

void RowsView::changeEvent(QEvent* event) {
    QAbstractItemView::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        updateGeometries();
}

}  // namespace tocsin::gui
