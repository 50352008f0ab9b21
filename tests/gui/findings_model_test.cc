// SPDX-License-Identifier: Apache-2.0
#include "gui/models/findings_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <algorithm>
#include <set>

#include "gui/models/finding_words.h"
#include "tests/gui/loaded_trace.h"
#include "tests/gui/text_trace.h"
#include "tests/unit/analyzer/name_story.h"

namespace tocsin::gui {
namespace {

std::vector<size_t> findings_of(const FindingsModel& model) {
    std::vector<size_t> findings;
    for (auto at = model.after(std::nullopt); at; at = model.after(at)) findings.push_back(*at);
    return findings;
}

QString shown(const FindingsModel& model, size_t finding, int column, int role = Qt::DisplayRole) {
    return model.data(model.index_of(finding).siblingAtColumn(column), role).toString();
}

// A name that is swapped `swaps` times; each time 1 ms longer before its use.
std::string swaps_of_one_name(int swaps) {
    std::string lines;
    int time = 10;
    for (int i = 0; i < swaps; ++i) {
        lines +=
            test::call(time, "v", "newfstatat path=16:\"/home/x\"", "0", {"inode_getattr named=x"});
        time += 10 * (i + 1);
        lines += test::call(time, "u", "rename path#0=16:\"/home/y\" path#1=32:\"/home/x\"", "0",
                            {"path_rename named=y second=x"});
        lines +=
            test::call(time + 10, "v", "openat path=16:\"/home/x\" flags=" + std::to_string(i % 2),
                       "3", {"file_open opened=y", "sys_exit returned=y"});
        time += 30;
    }
    return test::story(lines);
}

TEST(FindingsModel, KeepsItsPromisesToViewsWhateverChanges) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    FindingsModel model(loaded.state);
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    for (const GroupBy group_by : {GroupBy::kRace, GroupBy::kObject, GroupBy::kProcess,
                                   GroupBy::kClass, GroupBy::kNothing}) {
        model.set_group_by(group_by);
        for (const int64_t ns : {INT64_MAX, int64_t{0}, int64_t{4'700'000}, INT64_MAX})
            loaded.state.set_window(Axis::kBoth, std::chrono::nanoseconds(ns));
        for (const SetAsideRows rows : {SetAsideRows::kShown, SetAsideRows::kHidden})
            model.set_set_aside(rows);
        for (int column = 0; column < FindingsModel::kColumns; ++column) {
            model.sort(column, Qt::AscendingOrder);
            model.sort(column, Qt::DescendingOrder);
        }
        ASSERT_TRUE(loaded.state.filter().set(QStringLiteral("rule == F1")).ok());
        ASSERT_TRUE(loaded.state.filter().set(QString()).ok());
    }
}

TEST(FindingsModel, FillsWhileTheTraceIsAnalyzed) {
    TraceSession session(sample_trace("access_then_open"), AnalysisOptions());
    ViewState state(session);
    FindingsModel model(state);
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    EXPECT_TRUE(model.is_provisional());
    EXPECT_EQ(model.rowCount(), 0);
    QSignalSpy analyzed(&session, &TraceSession::analyzed);
    session.start();
    ASSERT_TRUE(analyzed.wait(LoadedTrace::kPatienceMs));
    EXPECT_FALSE(model.is_provisional());
    EXPECT_EQ(model.rowCount(), 6);
}

TEST(FindingsModel, ShowsWhatNoRuleSetAsideUnlessAsked) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    FindingsModel model(loaded.state);
    EXPECT_EQ(model.rowCount(), 6);
    EXPECT_EQ(model.counts().set_aside, 1U);
    model.set_set_aside(SetAsideRows::kShown);
    EXPECT_EQ(model.rowCount(), 7);
    const size_t last = findings_of(model).back();
    EXPECT_FALSE(loaded.result().findings[last].judgement.set_aside_by.empty())
        << "what is set aside comes after all others";
    EXPECT_TRUE(shown(model, last, FindingsModel::kSeverity, Qt::ToolTipRole)
                    .contains(QStringLiteral("Set aside by")));
}

TEST(FindingsModel, TheGravestIsFirstAndTiesStandByTime) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    FindingsModel model(loaded.state);
    const auto findings = findings_of(model);
    EXPECT_EQ(model.gravest(), findings.front());
    const auto is_before = [&](size_t a, size_t b) {
        const int left = loaded.result().findings[a].judgement.severity_score,
                  right = loaded.result().findings[b].judgement.severity_score;
        return left > right || (left == right && a < b);
    };
    EXPECT_TRUE(std::is_sorted(findings.begin(), findings.end(), is_before));
}

TEST(FindingsModel, SortsByGapEitherWayWithWhatHasNoneLast) {
    const TextTrace trace(swaps_of_one_name(4));
    LoadedTrace loaded(trace.path());
    FindingsModel model(loaded.state);
    model.set_set_aside(SetAsideRows::kShown);
    for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
        model.sort(FindingsModel::kGap, order);
        std::vector<std::optional<std::chrono::nanoseconds>> gaps;
        for (const size_t finding : findings_of(model))
            gaps.push_back(gap_of(loaded.result().findings[finding].candidate));
        ASSERT_GE(gaps.size(), 4U);
        EXPECT_TRUE(std::is_sorted(gaps.begin(), gaps.end(), [&](const auto& a, const auto& b) {
            if (!a || !b) return a && !b;
            return order == Qt::AscendingOrder ? *a < *b : *b < *a;
        }));
    }
}

TEST(FindingsModel, GroupsHoldEveryFindingOnce) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    FindingsModel model(loaded.state);
    const auto ungrouped = findings_of(model);
    for (const auto& [group_by, groups] :
         {std::pair(GroupBy::kClass, 2), std::pair(GroupBy::kProcess, 1),
          std::pair(GroupBy::kRace, 2)}) {
        model.set_group_by(group_by);
        EXPECT_EQ(model.rowCount(), groups);
        auto grouped = findings_of(model);
        EXPECT_EQ(grouped.size(), ungrouped.size());
        EXPECT_EQ(std::set(grouped.begin(), grouped.end()),
                  std::set(ungrouped.begin(), ungrouped.end()));
        EXPECT_TRUE(model.index(0, 0).data(kIsGroupRole).toBool());
        EXPECT_FALSE(model.finding_at(model.index(0, 0)));
        EXPECT_EQ(model.finding_at(model.index(0, 0, model.index(0, 0))), grouped.front());
        auto backwards = grouped;
        backwards.clear();
        for (auto at = model.before(std::nullopt); at; at = model.before(at))
            backwards.push_back(*at);
        std::reverse(backwards.begin(), backwards.end());
        EXPECT_EQ(backwards, grouped);
    }
    model.set_group_by(GroupBy::kClass);
    EXPECT_EQ(model.index(0, 0).data().toString(),
              QString::fromUtf8("F1: name swapped between check and use  ·  5 findings"));
}

TEST(FindingsModel, FilterAndBrushHideRowsAndAreCounted) {
    const TextTrace trace(swaps_of_one_name(4));
    LoadedTrace loaded(trace.path());
    FindingsModel model(loaded.state);
    const size_t all = model.counts().rows;
    ASSERT_GE(all, 4U);
    ASSERT_TRUE(loaded.state.filter().set(QStringLiteral("gap < 3500us")).ok());
    EXPECT_LT(model.counts().rows, all);
    EXPECT_EQ(model.counts().rows + model.counts().filtered_away, all);
    ASSERT_TRUE(loaded.state.filter().set(QString()).ok());
    loaded.state.set_brush(
        GapRange{std::chrono::microseconds(2500), std::chrono::microseconds(3500)});
    EXPECT_GE(model.counts().rows, 1U);
    EXPECT_LT(model.counts().rows, all);
    EXPECT_EQ(model.counts().rows + model.counts().brushed_away, all);
    for (const size_t finding : findings_of(model)) EXPECT_TRUE(loaded.state.is_brushed(finding));
    loaded.state.set_brush(std::nullopt);
    EXPECT_EQ(model.counts().rows, all);
}

TEST(FindingsModel, SaysWhatTheCaseMakesOfAFinding) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    FindingsModel model(loaded.state);
    const size_t first = *model.gravest();
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    loaded.state.case_file().set_verdict(loaded.result().findings[first].fingerprint,
                                         Verdict::kBenign);
    EXPECT_FALSE(changed.isEmpty());
    EXPECT_EQ(shown(model, first, FindingsModel::kReview), QStringLiteral("benign"));
}

TEST(FindingsModel, EveryRowHasASentenceForWhoCannotSeeIt) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    FindingsModel model(loaded.state);
    EXPECT_EQ(shown(model, *model.gravest(), FindingsModel::kSeverity, Qt::AccessibleTextRole)
                  .toStdString(),
              "Critical F1: check by pid 102 at 0.074491 s, changed by pid 103 after 1.67 ms, used "
              "after 4.637 ms");
}

TEST(FindingsModel, NamesThatAreMeantToDeceiveAreShownEscaped) {
    std::string text = swaps_of_one_name(1);
    for (const auto& [from, to] :
         {std::pair<std::string, std::string>("/home/", "/<b>\\xe2\\x80\\xaeh/"),
          {"name=\"home\"", "name=\"<b>\\xe2\\x80\\xaeh\""},
          {"comm=\"victim\"", "comm=\"<img>\\x1b[1m\""}})
        for (size_t at = text.find(from); at != std::string::npos;
             at = text.find(from, at + to.size()))
            text.replace(at, from.size(), to);
    const TextTrace trace(text);
    LoadedTrace loaded(trace.path());
    FindingsModel model(loaded.state);
    model.set_set_aside(SetAsideRows::kShown);
    ASSERT_NE(model.rowCount(), 0);
    for (const size_t finding : findings_of(model))
        for (int column = 0; column < FindingsModel::kColumns; ++column) {
            for (const int role :
                 {int{Qt::DisplayRole}, int{Qt::ToolTipRole}, int{Qt::AccessibleTextRole}}) {
                const QString said = shown(model, finding, column, role);
                EXPECT_FALSE(said.contains(QChar(0x202e)) || said.contains(QChar(0x1b)))
                    << said.toStdString();
            }
            EXPECT_FALSE(
                shown(model, finding, column, Qt::ToolTipRole).contains(QStringLiteral("<b>")))
                << "a tip would take it for markup";
        }
}

}  // namespace
}  // namespace tocsin::gui
