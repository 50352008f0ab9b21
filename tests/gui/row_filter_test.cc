// SPDX-License-Identifier: Apache-2.0
#include "gui/session/row_filter.h"

#include <gtest/gtest.h>

#include <QProcess>
#include <QSignalSpy>

#include "tests/gui/trace_files.h"

namespace tocsin::gui {
namespace {

using test::LoadedTrace;
using test::sample;
using test::wait_until;

// "5.000100000 cpu0" of every event.
QStringList shown_by_gui(LoadedTrace& loaded, const QString& filter) {
    const auto set = loaded.state.filter().set(filter);
    EXPECT_TRUE(set.ok()) << set.error().message;
    EXPECT_TRUE(wait_until([&] { return !loaded.state.filter().is_searching(); }));
    QStringList shown;
    const EventStore& events = loaded.session.events();
    for (const EventIndex index : *loaded.state.filter().events()) {
        const EventLine line = events.at(index);
        shown << QStringLiteral("%1.%2 cpu%3")
                     .arg(line.time_ns / 1'000'000'000)
                     .arg(line.time_ns % 1'000'000'000, 9, 10, QLatin1Char('0'))
                     .arg(line.cpu);
    }
    return shown;
}

QStringList shown_by_dump(const std::string& trace, const QString& filter) {
    QProcess dump;
    dump.start(QStringLiteral(TOCSIN_PROGRAM), {QStringLiteral("dump"), QStringLiteral("--where"),
                                                filter, QString::fromStdString(trace)});
    EXPECT_TRUE(dump.waitForFinished(test::kPatienceMs));
    QStringList shown;
    for (const QString& line : QString::fromUtf8(dump.readAllStandardOutput()).split(u'\n'))
        if (!line.isEmpty() && line[0].isDigit()) shown << line.section(u' ', 0, 1);
    return shown;
}

TEST(RowFilter, ShowsTheEventsThatDumpPrints) {
    for (const char* name : {"access_then_open", "exec_swap", "container_mount", "pid_reuse"}) {
        LoadedTrace loaded(sample(name));
        const int32_t tgid = loaded.session.events().processes().back().tgid;
        for (const QString& filter :
             {QStringLiteral("call == openat"), QStringLiteral("record == found"),
              QStringLiteral("proc.pid == %1").arg(tgid), QStringLiteral("time < 2ms"),
              QStringLiteral("proc.exe contains \"/\" && result < 0"),
              QStringLiteral("path glob \"/tmp/**\" && !(record == hook)"),
              QStringLiteral("time > 1ms && time < 10ms && cpu in {0, 1, 2}"),
              QStringLiteral("proc.comm == nobody_has_this_name")}) {
            EXPECT_EQ(shown_by_gui(loaded, filter), shown_by_dump(sample(name), filter))
                << name << ' ' << filter.toStdString();
        }
    }
}

TEST(RowFilter, IsOfTheRowsThatItSpeaksOf) {
    LoadedTrace loaded(sample("access_then_open"));
    RowFilter& filter = loaded.state.filter();
    ASSERT_TRUE(filter.set(QStringLiteral("rule == F1")).ok());
    EXPECT_TRUE(filter.is_of_findings());
    EXPECT_FALSE(filter.is_of_events());
    EXPECT_EQ(filter.events(), nullptr);
    for (const Finding& finding : loaded.session.analysis()->findings)
        EXPECT_EQ(filter.shows(finding), name_of(finding.candidate.rule) == "F1");
    ASSERT_TRUE(filter.set(QStringLiteral("cpu == 0")).ok());
    EXPECT_FALSE(filter.is_of_findings());
    EXPECT_NE(filter.events(), nullptr);
    for (const Finding& finding : loaded.session.analysis()->findings)
        EXPECT_TRUE(filter.shows(finding));
    ASSERT_TRUE(filter.set({}).ok());
    EXPECT_EQ(filter.events(), nullptr);
}

TEST(RowFilter, SaysWhereATextIsNoFilterAndKeepsTheOldOne) {
    LoadedTrace loaded(sample("access_then_open"));
    RowFilter& filter = loaded.state.filter();
    ASSERT_TRUE(filter.set(QStringLiteral("call == openat")).ok());
    QSignalSpy changed(&filter, &RowFilter::changed);
    const auto set = filter.set(QStringLiteral("call == openat && proc.uidd == 3"));
    ASSERT_FALSE(set.ok());
    EXPECT_NE(set.error().message.find("did you mean"), std::string::npos);
    EXPECT_EQ(filter.text(), QStringLiteral("call == openat"));
    EXPECT_TRUE(changed.isEmpty());
    EXPECT_EQ(FilterMeaning::of(QStringLiteral("call == openat && proc.uidd == 3")).column, 19U);
    const FilterMeaning mixed = FilterMeaning::of(QStringLiteral("cpu == 1 && rule == F1"));
    EXPECT_NE(mixed.why_not.find("neither findings nor events"), std::string::npos);
}

TEST(RowFilter, TheLastOfManyTextsIsWhatIsShown) {
    LoadedTrace loaded(sample("container_mount"));
    RowFilter& filter = loaded.state.filter();
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(filter.set(QStringLiteral("time > %1us").arg(i)).ok());
    const QStringList last = shown_by_gui(loaded, QStringLiteral("call == openat"));
    EXPECT_EQ(last, shown_by_dump(sample("container_mount"), QStringLiteral("call == openat")));
}

TEST(RowFilter, EndsWhileItSearches) {
    const std::string path = test::trace_file_of_calls(60'000);
    for (int i = 0; i < 5; ++i) {
        TraceSession session(path, AnalysisOptions());
        ViewState state(session);
        QSignalSpy opened(&session, &TraceSession::opened);
        ASSERT_TRUE(state.filter().set(QStringLiteral("call == openat")).ok());
        session.start();
        ASSERT_TRUE(opened.wait(test::kPatienceMs));
    }
}

}  // namespace
}  // namespace tocsin::gui
