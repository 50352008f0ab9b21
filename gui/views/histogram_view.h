// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "gui/session/view_state.h"

namespace tocsin::gui {

// Findings by their check-use gap, and on them the handle of the correlation window.
class HistogramView : public QWidget {
    Q_OBJECT

  public:
    // The state must outlive this.
    explicit HistogramView(ViewState& state, QWidget* parent = nullptr);

  private:
    ViewState& state_;
};

}  // namespace tocsin::gui
