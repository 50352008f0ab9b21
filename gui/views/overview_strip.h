// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "gui/session/view_state.h"

namespace tocsin::gui {

// The whole trace: density of events, findings, lost records, and the part that is shown.
class OverviewStrip : public QWidget {
    Q_OBJECT

  public:
    // The state must outlive this.
    explicit OverviewStrip(ViewState& state, QWidget* parent = nullptr);

  private:
    ViewState& state_;
};

}  // namespace tocsin::gui
