// SPDX-License-Identifier: Apache-2.0
#include "gui/views/timeline_view.h"

namespace tocsin::gui {

TimelineView::TimelineView(ViewState& state, QWidget* parent) : QWidget(parent), state_(state) {}

}  // namespace tocsin::gui
