// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMainWindow>
#include <QStackedWidget>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gui/models/recent_files.h"
#include "gui/session/saved_view.h"
#include "gui/session/trace_session.h"
#include "gui/session/view_state.h"
#include "gui/views/actions.h"
#include "gui/views/case_keeper.h"
#include "gui/views/exports.h"
#include "gui/views/first_run_page.h"
#include "gui/views/notice_bar.h"
#include "gui/views/trace_panels.h"

namespace tocsin::gui {

// How long the status bar says what was done.
inline constexpr int kSaidForMs = 4000;

// A trace, and how it is looked at first.
struct ToOpen {
    std::string path;
    AnalysisOptions options;
    QString filter;
    std::optional<SavedView> saved;  // of the last time
};

// One window, one trace; without one it offers some to open.
class MainWindow : public QMainWindow {
    Q_OBJECT

  public:
    MainWindow();
    ~MainWindow() override;

    // In this window where it has no trace, else in one of its own. What is wrong with the trace is
    // said in the window.
    void open(const std::string& path) { open(ToOpen{path, {}, {}, {}}); }
    void open(ToOpen what);
    // Back to the start page. No: it stays, as the analyst said so when asked for what is not
    // saved.
    bool close_trace();

    // nullptr without a trace.
    ViewState* state() const { return state_.get(); }
    const Actions& actions() const { return *actions_; }

    // What is open in all windows, to be opened by the next start.
    static void keep_open_traces();
    // Keeps that, and closes them all.
    static void quit();

  protected:
    bool event(QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    enum class Showing : uint8_t { kStartPage, kTrace };
    void make_menus();
    void connect_actions();
    void connect_file_actions();
    void connect_edit_actions();
    void connect_view_actions();
    void connect_go_actions();
    void show_page(Showing what);
    void follow_state();
    void take_findings();
    void refuse(const QString& why);
    void ask_for_traces();
    bool may_leave();
    void show_notices();
    void compare_with_another();
    void copy(const std::string& text, const QString& what);
    void say(const QString& sentence);
    void set_verdict(Verdict verdict);
    void show_title();
    void show_checks();
    void show_what_can_be_done();
    void list_recent();
    void show_about();

    RecentFiles recent_;
    Actions* actions_;
    QStackedWidget* pages_;
    FirstRunPage* start_page_;
    NoticeBar* notices_ = nullptr;
    QMenu *recent_menu_ = nullptr, *panels_menu_ = nullptr;
    std::unique_ptr<TraceSession> session_;
    std::unique_ptr<ViewState> state_;
    std::unique_ptr<CaseKeeper> case_;
    std::unique_ptr<TracePanels> panels_;
    std::unique_ptr<Exports> exports_;
    QStatusBar* status_ = nullptr;
    QWidget* centre_ = nullptr;  // the timeline, below what there is to say
};

}  // namespace tocsin::gui
