// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLabel>
#include <QProgressBar>
#include <QStatusBar>
#include <QToolButton>

#include "gui/session/view_state.h"

namespace tocsin::gui {

// What a window's status bar says of its trace: how far it is loaded, what of it is missing, and
// how many findings the window lets through.
class StatusLine : public QStatusBar {
    Q_OBJECT

  public:
    explicit StatusLine(ViewState& state, QWidget* parent = nullptr);

  private:
    void show_progress();
    void show_notices();
    void show_findings();

    ViewState& state_;
    QLabel *trace_, *notices_, *findings_;
    QProgressBar* progress_;
    QToolButton* cancel_;
};

}  // namespace tocsin::gui
