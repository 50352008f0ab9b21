// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "gui/session/view_state.h"

namespace tocsin::gui {

// The selected event in full.
class EventDetailsView : public QWidget {
    Q_OBJECT

  public:
    // The state must outlive this.
    explicit EventDetailsView(ViewState& state, QWidget* parent = nullptr);

  private:
    ViewState& state_;
};

}  // namespace tocsin::gui
