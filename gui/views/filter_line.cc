// SPDX-License-Identifier: Apache-2.0
#include "gui/views/filter_line.h"

namespace tocsin::gui {

FilterLine::FilterLine(ViewState& state, QWidget* parent) : QWidget(parent), state_(state) {}

}  // namespace tocsin::gui
