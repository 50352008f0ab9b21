// SPDX-License-Identifier: Apache-2.0
#include "gui/views/timeline_view.h"

#include <gtest/gtest.h>

#include <QAccessible>
#include <QApplication>
#include <QScrollBar>
#include <QSignalSpy>
#include <QWheelEvent>
#include <QtTest>

#include "gui/views/overview_strip.h"
#include "tests/gui/timeline_fixture.h"

namespace tocsin::gui {
namespace {

struct Shown {
    explicit Shown(const std::string& name) : sample(name), view(sample.state) {
        view.resize(1200, 500);
        view.show();
        EXPECT_TRUE(QTest::qWaitForWindowExposed(&view));
    }
    QWidget* canvas() { return view.viewport(); }
    double x_of(uint64_t ns) { return view.geometry_of_rows().scale(view.scene()).x_of(ns); }
    QPoint place_of(const FindingMark& mark) {
        return QPointF(x_of(mark.began_ns / 2 + mark.ended_ns / 2),
                       middle_of(view.scene(), view.geometry_of_rows(), mark).value_or(-1))
            .toPoint();
    }
    const FindingMark& mark(std::optional<size_t> FindingMarks::*which) {
        const FindingMarks& marks = *view.scene().finding;
        return marks.marks[*(marks.*which)];
    }
    void wheel(QPoint at, int steps, Qt::KeyboardModifiers modifiers) {
        QWheelEvent event(at, canvas()->mapToGlobal(at), {}, QPoint(0, steps * 120), Qt::NoButton,
                          modifiers, Qt::NoScrollPhase, false);
        QApplication::sendEvent(canvas(), &event);
    }
    test::LoadedSample sample;
    TimelineView view;
};

TEST(TimelineView, ZoomsAtTheCursor) {
    Shown shown("access_then_open");
    const QPoint at(800, 200);
    const TimeRange before = shown.sample.state.viewport();
    const uint64_t under = shown.view.geometry_of_rows().scale(shown.view.scene()).ns_of(at.x());
    shown.wheel(at, 3, Qt::ControlModifier);
    const TimeRange after = shown.sample.state.viewport();
    EXPECT_LT(after.length(), before.length());
    EXPECT_NEAR(shown.x_of(under), at.x(), 2);
    shown.wheel(at, -3, Qt::ControlModifier);
    EXPECT_NEAR(static_cast<double>(shown.sample.state.viewport().length()),
                static_cast<double>(before.length()), static_cast<double>(before.length()) / 50);
}

TEST(TimelineView, KeysZoomAndPan) {
    Shown shown("access_then_open");
    const TimeRange before = shown.sample.state.viewport();
    QTest::keyClick(&shown.view, Qt::Key_W);
    const TimeRange zoomed = shown.sample.state.viewport();
    EXPECT_LT(zoomed.length(), before.length());
    QTest::keyClick(&shown.view, Qt::Key_D);
    EXPECT_GT(shown.sample.state.viewport().from, zoomed.from);
    EXPECT_EQ(shown.sample.state.viewport().length(), zoomed.length());
    QTest::keyClick(&shown.view, Qt::Key_A);
    EXPECT_NEAR(static_cast<double>(shown.sample.state.viewport().from),
                static_cast<double>(zoomed.from), 2);
    QTest::keyClick(&shown.view, Qt::Key_S);
    EXPECT_GT(shown.sample.state.viewport().length(), zoomed.length());
}

TEST(TimelineView, ZoomEndsAtTheShortestAndAtTheWhole) {
    Shown shown("access_then_open");
    for (int i = 0; i < 200; ++i) shown.wheel({800, 200}, 1, Qt::ControlModifier);
    EXPECT_EQ(shown.sample.state.viewport().length(), ViewState::kShortest);
    for (int i = 0; i < 300; ++i) shown.wheel({800, 200}, -1, Qt::ControlModifier);
    EXPECT_EQ(shown.sample.state.viewport(), shown.sample.state.whole());
}

TEST(TimelineView, AClickSelectsTheEventAndTheListHearsOfIt) {
    Shown shown("access_then_open");
    QSignalSpy selected(&shown.sample.state, &ViewState::eventSelected);
    const FindingMark& use = shown.mark(&FindingMarks::use);
    QTest::mouseClick(shown.canvas(), Qt::LeftButton, {}, shown.place_of(use));
    ASSERT_EQ(selected.count(), 1);
    EXPECT_EQ(shown.sample.session.events().thread(*shown.sample.state.event()), use.thread);
    EXPECT_FALSE(shown.sample.state.range());
}

TEST(TimelineView, HoverTellsTheOtherViews) {
    Shown shown("access_then_open");
    const FindingMark& use = shown.mark(&FindingMarks::use);
    QTest::mouseMove(shown.canvas(), {600, 490});
    QTest::mouseMove(shown.canvas(), shown.place_of(use));
    ASSERT_TRUE(shown.sample.state.hovered());
    EXPECT_EQ(shown.sample.session.events().thread(*shown.sample.state.hovered()), use.thread);
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(shown.canvas(), &leave);
    EXPECT_FALSE(shown.sample.state.hovered());
}

TEST(TimelineView, ADragSelectsARangeAndTellsItsStatistics) {
    Shown shown("access_then_open");
    const QPoint from(500, 300), to(900, 310);
    QTest::mousePress(shown.canvas(), Qt::LeftButton, {}, from);
    QTest::mouseMove(shown.canvas(), to);
    QTest::mouseRelease(shown.canvas(), Qt::LeftButton, {}, to);
    ASSERT_TRUE(shown.sample.state.range());
    EXPECT_NEAR(shown.x_of(shown.sample.state.range()->from), from.x(), 1);
    EXPECT_NEAR(shown.x_of(shown.sample.state.range()->to), to.x(), 1);
    EXPECT_TRUE(QTest::qWaitFor([&] { return !shown.view.scene().status.isEmpty(); }));
    EXPECT_TRUE(shown.view.scene().status.contains(QStringLiteral("events")));
    QTest::keyClick(&shown.view, Qt::Key_Escape);
    EXPECT_FALSE(shown.sample.state.range());
    EXPECT_TRUE(shown.view.scene().status.isEmpty());
}

TEST(TimelineView, TheMiddleButtonPansAndStaysWithTheMouse) {
    Shown shown("access_then_open");
    QTest::keyClick(&shown.view, Qt::Key_W);
    const TimeScale scale = shown.view.geometry_of_rows().scale(shown.view.scene());
    const uint64_t under = scale.ns_of(700);
    QTest::mousePress(shown.canvas(), Qt::MiddleButton, {}, {700, 300});
    QTest::mouseMove(shown.canvas(), {640, 300});
    QTest::mouseRelease(shown.canvas(), Qt::MiddleButton, {}, {640, 300});
    EXPECT_NEAR(shown.x_of(under), 640, 2);
    EXPECT_FALSE(shown.sample.state.range());
}

TEST(TimelineView, JCyclesCheckChangeAndUse) {
    Shown shown("access_then_open");
    const FindingMarks marks = *shown.view.scene().finding;
    for (const auto& mark : {marks.check, marks.change, marks.use, marks.check}) {
        QTest::keyClick(&shown.view, Qt::Key_J);
        ASSERT_TRUE(shown.sample.state.event());
        EXPECT_EQ(*shown.sample.state.event(), marks.marks[*mark].event);
        EXPECT_TRUE(shown.sample.state.viewport().contains(marks.marks[*mark].at_ns));
    }
}

TEST(TimelineView, CommaAndPeriodStepThroughTheRow) {
    Shown shown("access_then_open");
    QTest::keyClick(&shown.view, Qt::Key_J);
    const EventIndex first = *shown.sample.state.event();
    const EventStore& events = shown.sample.session.events();
    QTest::keyClick(&shown.view, Qt::Key_Period);
    EXPECT_GT(*shown.sample.state.event(), first);
    EXPECT_EQ(events.thread(*shown.sample.state.event()), events.thread(first));
    QTest::keyClick(&shown.view, Qt::Key_Comma);
    EXPECT_EQ(*shown.sample.state.event(), first);
}

TEST(TimelineView, FCentresAndTwiceFits) {
    Shown shown("access_then_open");
    QTest::keyClick(&shown.view, Qt::Key_J);
    shown.sample.state.set_viewport(shown.sample.state.whole());
    for (int i = 0; i < 10; ++i) QTest::keyClick(&shown.view, Qt::Key_W);
    const uint64_t length = shown.sample.state.viewport().length();
    QTest::keyClick(&shown.view, Qt::Key_F);
    const uint64_t at = shown.sample.session.events().time_ns(*shown.sample.state.event());
    EXPECT_EQ(shown.sample.state.viewport().length(), length);
    EXPECT_TRUE(shown.sample.state.viewport().contains(at));
    QTest::keyClick(&shown.view, Qt::Key_F);
    EXPECT_LT(shown.sample.state.viewport().length(), length);
    EXPECT_TRUE(shown.sample.state.viewport().contains(at));
    EXPECT_TRUE(shown.sample.state.can_go_back());
}

TEST(TimelineView, RowsOfASelectedFindingScrollIntoView) {
    Shown shown("container_mount");
    shown.view.set_empty_rows(EmptyRows::kShown);
    shown.view.resize(900, 160);
    const auto finding = shown.sample.state.finding();
    shown.sample.state.select_finding(std::nullopt);
    shown.view.verticalScrollBar()->setValue(0);
    ASSERT_GT(shown.view.verticalScrollBar()->maximum(), 100);
    shown.sample.state.select_finding(finding);
    const auto middle = middle_of(shown.view.scene(), shown.view.geometry_of_rows(),
                                  shown.mark(&FindingMarks::use));
    ASSERT_TRUE(middle);
    EXPECT_GT(*middle, shown.view.geometry_of_rows().ruler_height);
    EXPECT_LT(*middle, shown.canvas()->height());
}

TEST(TimelineView, AClickOnALabelCollapsesAndKeysMoveThroughRows) {
    Shown shown("access_then_open");
    const size_t rows = shown.view.rows().size();
    ASSERT_GT(rows, 1U);
    const TimelineGeometry& geometry = shown.view.geometry_of_rows();
    const QPoint host(20, static_cast<int>(geometry.top_of(shown.view.rows(), 0)) + 5);
    QTest::mouseClick(shown.canvas(), Qt::LeftButton, {}, host);
    EXPECT_EQ(shown.view.rows().size(), 1U);
    QTest::keyClick(&shown.view, Qt::Key_Right);
    EXPECT_EQ(shown.view.rows().size(), rows);
    QTest::keyClick(&shown.view, Qt::Key_Down);
    EXPECT_EQ(shown.view.current_row(), 1U);
    QTest::keyClick(&shown.view, Qt::Key_P);
    EXPECT_EQ(shown.view.rows().pinned(), 1U);
}

TEST(TimelineView, SaysRowsAndFindingToScreenReaders) {
    Shown shown("access_then_open");
    QAccessibleInterface* list = QAccessible::queryAccessibleInterface(&shown.view);
    ASSERT_NE(list, nullptr);
    EXPECT_EQ(list->role(), QAccessible::List);
    ASSERT_EQ(list->childCount(), 1 + static_cast<int>(shown.view.rows().size()));
    const QString finding = list->child(0)->text(QAccessible::Name);
    EXPECT_TRUE(finding.startsWith(QStringLiteral("Check by ")));
    EXPECT_TRUE(finding.contains(QStringLiteral(", used after ")));
    const QString host = list->child(1)->text(QAccessible::Name);
    EXPECT_TRUE(host.startsWith(QStringLiteral("Host "))) << host.toStdString();
    const QString process = list->child(2)->text(QAccessible::Name);
    EXPECT_TRUE(process.startsWith(QStringLiteral("Process "))) << process.toStdString();
    EXPECT_EQ(list->child(2)->parent(), list);
    EXPECT_EQ(list->indexOfChild(list->child(2)), 2);
    EXPECT_GT(list->child(2)->rect().top(), list->child(1)->rect().top());
}

TEST(TimelineView, GroupsByFileWithTheFindingsFilesFirst) {
    Shown shown("access_then_open");
    shown.sample.state.set_grouping(Grouping::kByFile);
    ASSERT_GT(shown.view.rows().size(), 0U);
    EXPECT_EQ(shown.view.rows().at(0).id.kind, RowKind::kFile);
    bool is_of_finding = false;
    for (const FindingMark& mark : shown.view.scene().finding->marks)
        is_of_finding = is_of_finding || mark.file == shown.view.rows().at(0).id.index;
    EXPECT_TRUE(is_of_finding);
}

TEST(OverviewStrip, AClickCentresAndADragMovesTheViewport) {
    test::LoadedSample sample("access_then_open");
    OverviewStrip strip(sample.state);
    strip.resize(1000, 60);
    strip.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&strip));
    const TimeRange whole = sample.state.whole();
    sample.state.set_viewport({whole.from, whole.from + whole.length() / 10});
    QTest::mouseClick(&strip, Qt::LeftButton, {}, {500, 30});
    const TimeRange centred = sample.state.viewport();
    const uint64_t middle = centred.from + centred.length() / 2;
    EXPECT_NEAR(static_cast<double>(middle - whole.from) / static_cast<double>(whole.length()), 0.5,
                0.01);
    QTest::mousePress(&strip, Qt::LeftButton, {}, {500, 30});
    QTest::mouseMove(&strip, {600, 30});
    QTest::mouseRelease(&strip, Qt::LeftButton, {}, {600, 30});
    EXPECT_EQ(sample.state.viewport().length(), centred.length());
    EXPECT_GT(sample.state.viewport().from, centred.from);
}

TEST(OverviewStrip, AnEdgeResizesTheViewport) {
    test::LoadedSample sample("access_then_open");
    OverviewStrip strip(sample.state);
    strip.resize(1000, 60);
    strip.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&strip));
    const TimeRange whole = sample.state.whole();
    sample.state.set_viewport({whole.from + whole.length() / 4, whole.from + whole.length() / 2});
    const TimeRange before = sample.state.viewport();
    // The whole has eight pixels of margin.
    const int right = 8 + (1000 - 16) / 2;
    QTest::mousePress(&strip, Qt::LeftButton, {}, {right, 30});
    QTest::mouseMove(&strip, {right + 100, 30});
    QTest::mouseRelease(&strip, Qt::LeftButton, {}, {right + 100, 30});
    EXPECT_EQ(sample.state.viewport().from, before.from);
    EXPECT_GT(sample.state.viewport().to, before.to);
}

TEST(OverviewStrip, PaintsFromHeadersBeforeEventsAreThere) {
    TraceSession session(test::sample_path("container_mount"), AnalysisOptions());
    ViewState state(session);
    OverviewStrip strip(state);
    strip.resize(800, 60);
    const QImage before = strip.grab().toImage();
    bool is_painted = false;
    QObject::connect(&session, &TraceSession::opened, &strip, [&] {
        EXPECT_TRUE(session.events().empty());
        is_painted = strip.grab().toImage() != before;
    });
    QSignalSpy complete(&session, &TraceSession::eventsComplete);
    session.start();
    ASSERT_TRUE(complete.wait(20000));
    EXPECT_TRUE(is_painted);
}

}  // namespace
}  // namespace tocsin::gui
