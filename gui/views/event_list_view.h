// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "gui/session/view_state.h"

namespace tocsin::gui {

// Every event of the trace in a line each.
class EventListView : public QWidget {
    Q_OBJECT

  public:
    // The state must outlive this.
    explicit EventListView(ViewState& state, QWidget* parent = nullptr);

  private:
    ViewState& state_;
};

}  // namespace tocsin::gui
