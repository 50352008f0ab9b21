// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPalette>
#include <cstdint>

#include "gui/timeline/theme.h"

namespace tocsin::gui {

enum class Appearance : uint8_t { kSystem, kLight, kDark };

// The palette of all widgets around what is drawn by this theme.
QPalette palette_of(const Theme& theme);

// What was chosen last; kSystem by default. Kept in QSettings.
Appearance chosen_appearance();
// Remembers it, and repaints all windows.
void choose_appearance(Appearance appearance);
// Once, before any window: applies what was chosen, and from then on follows the system where that
// was. How the system is, is what Qt's platform plug-in says, and what the desktop portal's
// org.freedesktop.appearance says where there is one.
void set_up_appearance();

}  // namespace tocsin::gui
