// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace tocsin::gui {

// Lets a line end behind "/" and "(" and, in words that are long, behind "_", "." and "-"; and
// never behind the "/" that a path begins with. Done by characters without a width, which escaped
// text has none of: without_breaks() takes all of them out again.
QString with_breaks(const QString& escaped);
QString without_breaks(QString text);

}  // namespace tocsin::gui
