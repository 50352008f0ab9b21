// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>

#include "gui/models/event_texts.h"
#include "gui/session/view_state.h"

namespace tocsin::gui {

// The trace's events, those that the filter shows, a row each and as many as there are: nothing is
// kept of a row. Grows while the trace is loaded and while the filter searches.
class EventListModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column : int { kTime, kCpu, kProcess, kThread, kWhat, kResult, kObject, kOperands };
    static constexpr int kColumns = 8;

    // The state must outlive this.
    explicit EventListModel(ViewState& state, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    EventIndex event_of(int row) const;
    // nullopt: the filter hides it, or it is not loaded.
    std::optional<int> row_of(EventIndex event) const;
    // The first that is not before the event or the time; rowCount() where there is none.
    int row_from(EventIndex event) const;
    int row_at(uint64_t ns) const;

  private:
    void grow();
    int rows_there() const;
    QString display(const EventLine& line, EventIndex event, int column) const;

    ViewState& state_;
    const EventStore& events_;
    mutable EventTexts texts_;
    const std::vector<EventIndex>* shown_ = nullptr;  // the filter's
    int rows_ = 0;
};

}  // namespace tocsin::gui
