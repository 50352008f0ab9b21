// SPDX-License-Identifier: Apache-2.0
#include "gui/models/event_details_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>

#include "analyzer/report/escape.h"
#include "gui/models/hex_text.h"
#include "tests/gui/trace_files.h"
#include "tests/unit/analyzer/analysis_fixture.h"

namespace tocsin::gui {
namespace {

using test::LoadedTrace;
using test::sample;

// "label: value" of every row below.
QStringList lines_of(const QAbstractItemModel& model, const QModelIndex& parent = {}) {
    QStringList lines;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, 0, parent);
        lines << index.data().toString() + QStringLiteral(": ") +
                     index.siblingAtColumn(1).data().toString();
        lines += lines_of(model, index);
    }
    return lines;
}

bool has(const QStringList& lines, const QString& part) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const QString& line) { return line.contains(part); });
}

TEST(EventDetailsModel, IsAModelOfEveryEventOfASample) {
    LoadedTrace loaded(sample("exec_swap"));
    EventDetailsModel model(loaded.state);
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    EXPECT_EQ(model.rowCount(), 0);
    for (EventIndex event = 0; event < loaded.session.events().size(); ++event) {
        loaded.state.select_event(event);
        const QStringList lines = lines_of(model);
        EXPECT_TRUE(has(lines, QStringLiteral("Provenance")));
        EXPECT_TRUE(
            has(lines,
                QStringLiteral("since boot: %1 ns").arg(loaded.session.events().time_ns(event))));
        for (const QString& line : lines)
            EXPECT_EQ(readable(line.toStdString()), line.toStdString());
    }
}

TEST(EventDetailsModel, ShowsWhatWasReadAndHowFar) {
    LoadedTrace loaded(test::trace_file(
        test::exec_trace("5.100000000 cpu0 t1 > openat path=0x7ffd10:\"/bi\"(full=9 error=EFAULT)\n"
                         "5.100100000 cpu0 t1 @ file_open path=\"/bin/ls\" opened=ls\n"
                         "5.100200000 cpu0 t1 < openat 3\n")));
    EventDetailsModel model(loaded.state);
    loaded.state.select_event(2);
    QStringList lines = lines_of(model);
    EXPECT_TRUE(has(lines, QStringLiteral("register: 0x7ffd10")));
    EXPECT_TRUE(has(lines, QStringLiteral("length: 3 of 9 bytes")));
    EXPECT_TRUE(has(lines, QStringLiteral("read ended by: EFAULT")));
    EXPECT_TRUE(has(lines, QStringLiteral("UTC: 2023-11-14")));
    EXPECT_TRUE(has(lines, QStringLiteral("Whole call: 3 records")));
    loaded.state.select_event(3);
    lines = lines_of(model);
    EXPECT_TRUE(has(lines, QStringLiteral("opened: \"/bin/ls\" 8:1/41")));
    EXPECT_TRUE(has(lines, QStringLiteral("generation: 7")));
    EXPECT_TRUE(has(lines, QStringLiteral("source of the hook: not stated")));
}

TEST(EventDetailsModel, RowsOfTheCallNameItsRecords) {
    LoadedTrace loaded(test::trace_file(
        test::exec_trace("5.100000000 cpu0 t1 > openat path=0x10:\"/bin/ls\"\n"
                         "5.100050000 cpu1 t0 > openat path=0x10:\"/bin/ls\"\n"
                         "5.100100000 cpu0 t1 @ file_open path=\"/bin/ls\" opened=ls\n"
                         "5.100200000 cpu0 t1 < openat 3\n")));
    EventDetailsModel model(loaded.state);
    for (const EventIndex event : {2U, 4U, 5U}) {
        loaded.state.select_event(event);
        for (const EventIndex member : {2U, 4U, 5U})
            EXPECT_TRUE(model.find(member).isValid()) << event << ' ' << member;
        EXPECT_FALSE(model.find(EventIndex{3}).isValid());
    }
    loaded.state.select_event(3);
    EXPECT_TRUE(has(lines_of(model), QStringLiteral("return: not recorded")));
}

TEST(HexText, HasBytesAndCharactersSideBySide) {
    EXPECT_EQ(hex_text(QByteArray("/tmp/x\0", 7)),
              QStringLiteral("00000000  2f 74 6d 70 2f 78 00") + QString(30, u' ') +
                  QStringLiteral("/tmp/x.\n"));
    EXPECT_EQ(hex_text({}), QString());
    EXPECT_TRUE(hex_text(QByteArray(20, 'a'), 16).endsWith(u"and 4 bytes more\n"));
}

}  // namespace
}  // namespace tocsin::gui
