// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "gui/models/event_details_model.h"
#include "gui/session/view_state.h"

class QLabel;
class QPlainTextEdit;
class QTreeView;

namespace tocsin::gui {

// The selected event in full.
class EventDetailsView : public QWidget {
    Q_OBJECT

  public:
    // The state must outlive this.
    explicit EventDetailsView(ViewState& state, QWidget* parent = nullptr);

  private:
    void show_event();
    void show_bytes(const QModelIndex& index);
    void copy_value();

    ViewState& state_;
    EventDetailsModel model_;
    QTreeView* tree_;
    QLabel* nothing_;
    QLabel* bytes_title_;
    QPlainTextEdit* bytes_;
};

}  // namespace tocsin::gui
