// SPDX-License-Identifier: Apache-2.0
#include "gui/views/event_details_view.h"

namespace tocsin::gui {

EventDetailsView::EventDetailsView(ViewState& state, QWidget* parent)
    : QWidget(parent), state_(state) {}

}  // namespace tocsin::gui
