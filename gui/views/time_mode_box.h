// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QComboBox>

#include "gui/session/view_state.h"

namespace tocsin::gui {

// Chooses how times are spelled.
class TimeModeBox : public QComboBox {
    Q_OBJECT

  public:
    explicit TimeModeBox(ViewState& state, QWidget* parent = nullptr);
};

}  // namespace tocsin::gui
