// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/event_store.h"

#include <gtest/gtest.h>

#include <utility>

#include "analyzer/replay/event_order.h"
#include "tests/unit/analyzer/analysis_fixture.h"

namespace tocsin::gui {
namespace {

EventStore store_of(const TraceReader& trace) {
    EventStore store;
    EventBlockBuilder builder([&](EventBlock block) { store.append(std::move(block)); });
    EventOrder order(trace);
    while (const auto item = order.next())
        if (const auto* event = std::get_if<const Event*>(&*item)) builder.add(**event);
    builder.finish();
    return store;
}

TraceReader two_calls() {
    return test::reader_of(
        test::exec_trace("5.100000000 cpu0 t1 > openat path=0x10:\"/bin/ls\"\n"
                         "5.100050000 cpu1 t0 > openat path=0x20:\"/bin/sh\"\n"
                         "5.100100000 cpu0 t1 @ file_open path=\"/bin/ls\" opened=ls\n"
                         "5.100150000 cpu1 t0 < openat -ENOENT\n"
                         "5.100200000 cpu0 t1 < openat 3\n"
                         "5.100300000 cpu0 t1 exit code=0 last\n"));
}

TEST(EventStore, HoldsEveryEventInTheOrderOfTime) {
    const EventStore store = store_of(two_calls());
    ASSERT_EQ(store.size(), 8U);
    EXPECT_EQ(store.at(0).kind, EventKind::kFound);
    EXPECT_EQ(store.at(1).kind, EventKind::kFork);
    EXPECT_EQ(store.first_ns(), 5'050'000'000U) << "the snapshot is from before";
    EXPECT_EQ(store.last_ns(), 5'100'300'000U);
    EXPECT_EQ(store.first_at(5'100'100'000), 4U);
    EXPECT_EQ(store.first_at(UINT64_MAX), 8U);
}

TEST(EventStore, JoinsHooksAndReturnsWithTheEntryOfTheirThread) {
    const EventStore store = store_of(two_calls());
    EXPECT_EQ(store.at(4).kind, EventKind::kHook);
    EXPECT_EQ(store.at(4).partner, 2U);
    EXPECT_EQ(store.at(5).partner, 3U);
    EXPECT_TRUE(store.at(5).failed);
    EXPECT_EQ(store.at(6).partner, 2U);
    EXPECT_FALSE(store.at(6).failed);
    EXPECT_EQ(store.begin_ns(store.at(6)), 5'100'000'000U);
}

TEST(EventStore, KnowsThreadsProcessesAndFiles) {
    const EventStore store = store_of(two_calls());
    ASSERT_EQ(store.processes().size(), 2U);
    EXPECT_EQ(store.processes()[0].executable, "/bin/bash");
    EXPECT_EQ(store.processes()[1].tgid, 100);
    EXPECT_EQ(store.processes()[1].parent, 0U);
    ASSERT_EQ(store.files().size(), 1U);
    EXPECT_EQ(store.files()[0].path, "/bin/ls");
    EXPECT_EQ(store.by_file().events_of(0), 1U);
    EXPECT_EQ(store.by_thread().events_of(store.at(2).thread), 4U);
}

TEST(EventStore, FindsAnEventByCpuAndNumber) {
    const EventStore store = store_of(two_calls());
    const EventLine wanted = store.at(5);
    EXPECT_EQ(store.find({wanted.cpu, wanted.sequence}, wanted.time_ns), 5U);
    EXPECT_EQ(store.find({7, 1}, wanted.time_ns), kNoEvent);
}

// Some blocks of two CPUs, each with numbers of its own; those of the second run back by a little
// every hundred events.
EventStore of_two_cpus(size_t events) {
    EventStore store;
    EventBlock block;
    const auto hand_over = [&] { EXPECT_TRUE(store.append(std::exchange(block, {}))); };
    block.processes.push_back({1, kNoRow, {}, {}});
    block.threads.push_back({{}, 0, "x"});
    for (size_t i = 0; i < events; ++i) {
        block.time_ns.push_back(i / 3 * 10);
        block.sequence.push_back(i % 100 == 99 ? i / 2 - 1 : i % 100 == 97 ? i / 2 + 1 : i / 2);
        block.thread.push_back(0);
        block.file.push_back(kNoRow);
        block.partner.push_back(kNoEvent);
        block.cpu.push_back(static_cast<uint16_t>(i % 2));
        block.number.push_back(0);
        block.kind.push_back(EventKind::kEntry);
        block.failed.push_back(0);
        if (block.size() == EventBlock::kMost) hand_over();
    }
    hand_over();
    return store;
}

TEST(EventStore, FindsEveryEventOfManyBlocksNearItsTime) {
    const size_t events = 3 * EventBlock::kMost + 500;
    const EventStore store = of_two_cpus(events);
    for (size_t i = 0; i < events; i += 7) {
        const EventLine line = store.at(static_cast<EventIndex>(i));
        for (const uint64_t time : {line.time_ns, line.time_ns + 9000, uint64_t{0}})
            ASSERT_EQ(store.find({line.cpu, line.sequence}, time), i) << time;
    }
    EXPECT_EQ(store.find({0, events}, store.last_ns()), kNoEvent);
    EXPECT_EQ(store.find({2, 5}, 0), kNoEvent) << "there is no such CPU";
}

TEST(EventStore, FindsNothingFarFromItsTime) {
    const EventStore store = of_two_cpus(12 * EventBlock::kMost);
    EXPECT_EQ(store.find({0, 3}, 0), 6U);
    EXPECT_EQ(store.find({0, 3}, store.last_ns()), kNoEvent);
}

TEST(EventStore, KnowsTheFirstEventAtATimeInWhateverBlock) {
    const size_t events = 2 * EventBlock::kMost + 10;
    const EventStore store = of_two_cpus(events);
    size_t expected = 0;
    for (uint64_t time = 0; time <= store.last_ns() + 10; time += 5) {
        while (expected < events && store.time_ns(static_cast<EventIndex>(expected)) < time)
            ++expected;
        ASSERT_EQ(store.first_at(time), expected) << time;
    }
    EXPECT_EQ(EventStore().first_at(5), 0U);
}

TEST(EventStore, TakesLessThanAHundredBytesAnEvent) {
    std::string lines;
    const int calls = 100000;
    for (int i = 0; i < calls; ++i) {
        const std::string at =
            std::to_string(6 + i / 10000) + '.' + std::to_string(100000 + i % 10000 * 10).substr(1);
        lines += at + "1 cpu0 t1 > openat path=0x10:\"/bin/ls\"\n" + at +
                 "2 cpu0 t1 @ file_open path=\"/bin/ls\" opened=ls\n" + at +
                 "3 cpu0 t1 < openat 3\n";
    }
    const EventStore store = store_of(test::reader_of(test::exec_trace(lines)));
    ASSERT_EQ(store.size(), 2U + 3U * calls);
    EXPECT_LT(store.bytes() / store.size(), 100U);
}

}  // namespace
}  // namespace tocsin::gui
