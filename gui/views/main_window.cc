// SPDX-License-Identifier: Apache-2.0
#include "gui/views/main_window.h"

namespace tocsin::gui {

MainWindow::MainWindow() {
    setWindowTitle(QStringLiteral("Tocsin"));
    resize(1440, 900);
}

MainWindow::~MainWindow() = default;

void MainWindow::open(const std::string& path) {
    state_.reset();
    session_ = std::make_unique<TraceSession>(path, AnalysisOptions());
    state_ = std::make_unique<ViewState>(*session_);
    session_->start();
}

}  // namespace tocsin::gui
