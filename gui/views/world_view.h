// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "gui/session/view_state.h"

namespace tocsin::gui {

// What the machine was like at the playhead: processes, descriptors, directories.
class WorldView : public QWidget {
    Q_OBJECT

  public:
    // The state must outlive this.
    explicit WorldView(ViewState& state, QWidget* parent = nullptr);

  private:
    ViewState& state_;
};

}  // namespace tocsin::gui
