// SPDX-License-Identifier: Apache-2.0
#include "gui/views/overview_strip.h"

namespace tocsin::gui {

OverviewStrip::OverviewStrip(ViewState& state, QWidget* parent) : QWidget(parent), state_(state) {}

}  // namespace tocsin::gui
