// SPDX-License-Identifier: Apache-2.0
#include "gui/views/findings_view.h"

#include <gtest/gtest.h>

#include <QHeaderView>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QStyledItemDelegate>
#include <QTest>
#include <cmath>

#include "gui/views/findings_table.h"
#include "gui/views/histogram_plot.h"
#include "gui/views/histogram_view.h"
#include "tests/gui/loaded_trace.h"
#include "tests/gui/text_trace.h"

namespace tocsin::gui {
namespace {

bool says(const QWidget& view, const QString& words) {
    for (const QLabel* label : view.findChildren<QLabel*>())
        if (label->text().contains(words)) return true;
    return false;
}

TEST(FindingsView, SelectsTheGravestWhenTheTraceIsAnalyzed) {
    TraceSession session(sample_trace("access_then_open"), AnalysisOptions());
    ViewState state(session);
    FindingsView view(state);
    QSignalSpy analyzed(&session, &TraceSession::analyzed);
    session.start();
    ASSERT_TRUE(analyzed.wait(LoadedTrace::kPatienceMs));
    ASSERT_NE(state.selected_finding(), nullptr);
    EXPECT_EQ(state.selected_finding()->candidate.rule, Rule::kF1);
    const auto* table = view.findChild<FindingsTable*>();
    EXPECT_EQ(table->currentIndex(), view.model().index_of(*state.finding()));
}

TEST(FindingsView, LeavesASelectionThatIsThereAlready) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    loaded.state.select_finding(3);
    const FindingsView view(loaded.state);
    EXPECT_EQ(loaded.state.finding(), 3U);
}

TEST(FindingsView, KeysStepThroughFindingsFitThemAndReviewThem) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    FindingsView view(loaded.state);
    view.resize(900, 400);
    view.show();
    auto* table = view.findChild<FindingsTable*>();
    const auto first = loaded.state.finding();
    QTest::keyClick(table, Qt::Key_BracketRight);
    const auto second = loaded.state.finding();
    EXPECT_NE(second, first);
    QTest::keyClick(table, Qt::Key_BracketLeft);
    EXPECT_EQ(loaded.state.finding(), first);
    QTest::keyClick(table, Qt::Key_BracketLeft);
    EXPECT_EQ(loaded.state.finding(), first) << "there is none before the first";
    QTest::keyClick(table, Qt::Key_Down);
    EXPECT_EQ(loaded.state.finding(), second);

    QTest::keyClick(table, Qt::Key_Return);
    const TimeRange span = span_of(*loaded.state.selected_finding());
    EXPECT_LE(loaded.state.viewport().from, span.from);
    EXPECT_LT(loaded.state.viewport().length(), 2 * span.length() + 2000);

    for (const auto& [key, verdict] :
         {std::pair(Qt::Key_1, Verdict::kConfirmed), std::pair(Qt::Key_2, Verdict::kPossible),
          std::pair(Qt::Key_3, Verdict::kBenign), std::pair(Qt::Key_4, Verdict::kUnprovable),
          std::pair(Qt::Key_0, Verdict::kNone)}) {
        QTest::keyClick(table, key);
        EXPECT_EQ(loaded.state.case_file().verdict(loaded.state.selected_finding()->fingerprint),
                  verdict);
    }
}

TEST(FindingsView, ShowsWhatARaceIsOnWithoutScrolling) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    FindingsView view(loaded.state);
    view.show();
    const auto* table = view.findChild<FindingsTable*>();
    const auto right_of = [&](int column) {
        const QHeaderView& header = *table->header();
        return header.sectionViewportPosition(column) + header.sectionSize(column);
    };
    const int em = table->fontMetrics().horizontalAdvance(QLatin1Char('m'));
    for (const int ems : {36, 60, 200}) {
        view.resize(ems * em, 400);
        QTest::qWait(1);
        EXPECT_LE(right_of(FindingsModel::kProof), table->viewport()->width()) << ems;
        EXPECT_LT(right_of(FindingsModel::kObject), right_of(FindingsModel::kProof)) << ems;
    }
    // With room for all columns the object has what is left over.
    EXPECT_EQ(right_of(FindingsModel::kReview), table->viewport()->width());
}

TEST(FindingsView, KeepsTheSelectionWhileTheWindowMovesAndWhatIsFoldedFolded) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    FindingsView view(loaded.state);
    view.model().set_group_by(GroupBy::kClass);
    auto* table = view.findChild<FindingsTable*>();
    const auto selected = loaded.state.finding();
    loaded.state.set_window(Axis::kBoth, std::chrono::nanoseconds(1));
    EXPECT_EQ(loaded.state.finding(), selected);
    loaded.state.set_window(Axis::kBoth, kUnlimited);
    EXPECT_EQ(table->currentIndex(), view.model().index_of(*selected));
    table->collapse(view.model().index(1, 0));
    loaded.state.set_window(Axis::kBoth, std::chrono::seconds(5));
    EXPECT_FALSE(table->isExpanded(view.model().index(1, 0)));
    EXPECT_TRUE(table->isExpanded(view.model().index(0, 0)));
}

// How many pixels of the table are not as a QStyledItemDelegate paints them, as a part of those
// that it paints.
double difference_from_style(FindingsTable& table) {
    const QImage ours = table.viewport()->grab().toImage();
    QAbstractItemDelegate* delegate = table.itemDelegate();
    QStyledItemDelegate plain;
    table.setItemDelegate(&plain);
    const QImage theirs = table.viewport()->grab().toImage();
    table.setItemDelegate(delegate);
    int inked = 0, differ = 0;
    for (int y = 0; y < ours.height(); ++y)
        for (int x = 0; x < ours.width(); ++x) {
            inked += theirs.pixel(x, y) != theirs.pixel(0, ours.height() - 1) ? 1 : 0;
            differ += std::abs(qGray(ours.pixel(x, y)) - qGray(theirs.pixel(x, y))) > 32 ? 1 : 0;
        }
    return static_cast<double>(differ) / std::max(inked, 1);
}

TEST(FindingsView, CellsLookAsTheStyleHasThem) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    FindingsView view(loaded.state);
    view.model().set_set_aside(SetAsideRows::kShown);
    view.resize(900, 400);
    view.show();
    auto* table = view.findChild<FindingsTable*>();
    EXPECT_LT(difference_from_style(*table), 0.02);
    table->header()->resizeSection(FindingsModel::kObject, 40);
    EXPECT_LT(difference_from_style(*table), 0.02) << "what is cut is cut alike";
}

TEST(FindingsView, SaysWhyItIsEmpty) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    const FindingsView view(loaded.state);
    EXPECT_TRUE(says(view, QStringLiteral("5 critical, 1 low; 1 set aside")));
    ASSERT_TRUE(loaded.state.filter().set(QStringLiteral("proc.pid == 1")).ok());
    EXPECT_TRUE(says(view, QStringLiteral("None of 6 findings in this window passes the filter")));
    ASSERT_TRUE(loaded.state.filter().set(QString()).ok());
    ASSERT_TRUE(loaded.state.set_windows("1us").ok());
    EXPECT_TRUE(says(view, QStringLiteral("Nothing in this window")));
    EXPECT_TRUE(says(view, QStringLiteral("6 outside the window")));
}

TEST(FindingsView, NothingFoundIsSaidWithWhatThatCovers) {
    const TextTrace trace(
        "tocsin-text 1\ntask v tgid=100 comm=\"v\" uid=0\n"
        "5.000000 cpu0 v > getpid\n5.000001 cpu0 v < getpid 100\nseal \"stopped\"\n");
    LoadedTrace loaded(trace.path());
    const FindingsView view(loaded.state);
    EXPECT_TRUE(says(view, QStringLiteral("No findings")));
}

struct Slider {
    explicit Slider(LoadedTrace& loaded) : view(loaded.state) {
        view.resize(900, 260);
        view.show();
        plot = view.findChild<HistogramPlot*>();
    }
    QPoint at(std::chrono::nanoseconds limit) const {
        return {static_cast<int>(plot->renderer()->x_of(limit)),
                static_cast<int>(plot->renderer()->plot().center().y())};
    }
    HistogramView view;
    HistogramPlot* plot = nullptr;
};

TEST(Histogram, TheHandleIsDraggedAndBarsFollow) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    Slider slider(loaded);
    ASSERT_NE(slider.plot->renderer(), nullptr);
    QTest::mousePress(slider.plot, Qt::LeftButton, {}, slider.at(kUnlimited));
    QTest::mouseMove(slider.plot, slider.at(std::chrono::milliseconds(1)));
    QTest::mouseRelease(slider.plot, Qt::LeftButton, {}, slider.at(std::chrono::milliseconds(1)));
    EXPECT_LT(loaded.state.limit(), std::chrono::microseconds(1100));
    EXPECT_GT(loaded.state.limit(), std::chrono::microseconds(900));
    EXPECT_EQ(loaded.state.by_severity(), WindowAnswers::BySeverity{});
    EXPECT_FALSE(loaded.state.brush());
}

TEST(Histogram, DraggingElsewhereBrushesAndAClickEndsThat) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    Slider slider(loaded);
    const QPoint from = slider.at(std::chrono::milliseconds(1)),
                 to = slider.at(std::chrono::milliseconds(10));
    QTest::mousePress(slider.plot, Qt::LeftButton, {}, from);
    QTest::mouseMove(slider.plot, to);
    QTest::mouseRelease(slider.plot, Qt::LeftButton, {}, to);
    ASSERT_TRUE(loaded.state.brush());
    EXPECT_TRUE(loaded.state.brush()->contains(std::chrono::milliseconds(5)));
    EXPECT_EQ(loaded.state.limit(), kUnlimited);
    QTest::mouseClick(slider.plot, Qt::LeftButton, {}, from);
    EXPECT_FALSE(loaded.state.brush());
}

TEST(Histogram, ArrowsStepTheHandleThroughEveryPlaceAndBack) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    Slider slider(loaded);
    using std::chrono::nanoseconds;
    QTest::keyClick(slider.plot, Qt::Key_Left, Qt::ShiftModifier);
    EXPECT_EQ(loaded.state.limit(), std::chrono::seconds(10));
    QTest::keyClick(slider.plot, Qt::Key_Left, Qt::ShiftModifier);
    EXPECT_EQ(loaded.state.limit(), std::chrono::seconds(5));
    QTest::keyClick(slider.plot, Qt::Key_Right);
    EXPECT_EQ(loaded.state.limit(), std::chrono::milliseconds(6290));
    QTest::keyClick(slider.plot, Qt::Key_Home);
    EXPECT_EQ(loaded.state.limit(), nanoseconds(100));
    QTest::keyClick(slider.plot, Qt::Key_Left, Qt::ShiftModifier);
    EXPECT_EQ(loaded.state.limit(), nanoseconds(100));
    for (int i = 0; i < 24; ++i) QTest::keyClick(slider.plot, Qt::Key_Right, Qt::ShiftModifier);
    EXPECT_EQ(loaded.state.limit(), std::chrono::seconds(10));
    QTest::keyClick(slider.plot, Qt::Key_Right, Qt::ShiftModifier);
    EXPECT_EQ(loaded.state.limit(), kUnlimited);
}

TEST(Histogram, TakesWordsAsTheProgramDoesAndSaysWhatIsWrong) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    Slider slider(loaded);
    auto* line = slider.view.findChild<QLineEdit*>();
    const auto type = [&](const char* words) {
        line->selectAll();
        QTest::keyClicks(line, QString::fromLatin1(words));
        QTest::keyClick(line, Qt::Key_Return);
    };
    type("50ms");
    EXPECT_EQ(loaded.state.limit(), std::chrono::milliseconds(50));
    type("soon");
    EXPECT_TRUE(says(slider.view, QStringLiteral("soon")));
    EXPECT_EQ(loaded.state.limit(), std::chrono::milliseconds(50));
    type("check-use=2s,mutation-use=100ms");
    EXPECT_EQ(loaded.state.axis(), Axis::kCheckUse);
    EXPECT_EQ(loaded.state.window().mutation_use, std::chrono::milliseconds(100));
    EXPECT_EQ(line->text(), QStringLiteral("check-use=2s,mutation-use=100ms"));
    loaded.state.set_window(Axis::kBoth, std::chrono::milliseconds(1));
    EXPECT_EQ(line->text(), QStringLiteral("1ms"));
}

TEST(Histogram, SaysHowManyFindingsHaveNoGap) {
    LoadedTrace loaded(sample_trace("open_swap"));
    Slider slider(loaded);
    EXPECT_TRUE(says(slider.view, QStringLiteral("within one call")));
}

TEST(HistogramRenderer, PlacesAndLimitsAreInverse) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    Slider slider(loaded);
    const HistogramRenderer& renderer = *slider.plot->renderer();
    for (const int64_t ns :
         {int64_t{100}, int64_t{12'300}, int64_t{4'560'000}, int64_t{9'990'000'000}})
        EXPECT_EQ(renderer.limit_at(renderer.x_of(std::chrono::nanoseconds(ns))).count(), ns);
    EXPECT_EQ(renderer.limit_at(renderer.x_of(kUnlimited)), kUnlimited);
}

}  // namespace
}  // namespace tocsin::gui
