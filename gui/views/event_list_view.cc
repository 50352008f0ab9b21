// SPDX-License-Identifier: Apache-2.0
#include "gui/views/event_list_view.h"

namespace tocsin::gui {

EventListView::EventListView(ViewState& state, QWidget* parent) : QWidget(parent), state_(state) {}

}  // namespace tocsin::gui
