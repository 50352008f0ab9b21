// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace tocsin::gui {

// The text as a tool tip shows it: names from a trace must not be taken for markup, which Qt looks
// for in tool tips. Lines are broken.
inline QString plain_tool_tip(const QString& text) {
    return text.isEmpty()
               ? QString()
               : QStringLiteral("<p style='white-space:pre-wrap'>%1</p>").arg(text.toHtmlEscaped());
}

}  // namespace tocsin::gui
