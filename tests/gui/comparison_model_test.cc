// SPDX-License-Identifier: Apache-2.0
#include "gui/models/comparison_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QProcess>
#include <QSignalSpy>
#include <map>

#include "analyzer/report/phrases.h"
#include "formats/trace_reader.h"
#include "gui/views/compare_window.h"
#include "loaded_trace.h"

namespace tocsin::gui {
namespace {

std::string twin_trace(const std::string& sample) {
    return std::string(TOCSIN_SOURCE_DIR) + "/samples/" + sample + "/recorded_twin.tocsin";
}

AnalysisResult result_of(const std::string& path) {
    const auto trace = TraceReader::open(path);
    EXPECT_TRUE(trace.ok()) << path;
    return analyze(*trace, path, {});
}

std::map<Change, int> changes_of(const ComparisonModel& model) {
    std::map<Change, int> counts;
    for (int i = 0; i < model.rowCount(); ++i) ++counts[model.row(model.index(i, 0)).change];
    return counts;
}

TEST(ComparisonModel, HasEachFindingOnce) {
    const AnalysisResult before = result_of(sample_trace("access_then_open")),
                         after = result_of(sample_trace("lstat_open_exchange"));
    ComparisonModel model(before, after);
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    const Comparison expected = compare(before, after, Which::kShown);
    auto counts = changes_of(model);
    EXPECT_EQ(static_cast<size_t>(counts[Change::kNew]), expected.added.size());
    EXPECT_EQ(static_cast<size_t>(counts[Change::kGone]), expected.gone.size());
    EXPECT_EQ(static_cast<size_t>(counts[Change::kSame]), expected.same.size());
    EXPECT_GT(expected.added.size(), 0U);
    EXPECT_GT(expected.gone.size(), 0U);
}

TEST(ComparisonModel, HasTheGravestFirst) {
    const AnalysisResult before = result_of(sample_trace("access_then_open")),
                         after = result_of(twin_trace("access_then_open"));
    const ComparisonModel model(before, after);
    ASSERT_GT(model.rowCount(), 1);
    EXPECT_EQ(model.index(0, ComparisonModel::kSeverity).data().toString(),
              QStringLiteral("Critical"));
    for (int row = 1; row < model.rowCount(); ++row) {
        const auto severity = [&](int at) {
            return model.row(model.index(at, 0)).compared->finding().judgement.severity;
        };
        EXPECT_GE(severity(row - 1), severity(row));
    }
}

TEST(ComparisonModel, OfATraceWithItselfHasNothingNew) {
    const AnalysisResult one = result_of(sample_trace("access_then_open"));
    ComparisonModel model(one, one);
    auto counts = changes_of(model);
    EXPECT_EQ(counts[Change::kNew], 0);
    EXPECT_EQ(counts[Change::kGone], 0);
    EXPECT_GT(counts[Change::kSame], 0);
}

TEST(ComparisonModel, CountsTimesFromTheFirstFindingOfARule) {
    const AnalysisResult one = result_of(sample_trace("access_then_open"));
    ComparisonModel model(one, one);
    const std::vector<Rule> rules = model.common_rules();
    ASSERT_FALSE(rules.empty());
    model.align_on(rules.front());
    const auto is_origin = [&](int row) {
        return model.index(row, ComparisonModel::kBefore).data().toString() ==
               QStringLiteral("0.000000 s");
    };
    int origins = 0;
    for (int row = 0; row < model.rowCount(); ++row) origins += is_origin(row) ? 1 : 0;
    EXPECT_GE(origins, 1);
    const QModelIndex first = model.index(0, ComparisonModel::kAfter);
    const Finding& finding = *model.row(first).compared->after.gravest;
    model.align_on(std::nullopt);
    EXPECT_EQ(first.data().toString().toStdString(),
              seconds_since(*one.trace.first, finding.candidate.operation->began) + " s");
}

TEST(CompareWindow, PrintsWhatDiffPrints) {
    const std::string before = sample_trace("access_then_open"),
                      after = twin_trace("access_then_open");
    AnalysisOptions options;
    ASSERT_TRUE(set_windows(options, "check-use=10s").ok());
    auto* window = new CompareWindow(before, after, options);
    QSignalSpy compared(window, &CompareWindow::compared);
    ASSERT_TRUE(compared.wait(60000));
    QProcess tocsin;
    tocsin.start(
        QStringLiteral(TOCSIN_PROGRAM),
        {QStringLiteral("diff"), QStringLiteral("--window"), QStringLiteral("check-use=10s"),
         QString::fromStdString(before), QString::fromStdString(after)});
    ASSERT_TRUE(tocsin.waitForFinished(60000));
    EXPECT_EQ(window->text(), tocsin.readAllStandardOutput().toStdString());
    delete window;
}

TEST(CompareWindow, ShowsBothSidesOfTheSelectedFinding) {
    auto* window = new CompareWindow(sample_trace("access_then_open"),
                                     sample_trace("lstat_open_exchange"), {});
    QSignalSpy compared(window, &CompareWindow::compared);
    ASSERT_TRUE(compared.wait(60000));
    auto* table = window->findChild<QTreeView*>();
    const auto side = [window](const QString& name) {
        for (const auto* text : window->findChildren<QPlainTextEdit*>())
            if (text->accessibleName().startsWith(name)) return text->toPlainText();
        return QString();
    };
    for (int row = 0; row < window->model()->rowCount(); ++row) {
        table->setCurrentIndex(window->model()->index(row, 0));
        const auto& shown = window->model()->row(table->currentIndex());
        const std::string id = shown.compared->finding().fingerprint;
        const QString here = QString::fromStdString(id);
        EXPECT_EQ(side(QStringLiteral("Before")).contains(here), shown.change != Change::kNew);
        EXPECT_EQ(side(QStringLiteral("After")).contains(here), shown.change != Change::kGone);
    }
    delete window;
}

TEST(CompareWindow, SaysWhichTraceCannotBeRead) {
    auto* window = new CompareWindow(sample_trace("access_then_open"), "/nonexistent.tocsin", {});
    const auto labels = window->findChildren<QLabel*>();
    const auto says = [&] {
        for (const QLabel* label : labels)
            if (label->text().contains(QStringLiteral("/nonexistent.tocsin\""))) return true;
        return false;
    };
    QSignalSpy ticks(window, &QObject::objectNameChanged);
    for (int i = 0; i < 200 && !says(); ++i) ticks.wait(50);
    EXPECT_TRUE(says());
    EXPECT_EQ(window->text(), "");
    delete window;
}

}  // namespace
}  // namespace tocsin::gui
