// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "gui/session/view_state.h"

namespace tocsin::gui {

// Table of the findings that are alive in the window and shown by the filter.
class FindingsView : public QWidget {
    Q_OBJECT

  public:
    // The state must outlive this.
    explicit FindingsView(ViewState& state, QWidget* parent = nullptr);

  private:
    ViewState& state_;
};

}  // namespace tocsin::gui
