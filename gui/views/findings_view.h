// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "gui/models/findings_model.h"
#include "gui/session/view_state.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QStackedWidget;

namespace tocsin::gui {

class FindingsTable;

// Table of the findings that are alive in the window and shown by the filter, under how many there
// are. Where there are none it says why, and what that covers.
class FindingsView : public QWidget {
    Q_OBJECT

  public:
    // The state must outlive this.
    explicit FindingsView(ViewState& state, QWidget* parent = nullptr);

    FindingsModel& model() { return model_; }
    void select_next();
    void select_previous();

  private:
    QWidget* make_controls();
    void follow();
    QString counts_text() const;
    // Empty: there is something to show.
    QString why_empty() const;

    ViewState& state_;
    FindingsModel model_;
    FindingsTable* table_;
    QLabel* counts_;
    QLabel* empty_;
    QStackedWidget* pages_;
    bool has_selected_ = false;
};

}  // namespace tocsin::gui
