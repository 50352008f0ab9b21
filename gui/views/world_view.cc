// SPDX-License-Identifier: Apache-2.0
#include "gui/views/world_view.h"

namespace tocsin::gui {

WorldView::WorldView(ViewState& state, QWidget* parent) : QWidget(parent), state_(state) {}

}  // namespace tocsin::gui
