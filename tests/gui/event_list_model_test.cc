// SPDX-License-Identifier: Apache-2.0
#include "gui/models/event_list_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include "analyzer/report/escape.h"
#include "formats/text_form.h"
#include "gui/models/event_copy.h"
#include "gui/models/event_finder.h"
#include "tests/gui/trace_files.h"
#include "tests/unit/analyzer/analysis_fixture.h"

namespace tocsin::gui {
namespace {

using test::LoadedTrace;
using test::sample;
using test::wait_until;

QString text_at(EventListModel& model, int row, int column) {
    const QModelIndex index = model.index(row, column);
    (void)index.data();  // asks for it
    EXPECT_TRUE(wait_until([&] { return index.data().toString() != QStringLiteral("…"); }));
    return index.data().toString();
}

TEST(EventListModel, IsAModel) {
    LoadedTrace loaded(sample("access_then_open"));
    EventListModel model(loaded.state);
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    ASSERT_TRUE(loaded.state.filter().set(QStringLiteral("call == openat")).ok());
    EXPECT_TRUE(wait_until([&] { return !loaded.state.filter().is_searching(); }));
    EXPECT_GT(model.rowCount(), 0);
    ASSERT_TRUE(loaded.state.filter().set({}).ok());
    EXPECT_EQ(static_cast<size_t>(model.rowCount()), loaded.session.events().size());
}

TEST(EventListModel, GrowsWhileTheTraceIsLoaded) {
    const std::string path = test::trace_file_of_calls(100'000);
    TraceSession session(path, AnalysisOptions());
    ViewState state(session);
    EventListModel model(state);
    QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    QSignalSpy complete(&session, &TraceSession::eventsComplete);
    session.start();
    ASSERT_TRUE(complete.wait(test::kPatienceMs));
    EXPECT_GT(inserted.size(), 2);
    EXPECT_EQ(static_cast<size_t>(model.rowCount()), session.events().size());
}

TEST(EventListModel, SaysWhatARowIs) {
    LoadedTrace loaded(test::trace_file(
        test::exec_trace("5.100000000 cpu0 t1 > openat path=0x10:\"/bin/ls\"\n"
                         "5.100100000 cpu0 t1 @ file_open path=\"/bin/ls\" opened=ls\n"
                         "5.100200000 cpu0 t1 < openat -ENOENT\n"
                         "5.100300000 cpu0 t1 exit code=256 last\n")));
    EventListModel model(loaded.state);
    ASSERT_EQ(model.rowCount(), 6);
    EXPECT_EQ(text_at(model, 2, EventListModel::kWhat), QStringLiteral("> openat"));
    EXPECT_TRUE(text_at(model, 2, EventListModel::kOperands).contains(u"\"/bin/ls\""));
    EXPECT_EQ(text_at(model, 2, EventListModel::kResult), QString());
    EXPECT_EQ(text_at(model, 3, EventListModel::kObject), QStringLiteral("/bin/ls"));
    EXPECT_TRUE(text_at(model, 4, EventListModel::kResult).contains(u"ENOENT"));
    EXPECT_EQ(text_at(model, 5, EventListModel::kOperands),
              QStringLiteral("with 1, the process's last thread"));
    EXPECT_EQ(text_at(model, 2, EventListModel::kThread), QStringLiteral("victim 100"));
    EXPECT_EQ(text_at(model, 1, EventListModel::kTime), QStringLiteral("0.000000 s"));
    loaded.state.set_time_mode(TimeMode::kNanoseconds);
    EXPECT_EQ(text_at(model, 1, EventListModel::kTime), QStringLiteral("5050000000"));
}

TEST(EventListModel, FindsRowsOfEventsAndTimes) {
    LoadedTrace loaded(sample("access_then_open"));
    EventListModel model(loaded.state);
    ASSERT_TRUE(loaded.state.filter().set(QStringLiteral("call == openat")).ok());
    ASSERT_TRUE(wait_until([&] { return !loaded.state.filter().is_searching(); }));
    for (int row = 0; row < model.rowCount(); ++row) {
        EXPECT_EQ(model.row_of(model.event_of(row)), row);
        EXPECT_LE(model.row_at(loaded.session.events().time_ns(model.event_of(row))), row);
    }
    EXPECT_EQ(model.row_of(0), std::nullopt) << "it was found, and called nothing";
    EXPECT_EQ(model.row_at(UINT64_MAX), model.rowCount());
}

TEST(EventListModel, ShowsNothingOfHostileNamesAsItIs) {
    LoadedTrace loaded(test::trace_file(
        test::exec_trace("task evil tgid=300 comm=\"\\x1b[31m\\xe2\\x80\\xae<b>x\" uid=0\n"
                         "object odd 8:1/77 name=\"a\\n\\xe2\\x80\\xaeb<img src=x>\" in=bin\n"
                         "5.100000000 cpu0 evil > openat path=0x10:\"/\\x07\\xe2\\x80\\xae" +
                         std::string(4000, 'a') +
                         "\"\n"
                         "5.100100000 cpu0 evil @ file_open path=\"\\x00\\xff\" opened=odd\n")));
    EventListModel model(loaded.state);
    for (int row = 0; row < model.rowCount(); ++row)
        for (int column = 0; column < EventListModel::kColumns; ++column) {
            const QString text = text_at(model, row, column);
            EXPECT_EQ(readable(text.toStdString()), text.toStdString());
            EXPECT_LT(text.size(), 1000);
            const QString tip = model.index(row, column).data(Qt::ToolTipRole).toString();
            EXPECT_FALSE(tip.contains(u"<b>") || tip.contains(u"<img"));
        }
}

int found_row(EventFinder& finder, const QString& text, int from, FindDirection direction) {
    int row = -2;
    const QObject here;
    QObject::connect(&finder, &EventFinder::found, &here, [&](int at) { row = at; });
    QObject::connect(&finder, &EventFinder::notFound, &here, [&] { row = -1; });
    finder.find(text, from, direction);
    EXPECT_TRUE(wait_until([&] { return row != -2; }));
    return row;
}

TEST(EventFinder, GoesToTheNextMatchAndRoundTheEnd) {
    LoadedTrace loaded(test::trace_file(
        test::exec_trace("5.100000000 cpu0 t1 > openat path=0x10:\"/bin/ls\"\n"
                         "5.100100000 cpu0 t1 @ file_open path=\"/bin/ls\" opened=ls\n"
                         "5.100200000 cpu0 t1 < openat 3\n"
                         "5.100300000 cpu0 t1 > unlink path=0x10:\"/bin/ls\"\n")));
    EventListModel model(loaded.state);
    EventFinder finder(loaded.state, model);
    EXPECT_EQ(found_row(finder, QStringLiteral("OPENAT"), -1, FindDirection::kForward), 2);
    EXPECT_EQ(found_row(finder, QStringLiteral("openat"), 2, FindDirection::kForward), 4);
    EXPECT_EQ(found_row(finder, QStringLiteral("openat"), 4, FindDirection::kForward), 2);
    EXPECT_EQ(found_row(finder, QStringLiteral("openat"), 2, FindDirection::kBackward), 4);
    EXPECT_EQ(found_row(finder, QStringLiteral("/bin/ls"), -1, FindDirection::kForward), 3);
    EXPECT_EQ(found_row(finder, QStringLiteral("bash"), 4, FindDirection::kForward), 0);
    EXPECT_EQ(found_row(finder, QStringLiteral("no such thing"), 0, FindDirection::kForward), -1);
}

TEST(EventCopy, IsReadAsATraceAgain) {
    LoadedTrace loaded(sample("access_then_open"));
    std::vector<EventIndex> all(loaded.session.events().size());
    for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<EventIndex>(i);
    const auto text = copied(loaded.session, all, CopyForm::kText);
    ASSERT_TRUE(text.ok()) << text.error().message;
    const auto again = parse_text(text->toStdString());
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_EQ(again->found.size() + again->events.size(), all.size());
    const auto objects = copied(loaded.session, all, CopyForm::kJson);
    ASSERT_TRUE(objects.ok());
    EXPECT_EQ(nlohmann::json::parse(objects->toStdString()).size(), all.size());
}

}  // namespace
}  // namespace tocsin::gui
