// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QApplication>
#include <QClipboard>
#include <QImage>
#include <QLabel>
#include <QMimeData>
#include <QPainter>
#include <QPushButton>
#include <QTextBrowser>

#include "analyzer/report/phrases.h"
#include "gui/models/claim_table.h"
#include "gui/models/line_breaks.h"
#include "gui/models/race_card_text.h"
#include "gui/timeline/race_card_renderer.h"
#include "gui/views/race_card_view.h"
#include "tests/gui/loaded_trace.h"
#include "tests/gui/text_trace.h"
#include "tests/unit/analyzer/name_story.h"

namespace tocsin::gui {
namespace {

const Finding& first_of(const AnalysisResult& result, Rule rule) {
    for (const Finding& finding : result.findings)
        if (finding.candidate.rule == rule) return finding;
    ADD_FAILURE() << "no " << name_of(rule);
    return result.findings.front();
}

const ClaimTable::Row& row_of(const ClaimTable& table, const char* what) {
    for (const ClaimTable::Row& row : table.rows)
        if (row.what == QLatin1String(what)) return row;
    ADD_FAILURE() << "no row " << what;
    return table.rows.front();
}

QStringList parts_of(const RaceDrawing& drawing) {
    QStringList parts;
    for (const RaceLane& lane : drawing.lanes) parts << lane.part;
    return parts;
}

TEST(RaceDrawing, HasALaneForCheckMutatorAndUseAndGapsThatAddUp) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    const RaceDrawing drawing =
        drawing_of(loaded.result(), loaded.session.events(), first_of(loaded.result(), Rule::kF1));
    EXPECT_EQ(parts_of(drawing), (QStringList{QStringLiteral("Check"), QStringLiteral("Mutator"),
                                              QStringLiteral("Use")}));
    EXPECT_EQ(drawing.lanes[1].who, QStringLiteral("access_then_ope 103"));
    EXPECT_EQ(drawing.lanes[1].uid, QStringLiteral("uid 1000"));
    EXPECT_EQ(drawing.lanes[1].cpu, QStringLiteral("CPU 0"));
    ASSERT_EQ(drawing.gaps.size(), 3U);
    const auto length = [](const RaceGap& gap) { return gap.to.ns - gap.from.ns; };
    EXPECT_EQ(length(drawing.gaps[0]) + length(drawing.gaps[1]), length(drawing.gaps[2]));
    ASSERT_EQ(drawing.arrows.size(), 2U);
    EXPECT_TRUE(drawing.arrows[0].is_dashed) << "it lies below the one from the change";
    EXPECT_FALSE(drawing.arrows[1].is_dashed);
    EXPECT_TRUE(drawing.uncertainty.isEmpty());
    for (const RaceLane& lane : drawing.lanes)
        for (const RaceBar& bar : lane.bars) {
            EXPECT_GE(bar.began, drawing.from);
            EXPECT_LE(bar.ended, drawing.to);
        }
}

TEST(RaceDrawing, OfAnArgumentHasTheFourViewsAtTheirTimesWithinTheCall) {
    LoadedTrace loaded(sample_trace("open_swap"));
    const Finding& finding = first_of(loaded.result(), Rule::kA1);
    const RaceDrawing drawing = drawing_of(loaded.result(), loaded.session.events(), finding);
    EXPECT_EQ(parts_of(drawing),
              (QStringList{QStringLiteral("Call"), QStringLiteral("E"), QStringLiteral("S"),
                           QStringLiteral("K"), QStringLiteral("X")}));
    EXPECT_EQ(drawing.lanes[1].bars[0].began, finding.candidate.operation->began);
    EXPECT_EQ(drawing.lanes[2].bars[0].began, *finding.candidate.operation->copied);
}

TEST(RaceDrawing, WhoWroteToTheMemoryHasALaneAndAnArrowToTheCopy) {
    LoadedTrace loaded(sample_trace("process_vm_writer"));
    const Finding& finding = first_of(loaded.result(), Rule::kA1);
    ASSERT_TRUE(finding.candidate.writer);
    const RaceDrawing drawing = drawing_of(loaded.result(), loaded.session.events(), finding);
    EXPECT_EQ(parts_of(drawing).mid(0, 4),
              (QStringList{QStringLiteral("Call"), QStringLiteral("Mutator"), QStringLiteral("E"),
                           QStringLiteral("S")}));
    const RaceLane& writer = drawing.lanes[1];
    EXPECT_TRUE(writer.who.contains(QString::number(finding.candidate.writer->task->id.tgid)));
    ASSERT_EQ(writer.bars.size(), 1U);
    EXPECT_EQ(writer.bars[0].label, QString::fromStdString(finding.candidate.writer->how));
    ASSERT_EQ(drawing.arrows.size(), 1U);
    EXPECT_EQ(drawing.arrows[0].lane, 1U);
    EXPECT_EQ(drawing.arrows[0].to_lane, 3U);
    EXPECT_EQ(drawing.arrows[0].to, *finding.candidate.operation->copied);
    EXPECT_LT(drawing.arrows[0].from, drawing.arrows[0].to);
    const RaceDrawing without = drawing_of(loaded.result(), EventStore(), finding);
    EXPECT_FALSE(without.lanes[1].absence.isEmpty());
    EXPECT_TRUE(without.arrows.empty());
}

TEST(RaceDrawing, NoArrowIsCrispWhereTheOrderIsNotCertain) {
    // The rename lasts from before the check to behind the use.
    const TextTrace trace(test::story(
        test::line(1, "u", "> rename path#0=16:\"/home/y\" path#1=32:\"/home/x\"") +
        test::call(10, "v", "newfstatat path=16:\"/home/x\"", "0", {"inode_getattr named=x"}) +
        test::line(14, "u", "@ path_rename named=y second=x") +
        test::call(20, "v", "openat path=16:\"/home/x\" flags=1", "3",
                   {"file_open opened=y", "sys_exit returned=y"}) +
        test::line(30, "u", "< rename 0 path#0=16:\"/home/y\" path#1=32:\"/home/x\"")));
    LoadedTrace loaded(trace.path());
    ASSERT_FALSE(loaded.result().findings.empty());
    const RaceDrawing drawing =
        drawing_of(loaded.result(), loaded.session.events(), first_of(loaded.result(), Rule::kF1));
    EXPECT_TRUE(drawing.uncertainty.startsWith(QStringLiteral("order uncertain")));
    EXPECT_TRUE(drawing.sentence.contains(drawing.uncertainty));
}

TEST(RaceCardRenderer, DrawsEveryRaceAtEveryWidthWithinItself) {
    for (const char* name : {"access_then_open", "open_swap", "pid_reuse", "seccomp_supervisor",
                             "script_append", "swap_back"}) {
        LoadedTrace loaded(sample_trace(name));
        for (const Finding& finding : loaded.result().findings) {
            for (const double width : {100.0, 500.0, 1400.0}) {
                const RaceCardRenderer renderer(
                    drawing_of(loaded.result(), loaded.session.events(), finding), width,
                    QApplication::font());
                QImage image(static_cast<int>(renderer.width()) + 40,
                             static_cast<int>(renderer.height()) + 40,
                             QImage::Format_ARGB32_Premultiplied);
                image.fill(Qt::transparent);
                QPainter painter(&image);
                renderer.draw(painter, Theme::light());
                painter.end();
                int inside = 0, below = 0;
                for (int y = 0; y < image.height(); ++y)
                    for (int x = 0; x < image.width(); ++x) {
                        if (qAlpha(image.pixel(x, y)) == 0) continue;
                        ++(y <= renderer.height() ? inside : below);
                    }
                EXPECT_GT(inside, 1000) << name << ' ' << width;
                EXPECT_EQ(below, 0) << name << ' ' << width;
            }
        }
    }
}

TEST(ClaimTable, MarksWhatDiffersBetweenCheckAndUseAndNothingElse) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    const ClaimTable table = claim_table_of(first_of(loaded.result(), Rule::kF1).candidate);
    EXPECT_EQ(table.columns.size(), 3);
    for (const char* changed : {"object", "inode", "generation", "mode", "owner"}) {
        const ClaimTable::Row& row = row_of(table, changed);
        EXPECT_EQ(row.cells.front().state, ClaimTable::Cell::kChanged) << changed;
        EXPECT_EQ(row.cells.back().state, ClaimTable::Cell::kChanged) << changed;
    }
    for (const char* same : {"device", "mount", "links", "entry bytes, kernel copy"})
        EXPECT_EQ(row_of(table, same).cells.back().state, ClaimTable::Cell::kPlain) << same;
    EXPECT_EQ(row_of(table, "inode").cells[1].text, QStringLiteral("7"));
}

bool differs(const ClaimTable::Row& row) {
    return std::any_of(row.cells.begin(), row.cells.end(), [](const ClaimTable::Entry& cell) {
        return cell.state == ClaimTable::Cell::kChanged;
    });
}

TEST(ClaimTable, HasRowsThatDifferBeforeAllOthers) {
    for (const char* name : {"access_then_open", "open_swap", "pid_reuse", "seccomp_supervisor"}) {
        LoadedTrace loaded(sample_trace(name));
        for (const Finding& finding : loaded.result().findings) {
            const auto rows = claim_table_of(finding.candidate).rows;
            EXPECT_TRUE(std::is_partitioned(rows.begin(), rows.end(), differs)) << name;
        }
    }
}

TEST(ClaimTable, HoldsClaimsAgainstTheKernelsCopyAndMarksThemAlone) {
    const auto marked = [](const char* name, Rule rule) {
        LoadedTrace loaded(sample_trace(name));
        const ClaimTable table = claim_table_of(first_of(loaded.result(), rule).candidate);
        QString cells;
        for (const ClaimTable::Entry& cell : row_of(table, "bytes").cells)
            cells += cell.state == ClaimTable::Cell::kChanged ? QLatin1Char('!') : QLatin1Char('.');
        return cells.toStdString();
    };
    EXPECT_EQ(marked("connect_swap", Rule::kA3), "..!") << "at exit alone";
    EXPECT_EQ(marked("open_swap", Rule::kA1), "!..") << "at entry alone";
    EXPECT_EQ(marked("seccomp_supervisor", Rule::kA1), "!...") << "the supervisor's alone";
}

TEST(ClaimTable, SaysWhatWasNotRecordedRatherThanNothing) {
    for (const char* name : {"access_then_open", "open_swap", "pid_reuse", "open_beneath"}) {
        LoadedTrace loaded(sample_trace(name));
        for (const Finding& finding : loaded.result().findings) {
            const ClaimTable table = claim_table_of(finding.candidate);
            for (const ClaimTable::Row& row : table.rows) {
                const auto cells = static_cast<qsizetype>(row.cells.size());
                EXPECT_TRUE(cells == table.columns.size() || cells == 1) << cells;
                for (const ClaimTable::Entry& cell : row.cells)
                    EXPECT_FALSE(cell.text.isEmpty()) << name << ' ' << row.what.toStdString();
            }
        }
    }
}

TEST(RaceCard, SaysInFullWhyItWasFlagged) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    RaceCardView view(loaded.state);
    view.resize(600, 800);
    const Finding& finding = first_of(loaded.result(), Rule::kF1);
    loaded.state.select_finding(static_cast<size_t>(&finding - loaded.result().findings.data()));
    QString said;
    for (const auto* text : view.findChildren<QTextBrowser*>()) said += text->toPlainText();
    const auto says = [&](const std::string& words) {
        return said.contains(QString::fromStdString(words));
    };
    for (const Predicate& predicate : finding.candidate.predicates)
        EXPECT_TRUE(says(predicate.statement)) << predicate.statement;
    for (const ConfidenceStep& step : finding.judgement.confidence_steps)
        EXPECT_TRUE(says(step.why)) << step.why;
    for (const std::string& reason : finding.judgement.severity_reasons)
        EXPECT_TRUE(says(reason)) << reason;
    EXPECT_TRUE(says(finding.candidate.counter_hypothesis));
    EXPECT_TRUE(says("CWE-367"));
    EXPECT_TRUE(says(finding.fingerprint));
}

TEST(LineBreaks, StandBehindSlashesAndInLongWordsAndAreTakenOutAgain) {
    const auto shown = [](const char* text) {
        return with_breaks(QString::fromUtf8(text))
            .replace(QChar(0x200b), QLatin1Char('~'))
            .replace(QChar(0x2060), QLatin1Char('^'))
            .toStdString();
    };
    EXPECT_EQ(shown("open of \"/tmp/x.y//z/\""), "open of \"/^tmp/~x.y//~z/~\"");
    EXPECT_EQ(shown("/access_then_open.PJQQvh/a_b"), "/^access_~then_~open.~PJQQvh/~a_b");
    EXPECT_EQ(shown("openat(AT_FDCWD, O_WRONLY|O_CLOEXEC)"),
              "openat(~AT_FDCWD, O_WRONLY|O_CLOEXEC)");
    EXPECT_EQ(shown("inet 127.0.0.1 port 7"), "inet 127.0.0.1 port 7");
    for (const char* text : {"", "/", "a_long_word_of_many.parts", "/tmp//x"})
        EXPECT_EQ(without_breaks(with_breaks(QString::fromUtf8(text))), QString::fromUtf8(text));
}

TEST(RaceCard, TextThatIsCopiedHasNoBreaks) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    RaceCardView view(loaded.state);
    loaded.state.select_finding(loaded.state.alive().front());
    for (auto* text : view.findChildren<QTextBrowser*>()) {
        ASSERT_NE(text->toPlainText(), without_breaks(text->toPlainText()));
        text->selectAll();
        text->copy();
        const QMimeData& copied = *QApplication::clipboard()->mimeData();
        EXPECT_FALSE(copied.text().isEmpty());
        EXPECT_EQ(copied.text(), without_breaks(copied.text()));
        EXPECT_EQ(copied.html(), without_breaks(copied.html()));
    }
}

TEST(RaceCard, CopiesWhatTheProgramExplains) {
    LoadedTrace loaded(sample_trace("access_then_open"));
    RaceCardView view(loaded.state);
    loaded.state.select_finding(loaded.state.alive().front());
    QSignalSpy copied(&view, &RaceCardView::copied);
    view.findChild<QPushButton*>()->click();
    ASSERT_TRUE(copied.wait(LoadedTrace::kPatienceMs));
    const QString text = QApplication::clipboard()->text();
    EXPECT_TRUE(text.startsWith(QStringLiteral("Tocsin "))) << text.toStdString();
    EXPECT_TRUE(text.contains(QStringLiteral("Story, in seconds since the trace began")));
}

TEST(RaceCard, NamesFromTheTraceAreNoMarkup) {
    std::string text = test::story(
        test::call(10, "v", "newfstatat path=16:\"/home/x\"", "0", {"inode_getattr named=x"}) +
        test::call(14, "u", "rename path#0=16:\"/home/y\" path#1=32:\"/home/x\"", "0",
                   {"path_rename named=y second=x"}) +
        test::call(20, "v", "openat path=16:\"/home/x\" flags=1", "3",
                   {"file_open opened=y", "sys_exit returned=y"}));
    const std::string from = "victim", to = "<h1>boo";
    for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    const TextTrace trace(text);
    LoadedTrace loaded(trace.path());
    ASSERT_FALSE(loaded.result().findings.empty());
    const Finding& finding = loaded.result().findings.front();
    const QString html = race_card_text(loaded.result(), finding, Theme::light());
    EXPECT_FALSE(html.contains(QStringLiteral("<h1>")));
    EXPECT_TRUE(html.contains(QStringLiteral("&lt;h1&gt;boo")));
}

}  // namespace
}  // namespace tocsin::gui
