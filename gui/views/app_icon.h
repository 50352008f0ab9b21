// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QIcon>

namespace tocsin::gui {

// The program's icon, as the desktop's icon theme has it, too.
QIcon app_icon();

}  // namespace tocsin::gui
