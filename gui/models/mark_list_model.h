// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>

#include "gui/session/view_state.h"

namespace tocsin::gui {

// The case's marks, in the order of their times: when, how long, the note, which can be edited.
class MarkListModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column : int { kTime, kLength, kNote };
    static constexpr int kColumns = 3;

    // The state must outlive this.
    explicit MarkListModel(ViewState& state, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    const CaseMark& mark_of(int row) const { return marks_[static_cast<size_t>(row)]; }
    // The row that it has then; one that is there already stays as it is.
    int add(const CaseMark& mark);
    void remove(int row);

  private:
    void take_marks();

    ViewState& state_;
    std::vector<CaseMark> marks_;  // by time
};

}  // namespace tocsin::gui
