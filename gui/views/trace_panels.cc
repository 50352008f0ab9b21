// SPDX-License-Identifier: Apache-2.0
#include "gui/views/trace_panels.h"

#include <QHBoxLayout>
#include <QSettings>
#include <QTimer>
#include <algorithm>

#include "gui/views/dock_title.h"
#include "gui/views/event_details_view.h"
#include "gui/views/event_list_view.h"
#include "gui/views/histogram_view.h"
#include "gui/views/overview_strip.h"
#include "gui/views/time_mode_box.h"
#include "gui/views/world_view.h"

namespace tocsin::gui {
namespace {

constexpr int kLayoutVersion = 1;
constexpr int kFindingsWidth = 420, kCardWidth = 400;  // at least, where there is room

QString layout_key() {
    return QStringLiteral("window/panels");
}

}  // namespace

TracePanels::TracePanels(QMainWindow& window, ViewState& state) : window_(window) {
    window_.setCorner(Qt::BottomLeftCorner, Qt::BottomDockWidgetArea);
    window_.setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    window_.setDockOptions(QMainWindow::AnimatedDocks | QMainWindow::AllowTabbedDocks |
                           QMainWindow::AllowNestedDocks);
    window_.setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    window_.setDocumentMode(true);
    const auto text = [](const char* utf8) { return QString::fromUtf8(utf8); };
    timeline_ = new TimelineView(state);
    timeline_->setAccessibleName(QStringLiteral("Timeline"));
    race_card_ = new RaceCardView(state);
    findings_view_ = new FindingsView(state);
    overview_ = add_dock(text("overview"), text("Overview"), new OverviewStrip(state),
                         Qt::TopDockWidgetArea);
    findings_ =
        add_dock(text("findings"), text("Findings"), findings_view_, Qt::LeftDockWidgetArea);
    histogram_ = add_dock(text("histogram"), text("Time window"), new HistogramView(state),
                          Qt::BottomDockWidgetArea);
    events_ = add_dock(text("events"), text("Events"), new EventListView(state),
                       Qt::BottomDockWidgetArea);
    card_ = add_dock(text("race_card"), text("Race"), race_card_, Qt::RightDockWidgetArea);
    event_ = add_dock(text("event"), text("Event"), new EventDetailsView(state),
                      Qt::RightDockWidgetArea);
    world_ = add_dock(text("world"), text("World"), new WorldView(state), Qt::RightDockWidgetArea);
    notes_view_ = new NotesView(state);
    notes_ = add_dock(text("notes"), text("Notes"), notes_view_, Qt::RightDockWidgetArea);
    add_bars(state);
    show_first();
}

TracePanels::~TracePanels() {
    for (QDockWidget* dock : docks_) delete dock;
    for (QToolBar* bar : bars_) delete bar;
}

QDockWidget* TracePanels::add_dock(const QString& name, const QString& title, QWidget* view,
                                   Qt::DockWidgetArea area) {
    auto* dock = new QDockWidget(title, &window_);
    dock->setObjectName(name);  // by which its place is remembered
    auto features = QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetClosable |
                    QDockWidget::DockWidgetFloatable;
    if (area == Qt::TopDockWidgetArea) features |= QDockWidget::DockWidgetVerticalTitleBar;
    dock->setFeatures(features);
    dock->setTitleBarWidget(new DockTitle(*dock));
    view->setAccessibleName(title);
    dock->setWidget(view);
    // Below each other, if for a moment, they would make the window higher for good.
    const auto beside = std::find_if(docks_.begin(), docks_.end(), [&](QDockWidget* other) {
        return window_.dockWidgetArea(other) == area;
    });
    if (beside != docks_.end())
        window_.tabifyDockWidget(*beside, dock);
    else
        window_.addDockWidget(area, dock);
    docks_.push_back(dock);
    return dock;
}

void TracePanels::add_bars(ViewState& state) {
    const auto add = [&](const char* name, const char* title, Qt::ToolBarArea area) {
        auto* bar = new QToolBar(QString::fromUtf8(title));
        bar->setObjectName(QString::fromUtf8(name));
        window_.addToolBar(area, bar);
        bars_.push_back(bar);
        return bar;
    };
    filter_line_ = new FilterLine(state);
    filter_line_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    QToolBar* top = add("filter_bar", "Filter", Qt::TopToolBarArea);
    top->addWidget(filter_line_);
    top->addWidget(new TimeModeBox(state));
    replay_bar_ = new ReplayBar(state);
    replay_bar_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    add("replay_bar", "Replay", Qt::BottomToolBarArea)->addWidget(replay_bar_);
}

void TracePanels::lay_out() {
    for (QDockWidget* dock : docks_) {
        dock->setFloating(false);
        dock->show();
    }
    for (QToolBar* bar : bars_) bar->show();
    window_.addDockWidget(Qt::TopDockWidgetArea, overview_);
    window_.addDockWidget(Qt::LeftDockWidgetArea, findings_);
    window_.addDockWidget(Qt::BottomDockWidgetArea, histogram_);
    window_.tabifyDockWidget(histogram_, events_);
    window_.addDockWidget(Qt::RightDockWidgetArea, card_);
    for (QDockWidget* dock : {event_, world_, notes_}) window_.tabifyDockWidget(card_, dock);
    show_first();
}

void TracePanels::show_first() {
    histogram_->raise();
    card_->raise();
    share_room();
}

void TracePanels::share_room() {
    const int width = window_.width(), height = window_.height();
    window_.resizeDocks(
        {findings_, card_},
        {std::max(width * 26 / 100, kFindingsWidth), std::max(width * 32 / 100, kCardWidth)},
        Qt::Horizontal);
    window_.resizeDocks({overview_, histogram_}, {64, height * 26 / 100}, Qt::Vertical);
}

std::vector<QAction*> TracePanels::toggles() const {
    std::vector<QAction*> actions;
    for (const QDockWidget* dock : docks_) actions.push_back(dock->toggleViewAction());
    for (const QToolBar* bar : bars_) actions.push_back(bar->toggleViewAction());
    return actions;
}

void TracePanels::restore() {
    const QByteArray kept = QSettings().value(layout_key()).toByteArray();
    if (!kept.isEmpty() && window_.restoreState(kept, kLayoutVersion)) return;
    // By now the timeline is in the window, and the panels take what room is wanted for it.
    share_room();
    QTimer::singleShot(0, timeline_, [this] { share_room(); });
}

void TracePanels::keep() const {
    QSettings().setValue(layout_key(), window_.saveState(kLayoutVersion));
}

void TracePanels::reset() {
    lay_out();
}

void TracePanels::show_notes() {
    notes_->show();
    notes_->raise();
}

}  // namespace tocsin::gui
