// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "gui/session/view_state.h"

class QComboBox;
class QLabel;
class QLineEdit;

namespace tocsin::gui {

class HistogramPlot;

// How findings depend on the correlation window: the plot with the window's handle on it, and the
// window in words, as `--window` takes it.
class HistogramView : public QWidget {
    Q_OBJECT

  public:
    // The state must outlive this.
    explicit HistogramView(ViewState& state, QWidget* parent = nullptr);

  private:
    QWidget* make_controls();
    void show_window();
    void show_counts();
    void take_window();

    ViewState& state_;
    HistogramPlot* plot_;
    QComboBox* axis_;
    QComboBox* scale_;
    QLineEdit* window_;
    QLabel* complaint_;
    QLabel* counts_;
};

}  // namespace tocsin::gui
