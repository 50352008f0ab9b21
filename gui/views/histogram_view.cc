// SPDX-License-Identifier: Apache-2.0
#include "gui/views/histogram_view.h"

namespace tocsin::gui {

HistogramView::HistogramView(ViewState& state, QWidget* parent) : QWidget(parent), state_(state) {}

}  // namespace tocsin::gui
