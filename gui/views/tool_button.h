// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QToolButton>

#include "gui/timeline/theme.h"

namespace tocsin::gui {

enum class ToolIcon : uint8_t {
    kToStart,
    kBack,
    kPlay,
    kPause,
    kForward,
    kToEnd,
    kUp,
    kDown,
    kClose,
};

// In the text's colour, and faint where it is disabled.
QIcon tool_icon(ToolIcon icon, const Theme& theme);

// A flat button whose icon follows the palette.
class ToolButton : public QToolButton {
    Q_OBJECT

  public:
    // `tip` is its name for who does not see the icon, too.
    ToolButton(ToolIcon icon, const QString& tip, QWidget* parent = nullptr);
    void show_as(ToolIcon icon, const QString& tip);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    ToolIcon icon_;
};

}  // namespace tocsin::gui
