// SPDX-License-Identifier: Apache-2.0
#include "formats/event_columns.h"

#include <gtest/gtest.h>

#include <deque>
#include <limits>
#include <string>
#include <vector>

#include "formats/codec.h"
#include "tests/support/trace_builder.h"

namespace tocsin {
namespace {

constexpr uint64_t kMaxStep = std::numeric_limits<int32_t>::max();

// Events of one task, and storage for what they point to.
class Events {
  public:
    Event exited(uint64_t sequence, uint64_t time_ns = 1000) {
        Event event;
        event.sequence = sequence;
        event.time.ns = time_ns;
        event.task = &task_;
        event.body = TaskExited{};
        return event;
    }

    Event entered(uint64_t sequence, const std::vector<std::string>& paths) {
        Event event = exited(sequence);
        auto& claims = claims_.emplace_back();
        for (const std::string& path : paths)
            claims.push_back({0, OperandKind::kPath, 0x1000,
                              ClaimedBytes{{strings_.emplace_back(path), 0, 0, false}}});
        event.body = SyscallEntered{59, claims};
        return event;
    }

    // A directory chain of that many nodes, each with the name and an inode of its own.
    Event found(uint64_t sequence, size_t nodes, std::string_view name) {
        const ObjectNode* parent = nullptr;
        for (size_t i = 0; i < nodes; ++i)
            parent = &nodes_.emplace_back(
                ObjectNode{{1, ++inode_, 0}, 0, 0, 0, 0, 0, name, parent, false});
        Event event = exited(sequence);
        event.body =
            TaskFound{nullptr, objects_.emplace_back(1, KernelObject{ObjectRole::kCwd, parent})};
        return event;
    }

  private:
    Task task_;
    uint64_t inode_ = 0;
    std::deque<std::string> strings_;
    std::deque<std::vector<Claim>> claims_;
    std::deque<ObjectNode> nodes_;
    std::deque<std::vector<KernelObject>> objects_;
};

TEST(EventColumns, EqualStringsAreKeptOnce) {
    Events events;
    EventColumns columns;
    columns.append(events.entered(1, {"/bin/ls", "/bin/sh", "/bin/ls"}));
    columns.append(events.entered(2, {"/bin/ls"}));
    EXPECT_EQ(columns.view_bytes[0], columns.view_bytes[2]);
    EXPECT_EQ(columns.view_bytes[0], columns.view_bytes[3]);
    EXPECT_NE(columns.view_bytes[0], columns.view_bytes[1]);
    EXPECT_EQ(columns.tasks.size(), 1U);
}

TEST(EventColumns, EqualDirectoriesAreKeptOnceButNotUnderAnotherParent) {
    EventColumns columns;
    const ObjectNode root{{1, 2, 0}, 0, 0, 0, 0, 0, "/", nullptr, false};
    const ObjectNode same_root = root;
    const ObjectNode left{{1, 3, 0}, 0, 0, 0, 0, 0, "a", &root, false};
    const ObjectNode right{{1, 3, 0}, 0, 0, 0, 0, 0, "a", &same_root, false};
    const ObjectNode orphan{{1, 3, 0}, 0, 0, 0, 0, 0, "a", nullptr, false};
    const std::vector<KernelObject> objects = {{ObjectRole::kExecutable, &left},
                                               {ObjectRole::kExecutable, &right},
                                               {ObjectRole::kExecutable, &orphan}};
    Events events;
    Event event = events.exited(1);
    event.body = HookFired{1, 0, {}, objects};
    columns.append(event);
    EXPECT_EQ(columns.nodes.size(), 3U);
    EXPECT_EQ(columns.object_node[0], columns.object_node[1]);
    EXPECT_NE(columns.object_node[0], columns.object_node[2]);
}

TEST(EventColumns, AChunkHoldsAtMost16384Events) {
    Events events;
    EventColumns columns;
    for (uint64_t i = 1; i <= EventColumns::kMaxEvents; ++i) columns.append(events.exited(i));
    EXPECT_FALSE(columns.fits(events.exited(EventColumns::kMaxEvents + 1)));
    columns.clear();
    EXPECT_TRUE(columns.fits(events.exited(EventColumns::kMaxEvents + 1)));
}

TEST(EventColumns, AChunkIsOfOneCpu) {
    Events events;
    EventColumns columns;
    columns.append(events.exited(1));
    Event other = events.exited(2);
    other.cpu = 1;
    EXPECT_FALSE(columns.fits(other));
}

TEST(EventColumns, SequenceNumbersRiseByAtMost32BitsInAChunk) {
    Events events;
    EventColumns columns;
    columns.append(events.exited(10));
    EXPECT_FALSE(columns.fits(events.exited(10)));
    EXPECT_FALSE(columns.fits(events.exited(9)));
    EXPECT_FALSE(columns.fits(events.exited(11 + (uint64_t{1} << 32U))));
    const uint64_t most = uint64_t{10} + std::numeric_limits<uint32_t>::max();
    ASSERT_TRUE(columns.fits(events.exited(most)));
    columns.append(events.exited(most));
    EXPECT_EQ(columns.sequence_gap[1], std::numeric_limits<uint32_t>::max() - 1);
}

TEST(EventColumns, TimesStepByAtMost31BitsInAChunkForwardOrBack) {
    Events events;
    EventColumns columns;
    const uint64_t start = 10 * kMaxStep;
    columns.append(events.exited(1, start));
    EXPECT_FALSE(columns.fits(events.exited(2, start + kMaxStep + 1)));
    EXPECT_FALSE(columns.fits(events.exited(2, start - kMaxStep - 2)));
    EXPECT_TRUE(columns.fits(events.exited(2, start + kMaxStep)));
    columns.append(events.exited(2, start - kMaxStep - 1));
    EXPECT_EQ(columns.earliest.ns, start - kMaxStep - 1);
    EXPECT_EQ(columns.latest.ns, start);
}

TEST(EventColumns, ACallOfAnotherCpuOrOfLongAgoIsFar) {
    Events events;
    EventColumns columns;
    uint64_t sequence = 0;
    const auto delta_of = [&](CallId call) {
        Event event = events.exited(++sequence);
        event.call = call;
        columns.append(event);
        return columns.call_delta.back();
    };
    const uint64_t late = uint64_t{1} << 33U;
    EXPECT_EQ(delta_of({1, 5}), EventColumns::kFarCall);
    EXPECT_EQ(delta_of({0, late}), 0);
    EXPECT_EQ(columns.first_call, late);
    EXPECT_EQ(delta_of({0, late + 2}), 2);
    EXPECT_EQ(delta_of({0, late + 1}), -1);
    EXPECT_EQ(delta_of({0, late + 2}), 0);
    EXPECT_EQ(delta_of({0, 1}), EventColumns::kFarCall);
    EXPECT_EQ(delta_of({0, UINT64_MAX}), EventColumns::kFarCall);
    EXPECT_EQ(columns.far_calls, (std::vector<CallId>{{1, 5}, {0, 1}, {0, UINT64_MAX}}));
}

TEST(EventColumns, TablesHaveRoomForEveryIndex) {
    Events events;
    EventColumns columns;
    uint64_t sequence = 0;
    while (true) {
        std::vector<std::string> paths;
        for (int i = 0; i < 200; ++i)
            paths.push_back(std::to_string(sequence) + "/" + std::to_string(i));
        const Event event = events.entered(++sequence, paths);
        if (!columns.fits(event)) break;
        columns.append(event);
    }
    EXPECT_LE(columns.string_offsets.size(), EventColumns::kMaxTableEntries);
    EXPECT_GT(columns.string_offsets.size(), EventColumns::kMaxTableEntries - 300);
}

TEST(EventColumns, DeepDirectoriesDoNotOverrunTheTable) {
    Events events;
    EventColumns columns;
    for (uint64_t sequence = 1;; ++sequence) {
        const Event event = events.found(sequence, 200, "d");
        if (!columns.fits(event)) break;
        columns.append(event);
        ASSERT_LE(columns.nodes.size(), EventColumns::kMaxTableEntries);
    }
    EXPECT_GT(columns.nodes.size(), EventColumns::kMaxTableEntries - 200);
}

TEST(EventColumns, LongNamesCountAsMuchAsTheyAre) {
    Events events;
    EventColumns columns;
    const std::string name(10000, 'n');
    columns.append(events.found(1, 100, name));
    EXPECT_EQ(columns.string_bytes.size(), name.size());
    const std::string huge(5U << 20U, 'n');
    EXPECT_FALSE(EventColumns().fits(events.found(2, 1, huge)));
}

TEST(EventColumns, AnEventOfMoreThan255ViewsFitsNowhere) {
    Events events;
    EXPECT_TRUE(EventColumns().fits(events.entered(1, std::vector<std::string>(255, "x"))));
    EXPECT_FALSE(EventColumns().fits(events.entered(1, std::vector<std::string>(256, "x"))));
}

TEST(EventColumns, TheEncodedMessageIsOneSegmentWithinTheBound) {
    for (uint32_t seed = 1; seed <= 20; ++seed) {
        const ParsedTrace trace = test::random_trace(seed);
        EventColumns columns;
        uint64_t sequence = 0;
        for (Event event : trace.events) {
            event.cpu = 0;
            event.sequence = ++sequence;
            if (!columns.fits(event)) break;
            columns.append(event);
        }
        const Words words = encode(columns, ChunkKind::kEvents);
        EXPECT_LE(words.size() * sizeof(uint64_t), columns.plain_bytes());
        EXPECT_EQ(words[0] & UINT32_MAX, 0U) << "number of segments minus one";
    }
}

}  // namespace
}  // namespace tocsin
