// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDockWidget>
#include <QMainWindow>
#include <QToolBar>
#include <vector>

#include "gui/session/view_state.h"
#include "gui/views/filter_line.h"
#include "gui/views/findings_view.h"
#include "gui/views/notes_view.h"
#include "gui/views/race_card_view.h"
#include "gui/views/replay_bar.h"
#include "gui/views/timeline_view.h"

namespace tocsin::gui {

// All views of one trace, laid out in a window: the timeline in its middle, everything else in
// panels around it that can be moved, closed and torn off. Takes them away again with itself.
class TracePanels {
  public:
    // Both must outlive this. The window gets the timeline by centre().
    TracePanels(QMainWindow& window, ViewState& state);
    ~TracePanels();
    TracePanels(const TracePanels&) = delete;
    TracePanels& operator=(const TracePanels&) = delete;

    // Owned by whoever takes it.
    TimelineView& timeline() { return *timeline_; }
    FindingsView& findings() { return *findings_view_; }
    FilterLine& filter_line() { return *filter_line_; }
    ReplayBar& replay_bar() { return *replay_bar_; }
    RaceCardView& race_card() { return *race_card_; }
    NotesView& notes() { return *notes_view_; }
    void show_notes();
    // To show and hide each, in the order in which a menu has them.
    std::vector<QAction*> toggles() const;

    // Where they were last, or at first.
    void restore();
    void keep() const;
    void reset();

  private:
    QDockWidget* add_dock(const QString& name, const QString& title, QWidget* view,
                          Qt::DockWidgetArea area);
    void add_bars(ViewState& state);
    void lay_out();
    // Of panels that share a place the one that matters, and all as large as at first.
    void show_first();
    // Gives each panel its first size, of what the window has.
    void share_room();

    QMainWindow& window_;
    std::vector<QDockWidget*> docks_;
    std::vector<QToolBar*> bars_;
    TimelineView* timeline_ = nullptr;
    FindingsView* findings_view_ = nullptr;
    FilterLine* filter_line_ = nullptr;
    ReplayBar* replay_bar_ = nullptr;
    RaceCardView* race_card_ = nullptr;
    NotesView* notes_view_ = nullptr;
    QDockWidget *overview_ = nullptr, *findings_ = nullptr, *histogram_ = nullptr,
                *events_ = nullptr, *card_ = nullptr, *event_ = nullptr, *world_ = nullptr,
                *notes_ = nullptr;
};

}  // namespace tocsin::gui
