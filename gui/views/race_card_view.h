// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "gui/session/view_state.h"

namespace tocsin::gui {

// All that is known of the selected finding: claim beside truth, and why it was flagged.
class RaceCardView : public QWidget {
    Q_OBJECT

  public:
    // The state must outlive this.
    explicit RaceCardView(ViewState& state, QWidget* parent = nullptr);

  private:
    ViewState& state_;
};

}  // namespace tocsin::gui
