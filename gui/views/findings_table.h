// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTreeView>
#include <set>
#include <string>

#include "gui/models/findings_model.h"

namespace tocsin::gui {

// The rows of a FindingsModel. Its selected row is the state's selected finding; what was folded
// stays so when rows change.
class FindingsTable : public QTreeView {
    Q_OBJECT

  public:
    // Both must outlive this.
    FindingsTable(ViewState& state, FindingsModel& model, QWidget* parent = nullptr);

    void select_next();
    void select_previous();

  protected:
    void drawRow(QPainter* painter, const QStyleOptionViewItem& option,
                 const QModelIndex& index) const override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

  private:
    void set_columns();
    // The object takes what room the others leave, until somebody drags its edge.
    void fit_object();
    void show_selected();
    void restore();
    void set_verdict(Verdict verdict);
    void copy_selected() const;

    ViewState& state_;
    FindingsModel& model_;
    std::set<std::string> folded_;  // by group_key()
    bool is_restoring_ = false, is_fitting_ = false, is_object_dragged_ = false;
};

}  // namespace tocsin::gui
