// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "gui/session/view_state.h"

namespace tocsin::gui {

// Verdict and note on the selected finding, notes on the trace, and its marks.
class NotesView : public QWidget {
    Q_OBJECT

  public:
    // The state must outlive this.
    explicit NotesView(ViewState& state, QWidget* parent = nullptr);

  private:
    ViewState& state_;
};

}  // namespace tocsin::gui
