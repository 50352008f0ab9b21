// SPDX-License-Identifier: Apache-2.0
#include "gui/views/notes_view.h"

namespace tocsin::gui {

NotesView::NotesView(ViewState& state, QWidget* parent) : QWidget(parent), state_(state) {}

}  // namespace tocsin::gui
