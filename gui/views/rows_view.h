// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractItemView>
#include <QHeaderView>
#include <QScrollBar>

namespace tocsin::gui {

// A table whose rows are of one height, however many they are: unlike QTableView and QTreeView it
// keeps nothing of a row, so that ten millions of them cost what one screen of them does. Scrolls
// by whole rows. A row may be pointed out from the margin.
class RowsView : public QAbstractItemView {
    Q_OBJECT

  public:
    explicit RowsView(QWidget* parent = nullptr);

    QHeaderView* header() const { return header_; }
    int first_row() const { return verticalScrollBar()->value(); }
    // That are seen whole.
    int rows_in_view() const;
    // The line above this row is where something is, such as the playhead; -1: nowhere.
    void point_at(int row);

    void setModel(QAbstractItemModel* model) override;
    QRect visualRect(const QModelIndex& index) const override;
    void scrollTo(const QModelIndex& index, ScrollHint hint = EnsureVisible) override;
    QModelIndex indexAt(const QPoint& point) const override;

  signals:
    void scrolled();

  protected:
    QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;
    int horizontalOffset() const override;
    int verticalOffset() const override;
    bool isIndexHidden(const QModelIndex& index) const override;
    void setSelection(const QRect& area, QItemSelectionModel::SelectionFlags command) override;
    QRegion visualRegionForSelection(const QItemSelection& selection) const override;
    void paintEvent(QPaintEvent* event) override;
    void updateGeometries() override;
    void scrollContentsBy(int dx, int dy) override;
    void rowsInserted(const QModelIndex& parent, int from, int to) override;
    void dataChanged(const QModelIndex& from, const QModelIndex& to,
                     const QList<int>& roles) override;
    void changeEvent(QEvent* event) override;

  private:
    int row_height() const;
    int rows() const { return model() != nullptr ? model()->rowCount() : 0; }
    void paint_row(QPainter& painter, QStyleOptionViewItem option, int row);

    QHeaderView* header_;
    int pointed_at_ = -1;
};

}  // namespace tocsin::gui
