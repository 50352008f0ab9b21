// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace tocsin::gui {

// A tooltip that says the text as it is, its lines wrapped: Qt takes one that looks like markup for
// markup, and names from a trace may.
inline QString plain_tip(const QString& text) {
    return QStringLiteral("<p style=\"white-space:pre-wrap\">") + text.toHtmlEscaped() +
           QStringLiteral("</p>");
}

}  // namespace tocsin::gui
