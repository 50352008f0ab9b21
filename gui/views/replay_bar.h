// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "gui/session/view_state.h"

namespace tocsin::gui {

// Plays the trace: playhead, speed and steps.
class ReplayBar : public QWidget {
    Q_OBJECT

  public:
    // The state must outlive this.
    explicit ReplayBar(ViewState& state, QWidget* parent = nullptr);

  private:
    ViewState& state_;
};

}  // namespace tocsin::gui
