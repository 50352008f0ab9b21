// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/event_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/support/trace_builder.h"
#include "tests/unit/analyzer/analysis_fixture.h"

namespace tocsin {
namespace {

using test::reader_of;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kTasks = "tocsin-text 1\ntask t tgid=1 comm=\"t\"\n";

struct Read {
    std::vector<std::string> order;  // "cpu0#1", "found", "lost", "clock"
    std::vector<LossInterval> losses;
    std::vector<DamagedChunk> damage;
};

Read read_all(const TraceReader& trace, size_t threads = 1) {
    Read read;
    EventOrder order(trace, threads);
    while (const auto item = order.next()) {
        if (const auto* event = std::get_if<const Event*>(&*item))
            read.order.push_back(std::holds_alternative<TaskFound>((*event)->body)
                                     ? "found"
                                     : "cpu" + std::to_string((*event)->cpu) + '#' +
                                           std::to_string((*event)->sequence));
        else
            read.order.push_back(std::holds_alternative<RecordsLost>(*item) ? "lost" : "clock");
    }
    read.losses = order.losses();
    read.damage = order.damage();
    return read;
}

Read read_text(std::string_view lines) {
    return read_all(reader_of(std::string(kTasks) + std::string(lines)));
}

TEST(EventOrder, CpusAreMergedByTime) {
    EXPECT_THAT(
        read_text("1.0 cpu0 t exit\n3.0 cpu0 t exit\n2.0 cpu1 t exit\n4.0 cpu1 t exit\n").order,
        ElementsAre("cpu0#1", "cpu1#1", "cpu0#2", "cpu1#2"));
}

TEST(EventOrder, TellsHowFarItIsAndEndsWhenCancelled) {
    const auto trace =
        reader_of(std::string(kTasks) + "1.0 cpu0 t exit\n2.0 cpu1 t exit\n3.0 cpu2 t exit\n");
    Progress progress;
    EventOrder order(trace, 1, {}, &progress);
    EXPECT_EQ(progress.events_in_all(), 3U);
    ASSERT_TRUE(order.next());
    EXPECT_EQ(progress.events_done(), 1U);
    progress.cancel();
    EXPECT_FALSE(order.next());
    EXPECT_EQ(progress.events_done(), 2U);
}

TEST(EventOrder, EqualTimesGoByCpuAndThenBySequence) {
    EXPECT_THAT(
        read_text("1.0 cpu1 t exit\n1.0 cpu1 t exit\n1.0 cpu0 t exit\n1.0 cpu0 t exit\n").order,
        ElementsAre("cpu0#1", "cpu0#2", "cpu1#1", "cpu1#2"));
}

TEST(EventOrder, TheSnapshotComesBeforeEverythingElse) {
    EXPECT_THAT(read_text("1.0 cpu0 t exit\n2.0 cpu0 t found\n").order,
                ElementsAre("found", "cpu0#1"));
}

TEST(EventOrder, TimesThatRunBackDoNotSwapEventsOfOneCpu) {
    EXPECT_THAT(read_text("2.0 cpu0 t exit\n1.0 cpu0 t exit\n1.5 cpu1 t exit\n").order,
                ElementsAre("cpu1#1", "cpu0#1", "cpu0#2"));
}

TEST(EventOrder, LossesAndClockSamplesAreHandedOutApart) {
    EXPECT_THAT(read_text("clock 1.5 realtime=9.0\n1.0 cpu0 t exit\n2.0 cpu0 t exit\n"
                          "lost 1.7 events=1 ring-full=2\n")
                    .order,
                ElementsAre("cpu0#1", "clock", "lost", "cpu0#2"));
}

TEST(EventOrder, AGapInTheNumbersIsALossBetweenItsNeighbours) {
    const Read read = read_text("1.0 cpu0 t exit\n4.0 cpu0 #5 t exit\n2.0 cpu1 t exit\n");
    ASSERT_EQ(read.losses.size(), 1U);
    EXPECT_EQ(read.losses[0].cpu, 0);
    EXPECT_EQ(read.losses[0].count, 3U);
    EXPECT_EQ(read.losses[0].after.ns, 1000000000U);
    EXPECT_EQ(read.losses[0].before.ns, 4000000000U);
    EXPECT_FALSE(read.losses[0].in_damaged_chunk);
}

TEST(EventOrder, RecordsMissingFromTheStartAreLostSinceTheFirstEvent) {
    const Read read = read_text("1.0 cpu0 t exit\n2.0 cpu1 #4 t exit\n");
    ASSERT_EQ(read.losses.size(), 1U);
    EXPECT_EQ(read.losses[0].count, 3U);
    EXPECT_EQ(read.losses[0].after.ns, 1000000000U);
}

TEST(EventOrder, AWholeTraceHasNoLosses) {
    const Read read = read_text("1.0 cpu0 t exit\n2.0 cpu1 t exit\n3.0 cpu0 t exit\n");
    EXPECT_THAT(read.losses, IsEmpty());
    EXPECT_THAT(read.damage, IsEmpty());
}

TEST(EventOrder, AChunkThatDoesNotDecodeIsDamageAndTheRestIsRead) {
    Bytes bytes = test::bytes_of(
        test::parsed(std::string(kTasks) + "1.0 cpu0 t exit\n2.0 cpu1 t exit\n3.0 cpu1 t exit\n"));
    bytes.back() ^= 1U;  // in the checksum of the last chunk, which no later header vouches for
    const auto reader = TraceReader::open(ByteSource::from_memory(std::move(bytes)));
    ASSERT_TRUE(reader) << reader.error().message;
    const Read read = read_all(*reader);
    EXPECT_THAT(read.order, ElementsAre("cpu0#1"));
    ASSERT_EQ(read.damage.size(), 1U);
    EXPECT_EQ(read.damage[0].cpu, 1);
    EXPECT_EQ(read.damage[0].events, 2U);
    EXPECT_EQ(read.damage[0].first_time.ns, 2000000000U);
    EXPECT_EQ(read.damage[0].last_time.ns, 3000000000U);
    EXPECT_NE(read.damage[0].message.find("at byte"), std::string::npos);
}

TEST(EventOrder, AChunkWhoseNumbersDoNotGoOnFromTheOneBeforeIsDamage) {
    ParsedTrace trace =
        test::parsed(std::string(kTasks) + "1.0 cpu0 t found\n2.0 cpu0 t found\n1.0 cpu0 t exit\n" +
                     "2.0 cpu0 t exit\n3.0 cpu0 t exit\n1.0 cpu1 t exit\n");
    trace.found[1].sequence = 1;
    trace.events[1].sequence = 1;
    trace.events[2].sequence = 2;
    const auto reader = TraceReader::open(ByteSource::from_memory(test::bytes_of(trace)));
    const Read read = read_all(*reader);
    EXPECT_THAT(read.order, ElementsAre("found", "cpu0#1", "cpu1#1"));
    ASSERT_EQ(read.damage.size(), 2U);
    EXPECT_EQ(read.damage[0].message,
              "chunk 2: it begins with record 1 of CPU 0 and the one before ended with 1");
    EXPECT_EQ(read.damage[1].chunk, 3U);
    EXPECT_EQ(read.damage[1].events, 2U);
}

// Of the random trace, in chunks of a few events each; the last one does not decode.
TraceReader many_chunks(uint32_t seed) {
    const ParsedTrace trace = test::random_trace(seed);
    test::MemorySink sink;
    const auto writer = TraceWriter::create(sink, trace.header);
    size_t appended = 0;
    for (const Event& event : trace.events) {
        EXPECT_TRUE((*writer)->append(event));
        EXPECT_TRUE(++appended % 4 != 0 || (*writer)->flush());
    }
    EXPECT_TRUE((*writer)->flush());
    sink.bytes.back() ^= 1U;
    return std::move(*TraceReader::open(ByteSource::from_memory(std::move(sink.bytes))));
}

TEST(EventOrder, IsTheSameForAnyNumberOfThreads) {
    size_t most_chunks = 0;
    for (uint32_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE(seed);
        const TraceReader trace = many_chunks(seed);
        const Read one = read_all(trace, 1);
        most_chunks = std::max(most_chunks, trace.chunks().size());
        ASSERT_EQ(one.damage.size(), 1U);
        for (const size_t threads : {2U, 3U, 8U}) {
            const Read more = read_all(trace, threads);
            EXPECT_EQ(more.order, one.order) << threads;
            ASSERT_EQ(more.damage.size(), 1U) << threads;
            EXPECT_EQ(more.damage[0].message, one.damage[0].message);
            EXPECT_EQ(more.losses.size(), one.losses.size());
        }
    }
    EXPECT_GT(most_chunks, 8U);
}

// Sorted by CPU and number: times that run back are taken where they stand.
std::vector<std::string> events_between(const TraceReader& trace, const TimeSpan& span,
                                        size_t& left_out) {
    std::vector<std::string> events;
    EventOrder order(trace, 1, span);
    const uint64_t start = order.first_time()->ns;
    while (const auto item = order.next()) {
        const auto* event = std::get_if<const Event*>(&*item);
        if (event == nullptr) continue;
        EXPECT_GE((*event)->time.ns - start, span.from_ns);
        EXPECT_LE((*event)->time.ns - start, span.to_ns);
        events.push_back(std::to_string((*event)->cpu) + '#' + std::to_string((*event)->sequence) +
                         '@' + std::to_string((*event)->time.ns - start));
    }
    EXPECT_THAT(order.losses(), IsEmpty());
    left_out += order.left_out();
    return events;
}

TEST(EventOrder, OfASpanEventsOutsideAreLeftOutAndChunksNotRead) {
    std::string lines;
    for (int i = 0; i < 90; ++i)
        lines += "1." + std::to_string(10 + i) + " cpu" + std::to_string(i % 2) + " t exit\n";
    const ParsedTrace text = test::parsed(std::string(kTasks) + lines);
    test::MemorySink sink;
    const auto writer = TraceWriter::create(sink, text.header);
    for (size_t i = 0; i < text.events.size(); ++i) {
        ASSERT_TRUE((*writer)->append(text.events[i]));
        ASSERT_TRUE(i % 7 != 0 || (*writer)->flush());
    }
    ASSERT_TRUE((*writer)->seal("stopped"));
    const auto trace = TraceReader::open(ByteSource::from_memory(std::move(sink.bytes)));
    ASSERT_TRUE(trace);
    size_t left_out = 0;
    const auto all = events_between(*trace, {}, left_out);
    ASSERT_EQ(all.size(), 90U);
    EXPECT_EQ(left_out, 0U);
    constexpr uint64_t kStep = 10'000'000;
    for (uint64_t from = 0; from < 90; from += 4)
        for (uint64_t to = from; to < 95; to += 5) {
            const std::vector<std::string> expected(
                all.begin() + static_cast<ptrdiff_t>(from),
                all.begin() + static_cast<ptrdiff_t>(std::min<uint64_t>(to + 1, 90)));
            EXPECT_EQ(events_between(*trace, {from * kStep, to * kStep}, left_out), expected)
                << from << " to " << to;
        }
    EXPECT_GT(left_out, 100U);
}

TEST(EventOrder, CanBeGivenUpBeforeItsEnd) {
    const TraceReader trace = many_chunks(1);
    EventOrder order(trace, 4);
    for (size_t i = 0; i < 3; ++i) EXPECT_TRUE(order.next());
}

TEST(EventOrder, AnyTraceIsHandedOutWholeWithEachCpusNumbersRising) {
    for (uint32_t seed = 1; seed <= 60; ++seed) {
        SCOPED_TRACE(seed);
        const ParsedTrace trace = test::random_trace(seed);
        const auto reader = TraceReader::open(ByteSource::from_memory(test::bytes_of(trace)));
        ASSERT_TRUE(reader);
        EventOrder order(*reader);
        std::map<uint16_t, uint64_t> last;
        size_t events = 0;
        while (const auto item = order.next()) {
            const auto* at = std::get_if<const Event*>(&*item);
            if (at == nullptr) continue;
            const Event& event = **at;
            ++events;
            if (std::holds_alternative<TaskFound>(event.body)) continue;
            EXPECT_GT(event.sequence, last[event.cpu]);
            last[event.cpu] = event.sequence;
        }
        EXPECT_EQ(events, trace.events.size() + trace.found.size());
        EXPECT_THAT(order.damage(), IsEmpty());
    }
}

}  // namespace
}  // namespace tocsin
