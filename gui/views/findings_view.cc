// SPDX-License-Identifier: Apache-2.0
#include "gui/views/findings_view.h"

namespace tocsin::gui {

FindingsView::FindingsView(ViewState& state, QWidget* parent) : QWidget(parent), state_(state) {}

}  // namespace tocsin::gui
