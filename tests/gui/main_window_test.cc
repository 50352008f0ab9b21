// SPDX-License-Identifier: Apache-2.0
#include "gui/views/main_window.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QDockWidget>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMimeData>
#include <QPointer>
#include <QSettings>
#include <QStandardPaths>
#include <QStatusBar>
#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <set>

#include "gui/session/cli_command.h"
#include "gui/views/command_palette.h"
#include "gui/views/time_mode_box.h"
#include "loaded_trace.h"

namespace tocsin::gui {
namespace {

constexpr int kPatienceMs = 20000;

class Window : public testing::Test {
  protected:
    Window() {
        forget();
        window_ = new MainWindow;
        window_->show();
    }
    ~Window() override {
        for (MainWindow* window : windows()) delete window;
        forget();
    }

    // Settings, and what was kept of cases that nobody saved.
    static void forget() {
        QSettings().clear();
        QDir(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation)).removeRecursively();
    }

    static void wait_for(MainWindow& window) {
        EXPECT_TRUE(QTest::qWaitFor(
            [&] {
                return window.state() == nullptr ||
                       (window.state()->session().analysis() != nullptr &&
                        !window.state()->session().is_loading());
            },
            kPatienceMs));
    }
    void open(const std::string& path) {
        window_->open(path);
        wait_for(*window_);
    }
    void press(ActionId id) { window_->actions().at(id).trigger(); }
    bool says(const QString& words) const {
        const auto labels = window_->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
            return label->isVisible() && label->text().contains(words);
        });
    }
    static std::vector<MainWindow*> windows() {
        std::vector<MainWindow*> all;
        for (QWidget* widget : QApplication::topLevelWidgets())
            if (auto* window = qobject_cast<MainWindow*>(widget)) all.push_back(window);
        return all;
    }

    QPointer<MainWindow> window_;
};

TEST_F(Window, OpensATraceAtItsGravestFinding) {
    open(sample_trace("access_then_open"));
    ASSERT_NE(window_->state(), nullptr);
    const Finding* selected = window_->state()->selected_finding();
    ASSERT_NE(selected, nullptr);
    for (const Finding& finding : window_->state()->session().analysis()->findings)
        if (finding.judgement.set_aside_by.empty()) {
            EXPECT_LE(finding.judgement.severity_score, selected->judgement.severity_score);
        }
    EXPECT_TRUE(QTest::qWaitFor(
        [&] { return window_->state()->viewport() != window_->state()->whole(); }, kPatienceMs));
    const TimeRange span = span_of(*selected), view = window_->state()->viewport();
    EXPECT_LE(view.from, span.from);
    EXPECT_GE(view.to, span.to);
    EXPECT_LT(view.length(), window_->state()->whole().length());
    EXPECT_TRUE(window_->windowTitle().contains(QStringLiteral("access_then_open/recorded")));
}

TEST_F(Window, FitsASmallScreen) {
    const auto fits = [this] {
        const QSize least = window_->minimumSizeHint();
        EXPECT_LE(least.width(), 1200);
        EXPECT_LE(least.height(), 680);
    };
    fits();
    open(sample_trace("access_then_open"));
    fits();
}

TEST_F(Window, GivesFindingsAndRaceCardTheirRoomAtFirst) {
    window_->resize(1300, 700);
    open(sample_trace("access_then_open"));
    QTest::qWait(50);
    EXPECT_EQ(window_->size(), QSize(1300, 700))
        << "not even for a moment is there too little room";
    EXPECT_GE(window_->findChild<FindingsView*>()->width(), 400);
    EXPECT_GE(window_->findChild<RaceCardView*>()->width(), 390);
    EXPECT_GE(window_->findChild<TimelineView*>()->width(), 400);
}

TEST_F(Window, SaysInPlaceWhatCannotBeOpened) {
    for (const std::string path :
         {"/nonexistent/evidence.tocsin", TOCSIN_SOURCE_DIR "/README.md", TOCSIN_SOURCE_DIR}) {
        window_->open(path);
        EXPECT_TRUE(QTest::qWaitFor([&] { return window_->state() == nullptr; }, kPatienceMs));
        EXPECT_TRUE(says(QString::fromStdString(path))) << path;
    }
    open(sample_trace("access_then_open"));
    EXPECT_NE(window_->state(), nullptr);
}

TEST_F(Window, SaysThatATraceIsCutShort) {
    const QTemporaryDir folder;
    const std::string path = folder.filePath(QStringLiteral("cut.tocsin")).toStdString();
    std::filesystem::copy_file(sample_trace("access_then_open"), path);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 300);
    open(path);
    ASSERT_NE(window_->state(), nullptr);
    EXPECT_TRUE(says(QStringLiteral("cut short")));
    EXPECT_GT(window_->state()->session().events().size(), 0U);
}

TEST_F(Window, ACancelledTraceIsNotForReports) {
    window_->open(sample_trace("container_mount"));
    QSignalSpy opened(&window_->state()->session(), &TraceSession::opened);
    ASSERT_TRUE(opened.wait(kPatienceMs));
    press(ActionId::kCancelLoading);
    EXPECT_TRUE(
        QTest::qWaitFor([&] { return !window_->state()->session().is_loading(); }, kPatienceMs));
    if (!window_->state()->session().is_partial()) GTEST_SKIP() << "it was loaded before";
    EXPECT_TRUE(says(QStringLiteral("not for reports")));
}

TEST_F(Window, OpensASecondTraceInAWindowOfItsOwn) {
    open(sample_trace("access_then_open"));
    window_->open(sample_trace("exec_swap"));
    ASSERT_EQ(windows().size(), 2U);
    EXPECT_TRUE(window_->windowTitle().contains(QStringLiteral("access_then_open")));
}

TEST_F(Window, TakesFilesThatAreDropped) {
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(QString::fromStdString(sample_trace("access_then_open"))),
                  QUrl::fromLocalFile(QString::fromStdString(sample_trace("exec_swap")))});
    QDragEnterEvent enter({200, 200}, Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(window_, &enter);
    EXPECT_TRUE(enter.isAccepted());
    QDropEvent drop({200, 200}, Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(window_, &drop);
    ASSERT_NE(window_->state(), nullptr);
    EXPECT_EQ(windows().size(), 2U);
    QMimeData text;
    text.setText(QStringLiteral("no file"));
    QDragEnterEvent other({200, 200}, Qt::CopyAction, &text, Qt::LeftButton, {});
    QApplication::sendEvent(window_, &other);
    EXPECT_FALSE(other.isAccepted());
}

TEST_F(Window, DoesSomethingForEachAction) {
    for (const ActionRow& row : action_table())
        EXPECT_TRUE(window_->actions().does_something(row.id)) << row.name;
}

// Two of one key are ambiguous to Qt, and neither is done.
TEST_F(Window, SharesNoKeyWithAViewInIt) {
    open(sample_trace("access_then_open"));
    std::set<QString> of_window;
    for (const ActionRow& row : action_table())
        for (const QKeySequence& key : shortcuts_of(row)) of_window.insert(key.toString());
    for (const QAction* action : window_->findChildren<QAction*>()) {
        if (action->parent() == &window_->actions()) continue;
        for (const QKeySequence& key : action->shortcuts())
            EXPECT_EQ(of_window.count(key.toString()), 0U)
                << key.toString().toStdString() << " of " << action->text().toStdString();
    }
}

TEST_F(Window, PlaysAndPauses) {
    open(sample_trace("access_then_open"));
    auto* replay = window_->findChild<ReplayBar*>();
    ASSERT_NE(replay, nullptr);
    press(ActionId::kPlay);
    EXPECT_TRUE(replay->is_playing());
    press(ActionId::kPlay);
    EXPECT_FALSE(replay->is_playing());
}

TEST_F(Window, OffersOnlyWhatCanBeDone) {
    EXPECT_FALSE(window_->actions().at(ActionId::kExportReport).isEnabled());
    EXPECT_TRUE(window_->actions().at(ActionId::kOpen).isEnabled());
    open(sample_trace("access_then_open"));
    EXPECT_TRUE(window_->actions().at(ActionId::kExportReport).isEnabled());
    EXPECT_TRUE(window_->actions().at(ActionId::kConfirmed).isEnabled());
    window_->state()->select_finding(std::nullopt);
    EXPECT_FALSE(window_->actions().at(ActionId::kConfirmed).isEnabled());
    EXPECT_FALSE(window_->actions().at(ActionId::kCancelLoading).isEnabled());
}

TEST_F(Window, StepsThroughFindingsAndBack) {
    open(sample_trace("access_then_open"));
    ViewState& state = *window_->state();
    for (size_t i = 0; i < state.session().analysis()->findings.size(); ++i)
        press(ActionId::kPreviousFinding);
    const auto first = state.finding();
    ASSERT_TRUE(first);
    press(ActionId::kPreviousFinding);
    EXPECT_EQ(state.finding(), first);
    press(ActionId::kNextFinding);
    const TimeRange second = state.viewport();
    if (state.finding() == first) GTEST_SKIP() << "the sample has one finding";
    EXPECT_GT(*state.finding(), *first);
    press(ActionId::kBack);
    EXPECT_NE(state.viewport(), second);
    press(ActionId::kForward);
    EXPECT_EQ(state.viewport(), second);
}

TEST_F(Window, GoesThroughTheCallsOfAFinding) {
    open(sample_trace("access_then_open"));
    ViewState& state = *window_->state();
    std::vector<EventIndex> visited;
    for (int i = 0; i < 12; ++i) {
        press(ActionId::kNextCall);
        ASSERT_TRUE(state.event());
        if (!visited.empty() && *state.event() == visited.front()) break;
        visited.push_back(*state.event());
        EXPECT_TRUE(state.viewport().contains(state.session().events().at(*state.event()).time_ns));
    }
    EXPECT_GE(visited.size(), 3U);
    EXPECT_LT(visited.size(), 12U);
}

TEST_F(Window, SetsVerdictsByKey) {
    open(sample_trace("access_then_open"));
    const std::string fingerprint = window_->state()->selected_finding()->fingerprint;
    press(ActionId::kBenign);
    EXPECT_EQ(window_->state()->case_file().verdict(fingerprint), Verdict::kBenign);
    EXPECT_TRUE(window_->actions().at(ActionId::kBenign).isChecked());
    EXPECT_TRUE(window_->isWindowModified());
    press(ActionId::kNoVerdict);
    EXPECT_EQ(window_->state()->case_file().verdict(fingerprint), Verdict::kNone);
}

TEST_F(Window, CopiesTheCommandLine) {
    open(sample_trace("access_then_open"));
    window_->state()->set_window(Axis::kBoth, std::chrono::milliseconds(5));
    press(ActionId::kCopyAnalyze);
    EXPECT_EQ(QApplication::clipboard()->text().toStdString(),
              "tocsin analyze --window check-use=5ms,mutation-use=5ms " +
                  shell_word(sample_trace("access_then_open")));
    press(ActionId::kCopyFindingJson);
    EXPECT_TRUE(QApplication::clipboard()->text().contains(
        QString::fromStdString(window_->state()->selected_finding()->fingerprint)));
}

TEST_F(Window, HasAPanelForEachViewAndBringsThemBack) {
    open(sample_trace("access_then_open"));
    const auto docks = window_->findChildren<QDockWidget*>();
    EXPECT_EQ(docks.size(), 8);
    for (QDockWidget* dock : docks) {
        EXPECT_FALSE(dock->objectName().isEmpty());
        EXPECT_TRUE(dock->features() & QDockWidget::DockWidgetMovable);
        dock->close();
    }
    press(ActionId::kResetLayout);
    for (QDockWidget* dock : docks)
        EXPECT_FALSE(dock->isHidden()) << dock->objectName().toStdString();
}

TEST_F(Window, RemembersItsPanels) {
    open(sample_trace("access_then_open"));
    window_->findChild<QDockWidget*>(QStringLiteral("notes"))->close();
    press(ActionId::kCloseTrace);
    EXPECT_EQ(window_->state(), nullptr);
    open(sample_trace("exec_swap"));
    EXPECT_TRUE(window_->findChild<QDockWidget*>(QStringLiteral("notes"))->isHidden());
    EXPECT_FALSE(window_->findChild<QDockWidget*>(QStringLiteral("findings"))->isHidden());
}

TEST_F(Window, ShowsAgainWhatWasOpen) {
    open(sample_trace("access_then_open"));
    ViewState& state = *window_->state();
    state.set_window(Axis::kCheckUse, std::chrono::seconds(3));
    ASSERT_TRUE(state.filter().set(QStringLiteral("severity >= low")).ok());
    state.set_time_mode(TimeMode::kNanoseconds);
    state.set_viewport({state.whole().from + 1000, state.whole().from + 5000});
    const SavedView saved = saved_view_of(state);
    EXPECT_FALSE(saved.finding.isEmpty());
    window_->close();
    const auto again = take_session();
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0], saved);
    EXPECT_TRUE(take_session().empty());
    auto* window = new MainWindow;
    window->show();
    window->open(ToOpen{sample_trace("access_then_open"), options_of(again[0]), {}, again[0]});
    wait_for(*window);
    EXPECT_EQ(saved_view_of(*window->state()), saved);
}

TEST_F(Window, LeavesToAButtonTheKeyThatPressesIt) {
    open(sample_trace("access_then_open"));
    auto* box = window_->findChild<TimeModeBox*>();
    ASSERT_NE(box, nullptr);
    box->setFocus();
    QKeyEvent space(QEvent::ShortcutOverride, Qt::Key_Space, {}, QStringLiteral(" "));
    space.ignore();
    QApplication::sendEvent(window_, &space);
    EXPECT_TRUE(space.isAccepted());
    window_->setFocus();
    QKeyEvent other(QEvent::ShortcutOverride, Qt::Key_Space, {}, QStringLiteral(" "));
    other.ignore();
    QApplication::sendEvent(window_, &other);
    EXPECT_FALSE(other.isAccepted());
}

TEST_F(Window, RunsACommandFromThePalette) {
    open(sample_trace("access_then_open"));
    press(ActionId::kPalette);
    auto* palette = window_->findChild<CommandPalette*>();
    ASSERT_NE(palette, nullptr);
    auto* line = palette->findChild<QLineEdit*>();
    QTest::keyClicks(line, QStringLiteral("nanos"));
    QTest::keyClick(line, Qt::Key_Return);
    EXPECT_TRUE(QTest::qWaitFor(
        [&] { return window_->state()->time_mode() == TimeMode::kNanoseconds; }, kPatienceMs));
}

}  // namespace
}  // namespace tocsin::gui
