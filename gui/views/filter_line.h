// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "gui/session/view_state.h"

namespace tocsin::gui {

// The filter, completed and corrected as it is written, with its history.
class FilterLine : public QWidget {
    Q_OBJECT

  public:
    // The state must outlive this.
    explicit FilterLine(ViewState& state, QWidget* parent = nullptr);

  private:
    ViewState& state_;
};

}  // namespace tocsin::gui
