// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/timeline_rows.h"

#include <gtest/gtest.h>

#include <chrono>

#include "gui/timeline/event_text.h"
#include "tests/gui/timeline_fixture.h"

namespace tocsin::gui {
namespace {

// A process is a root or the child of an earlier one; each has these threads, with an event of
// its number each.
EventStore processes(const std::vector<std::pair<uint32_t, int>>& parents_and_threads) {
    EventStore store;
    EventBlock block;
    uint32_t thread = 0;
    for (size_t i = 0; i < parents_and_threads.size(); ++i) {
        const auto process = static_cast<uint32_t>(i);
        const auto pid = static_cast<int32_t>(100 + i);
        block.processes.push_back({pid, parents_and_threads[i].first, {}, {}});
        for (int j = 0; j < parents_and_threads[i].second; ++j, ++thread) {
            block.threads.push_back({{pid, pid + j, {1}}, process, "task"});
            block.time_ns.push_back(1000 * (thread + 1));
            block.sequence.push_back(thread + 1);
            block.thread.push_back(thread);
            block.file.push_back(kNoRow);
            block.partner.push_back(kNoEvent);
            block.cpu.push_back(0);
            block.number.push_back(0);
            block.kind.push_back(EventKind::kEntry);
            block.failed.push_back(0);
        }
    }
    store.append(std::move(block));
    return store;
}

EventStore files(uint32_t count) {
    EventStore store;
    uint32_t made = 0;
    uint64_t time = 0;
    while (made < count) {
        EventBlock block;
        if (made == 0) {
            block.processes.push_back({1, kNoRow, {}, {}});
            block.threads.push_back({{1, 1, {1}}, 0, "task"});
        }
        while (made < count && block.size() < EventBlock::kMost) {
            block.files.push_back({{1, made, 0}, "/f" + std::to_string(made)});
            block.time_ns.push_back(++time);
            block.sequence.push_back(time);
            block.thread.push_back(0);
            block.file.push_back(made++);
            block.partner.push_back(kNoEvent);
            block.cpu.push_back(0);
            block.number.push_back(0);
            block.kind.push_back(EventKind::kHook);
            block.failed.push_back(0);
        }
        store.append(std::move(block));
    }
    return store;
}

std::string tree_of(const TimelineRows& rows) {
    std::string tree;
    for (size_t i = 0; i < rows.size(); ++i) {
        const TimelineRow& row = rows.at(i);
        tree += std::string(row.depth, ' ');
        tree += "hptf"[static_cast<size_t>(row.id.kind)];
        tree += std::to_string(row.id.index) + (row.is_collapsed ? "+" : "") +
                (row.is_pinned ? "!" : "") + "\n";
    }
    return tree;
}

TEST(TimelineRows, AreATreeOfHostProcessesAndTheirThreads) {
    const EventStore store = processes({{kNoRow, 1}, {0, 2}, {1, 1}, {kNoRow, 1}, {0, 1}});
    TimelineRows rows(store);
    rows.refresh();
    EXPECT_EQ(tree_of(rows),
              "h0\n"
              " p0\n"
              "  p1\n"
              "   t1\n"
              "   t2\n"
              "   p2\n"
              "  p4\n"
              " p3\n");
    EXPECT_EQ(rows.row_of_thread(0), 1U) << "a process with one thread is one row";
    EXPECT_EQ(rows.row_of_thread(2), 4U);
    EXPECT_EQ(rows.find({RowKind::kProcess, 4}), 6U);
}

TEST(TimelineRows, ACollapsedProcessStandsForAllBelowIt) {
    const EventStore store = processes({{kNoRow, 1}, {0, 2}, {1, 1}, {kNoRow, 1}});
    TimelineRows rows(store);
    rows.refresh();
    rows.set_collapsed({RowKind::kProcess, 0}, true);
    EXPECT_EQ(tree_of(rows), "h0\n p0+\n p3\n");
    for (const uint32_t thread : {0U, 1U, 2U, 3U}) EXPECT_EQ(rows.row_of_thread(thread), 1U);
    EXPECT_EQ(rows.threads_of(rows.at(1)).size(), 4U);
    rows.set_collapsed({RowKind::kProcess, 0}, false);
    EXPECT_EQ(rows.threads_of(rows.at(1)).size(), 1U);
    rows.set_collapsed({RowKind::kHost, 0}, true);
    EXPECT_EQ(tree_of(rows), "h0+\n");
}

TEST(TimelineRows, PinnedOnesAreAtTheTopAndOnlyThere) {
    const EventStore store = processes({{kNoRow, 1}, {0, 2}, {kNoRow, 1}});
    TimelineRows rows(store);
    rows.refresh();
    rows.set_pinned({RowKind::kProcess, 2}, true);
    rows.set_pinned({RowKind::kThread, 1}, true);
    EXPECT_EQ(tree_of(rows), "p2!\nt1!\nh0\n p0\n  p1\n   t2\n");
    EXPECT_EQ(rows.pinned(), 2U);
    EXPECT_EQ(rows.row_of_thread(3), 0U);
    EXPECT_EQ(rows.row_of_thread(1), 1U);
    rows.set_pinned({RowKind::kProcess, 2}, false);
    EXPECT_EQ(tree_of(rows), "t1!\nh0\n p0\n  p1\n   t2\n p2\n");
}

TEST(TimelineRows, RowsWithoutEventsInViewHideAndTheirChildrenMoveUp) {
    const EventStore store = processes({{kNoRow, 1}, {0, 1}, {1, 1}, {kNoRow, 1}});
    TimelineRows rows(store);
    rows.refresh();
    rows.set_empty_rows(EmptyRows::kHidden);
    EXPECT_TRUE(rows.look_at(3000, 3000));
    EXPECT_EQ(tree_of(rows), "h0\n p2\n");
    EXPECT_FALSE(rows.look_at(2500, 3500)) << "nothing has changed";
    EXPECT_EQ(rows.row_of_thread(0), std::nullopt);
    rows.set_wanted({0}, {});
    EXPECT_EQ(tree_of(rows), "h0\n p0\n  p2\n") << "what is selected is always there";
}

TEST(TimelineRows, ACallThatLastsThroughTheViewIsInIt) {
    const EventStore store = test::store_of(tocsin::test::reader_of(tocsin::test::exec_trace(
        "5.100000000 cpu0 t1 > openat path=0x10:\"/bin/ls\"\n5.200000000 cpu0 t1 < openat 3\n")));
    TimelineRows rows(store);
    rows.set_empty_rows(EmptyRows::kHidden);
    rows.look_at(5'150'000'000, 5'150'000'100);
    rows.refresh();
    EXPECT_TRUE(rows.row_of_thread(store.thread(static_cast<EventIndex>(store.size() - 1))));
    rows.look_at(5'300'000'000, 5'300'000'100);
    EXPECT_EQ(rows.size(), 1U) << "the host alone";
}

TEST(TimelineRows, FilesGoByWhatIsSelectedThenSeverityThenNumber) {
    EventStore store = files(100);
    store.mark(50, Severity::kLow);
    store.mark(60, Severity::kCritical);
    TimelineRows rows(store);
    rows.set_grouping(Grouping::kByFile);
    rows.set_wanted({}, {70, 60});
    ASSERT_EQ(rows.size(), 100U);
    EXPECT_EQ(rows.at(0).id.index, 70U);
    EXPECT_EQ(rows.at(1).id.index, 60U);
    EXPECT_EQ(rows.at(2).id.index, 50U);
    EXPECT_EQ(rows.row_of_file(50), 2U);
    rows.set_empty_rows(EmptyRows::kHidden);
    rows.look_at(51, 51);
    EXPECT_EQ(rows.size(), 3U) << "the one that has an event, and the selected ones";
}

TEST(TimelineRows, HalfAMillionFilesAreSortedInAMoment) {
    const EventStore store = files(500'000);
    TimelineRows rows(store);
    const auto start = std::chrono::steady_clock::now();
    rows.set_grouping(Grouping::kByFile);
    rows.set_empty_rows(EmptyRows::kHidden);
    rows.look_at(1000, 2000);
    const auto spent = std::chrono::steady_clock::now() - start;
    EXPECT_EQ(rows.size(), 1001U);
    EXPECT_LT(spent, std::chrono::seconds(2)) << "whatever else the machine does";
}

TEST(EventText, NamesOfATraceAreEscapedAndCut) {
    EventStore store;
    EventBlock block;
    const std::string hostile = "\x1b[31m\xe2\x80\xae" + std::string(4095, 'x') + "\n";
    block.processes.push_back({7, kNoRow, hostile, {}});
    block.threads.push_back({{7, 8, {1}}, 0, hostile});
    block.files.push_back({{1, 2, 0}, hostile});
    block.time_ns.push_back(1);
    block.sequence.push_back(1);
    block.thread.push_back(0);
    block.file.push_back(0);
    block.partner.push_back(kNoEvent);
    block.cpu.push_back(0);
    block.number.push_back(65535);
    block.kind.push_back(EventKind::kHook);
    block.failed.push_back(0);
    store.append(std::move(block));
    const auto time = [](uint64_t) { return QStringLiteral("now"); };
    for (const RowId id : {RowId{RowKind::kProcess, 0}, RowId{RowKind::kThread, 0},
                           RowId{RowKind::kFile, 0}, RowId{RowKind::kHost, 0}}) {
        const RowText text = row_text(store, id, hostile);
        for (const QString& shown :
             {text.name, text.detail, row_sentence(store, {id, 0, false, false, false}, hostile),
              event_sentence(store, 0, time)}) {
            EXPECT_LT(shown.size(), 400);
            for (const QChar c : shown) {
                EXPECT_TRUE(c.isPrint()) << shown.toStdString();
                EXPECT_NE(c.unicode(), 0x202e);
            }
        }
    }
}

}  // namespace
}  // namespace tocsin::gui
