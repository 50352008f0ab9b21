// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMainWindow>
#include <memory>
#include <string>

#include "gui/session/trace_session.h"
#include "gui/session/view_state.h"

namespace tocsin::gui {

// One window, one trace.
class MainWindow : public QMainWindow {
    Q_OBJECT

  public:
    MainWindow();
    ~MainWindow() override;

    void open(const std::string& path);

  private:
    std::unique_ptr<TraceSession> session_;
    std::unique_ptr<ViewState> state_;
};

}  // namespace tocsin::gui
