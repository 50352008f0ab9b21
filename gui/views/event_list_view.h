// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "gui/models/event_copy.h"
#include "gui/models/event_finder.h"
#include "gui/models/event_list_model.h"
#include "gui/session/view_state.h"
#include "gui/views/rows_view.h"

class QLabel;
class QLineEdit;

namespace tocsin::gui {

// All events that the filter shows, as rows. Follows the selected event and the playhead, and sets
// both; finds rows by name (Ctrl+F).
class EventListView : public QWidget {
    Q_OBJECT

  public:
    // The state must outlive this.
    explicit EventListView(ViewState& state, QWidget* parent = nullptr);

    EventListModel& model() { return model_; }
    RowsView& rows() { return *rows_; }

  public slots:
    void open_find();
    void find_next() { find(FindDirection::kForward); }
    void find_previous() { find(FindDirection::kBackward); }
    void copy_as_text() { copy(CopyForm::kText); }
    void copy_as_json() { copy(CopyForm::kJson); }

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    QWidget* make_find_bar();
    void add_actions();
    void follow_state();
    void close_find();
    void find(FindDirection direction);
    void say(const QString& text);
    void show_event();
    void show_playhead();
    void take_current(const QModelIndex& current);
    void copy(CopyForm form);
    void set_widths();

    ViewState& state_;
    EventListModel model_;
    EventFinder finder_;
    RowsView* rows_;
    QWidget* find_bar_;
    QLineEdit* find_text_;
    QLabel* find_state_;
    QLabel* empty_;
    bool is_following_ = false;  // a change of the state is being shown
};

}  // namespace tocsin::gui
