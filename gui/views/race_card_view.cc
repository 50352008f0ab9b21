// SPDX-License-Identifier: Apache-2.0
#include "gui/views/race_card_view.h"

namespace tocsin::gui {

RaceCardView::RaceCardView(ViewState& state, QWidget* parent) : QWidget(parent), state_(state) {}

}  // namespace tocsin::gui
