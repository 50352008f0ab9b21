// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/segment_forest.h"

#include <gtest/gtest.h>

#include <random>

namespace tocsin::gui {
namespace {

SegmentForest of_rows(size_t rows, EventIndex events) {
    SegmentForest forest;
    for (EventIndex event = 0; event < events; ++event)
        forest.append(event % rows, event, event * 10, event * 10 + 5);
    return forest;
}

TEST(SegmentForest, ShowsEveryEventOnceAtAnyResolution) {
    const EventIndex events = 5000;
    for (const size_t rows : {1U, 3U, 700U}) {
        const SegmentForest forest = of_rows(rows, events);
        for (const uint64_t resolution : {0U, 7U, 100U, 3000U, 1000000U}) {
            uint64_t shown = 0;
            for (size_t row = 0; row < rows; ++row)
                forest.visit(
                    row, 0, UINT64_MAX, resolution,
                    [&](const Segment& segment) { shown += segment.count; },
                    [&](EventIndex) { ++shown; });
            EXPECT_EQ(shown, events) << rows << " rows, resolution " << resolution;
        }
    }
}

TEST(SegmentForest, KnowsThePlaceOfAnEventOrOfTheNextOne) {
    const SegmentForest forest = of_rows(3, 9000);
    for (EventIndex event = 0; event < 9000; ++event)
        ASSERT_EQ(forest.place_from(1, event), (event + 1) / 3) << event;
    EXPECT_EQ(forest.place_from(1, kNoEvent), forest.events_of(1));
}

TEST(SegmentForest, LooksOnlyAtEventsOfSegmentsThatMayBeOutside) {
    const SegmentForest forest = of_rows(1, 100);
    size_t looked_at = 0;
    const auto none = [&](EventIndex) { return ++looked_at == 0; };
    EXPECT_TRUE(forest.has_any(0, 0, UINT64_MAX, 0, none));
    EXPECT_EQ(looked_at, 0U);
    EXPECT_TRUE(forest.has_any(0, 0, UINT64_MAX, 160, none)) << "the second segment is from there";
    EXPECT_FALSE(forest.has_any(0, 0, UINT64_MAX, 961, none));
    EXPECT_FALSE(forest.has_any(0, 5, 150, 0, none)) << "no segment is all in it";
    EXPECT_FALSE(forest.has_any(0, 2000, 3000, 0, none));
}

TEST(SegmentForest, VisitsAFewSegmentsAPixel) {
    const SegmentForest forest = of_rows(1, 200000);
    const uint64_t pixels = 1000, length = 200000 * 10;
    uint64_t visited = 0;
    forest.visit(
        0, 0, length, length / pixels, [&](const Segment&) { ++visited; },
        [&](EventIndex) { ++visited; });
    EXPECT_LT(visited, pixels * 2 * SegmentForest::kFanOut);
}

TEST(SegmentForest, LeavesOutWhatIsNotInView) {
    const SegmentForest forest = of_rows(1, 1000);
    std::vector<EventIndex> seen;
    forest.visit(
        0, 5000, 5040, 0, [](const Segment&) { FAIL(); },
        [&](EventIndex event) { seen.push_back(event); });
    for (const EventIndex event : {500U, 501U, 502U, 503U, 504U})
        EXPECT_NE(std::find(seen.begin(), seen.end(), event), seen.end()) << event;
    EXPECT_LE(seen.size(), 2 * SegmentForest::kFanOut);
}

TEST(SegmentForest, OneMarkedEventShowsAmongMillions) {
    SegmentForest forest = of_rows(2, 100000);
    ASSERT_TRUE(forest.mark(1, 77777, Severity::kHigh));
    ASSERT_TRUE(forest.mark(1, 11, Severity::kLow));
    EXPECT_FALSE(forest.mark(0, 77777, Severity::kHigh)) << "it is of the other row";
    EXPECT_EQ(forest.whole(1).severity, Severity::kHigh);
    EXPECT_EQ(forest.whole(1).worst, 77777U);
    EXPECT_EQ(forest.whole(1).count, 50000U);
    EXPECT_EQ(forest.whole(0).severity, std::nullopt);
    forest.clear_marks();
    EXPECT_EQ(forest.whole(1).severity, std::nullopt);
}

TEST(SegmentForest, KeepsWhatIsMarkedWhileItGrows) {
    SegmentForest forest;
    for (EventIndex event = 0; event < 16; ++event) forest.append(0, event, event, event);
    forest.mark(0, 3, Severity::kMedium);
    for (EventIndex event = 16; event < 5000; ++event) forest.append(0, event, event, event);
    EXPECT_EQ(forest.whole(0).severity, Severity::kMedium);
}

}  // namespace
}  // namespace tocsin::gui
