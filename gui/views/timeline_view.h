// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "gui/session/view_state.h"

namespace tocsin::gui {

// Threads or files in rows over a common time, with what the selected finding is made of.
class TimelineView : public QWidget {
    Q_OBJECT

  public:
    // The state must outlive this.
    explicit TimelineView(ViewState& state, QWidget* parent = nullptr);

  private:
    ViewState& state_;
};

}  // namespace tocsin::gui
