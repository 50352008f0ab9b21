// SPDX-License-Identifier: Apache-2.0
#include "gui/views/replay_bar.h"

namespace tocsin::gui {

ReplayBar::ReplayBar(ViewState& state, QWidget* parent) : QWidget(parent), state_(state) {}

}  // namespace tocsin::gui
