// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/gap_distribution.h"

#include <gtest/gtest.h>

#include <random>

#include "analyzer/judge/window_answers.h"

namespace tocsin::gui {
namespace {

using std::chrono::nanoseconds;

void add(AnalysisResult& result, Rule rule, Severity severity, const Lifetime& lifetime,
         uint64_t count = 1) {
    result.lifespans.push_back({static_cast<size_t>(rule), lifetime, count});
    result.lifespan_severities.push_back(severity);
}

Lifetime born_at(int64_t check_use, int64_t mutation_use) {
    return {{Corner{nanoseconds(check_use), nanoseconds(mutation_use)}}, {}};
}

uint64_t alive_in_bars(const GapDistribution& gaps, nanoseconds limit) {
    uint64_t all = 0;
    for (size_t bar = 0; bar < gaps.bars(); ++bar)
        for (const uint64_t count : gaps.alive(bar, limit)) all += count;
    return all;
}

TEST(GapDistribution, PutsEachCandidateIntoTheBarOfItsGap) {
    AnalysisResult result;
    add(result, Rule::kF1, Severity::kHigh, born_at(50'000, 10'000), 3);
    const GapDistribution gaps(result, {}, Axis::kCheckUse);
    for (size_t bar = 0; bar < gaps.bars(); ++bar) {
        const bool is_its =
            gaps.from_of(bar) < nanoseconds(50'000) && nanoseconds(50'000) <= gaps.to_of(bar);
        EXPECT_EQ(gaps.born(bar)[static_cast<size_t>(Severity::kHigh)], is_its ? 3U : 0U) << bar;
    }
    EXPECT_EQ(gaps.most_in_a_bar(), 3U);
    EXPECT_EQ(gaps.beyond(nanoseconds(49'999)), 3U);
    EXPECT_EQ(gaps.beyond(nanoseconds(50'000)), 0U);
}

TEST(GapDistribution, ReachesAsFarAsGapsDo) {
    AnalysisResult result;
    add(result, Rule::kF1, Severity::kHigh, born_at(5, 0));
    add(result, Rule::kF1, Severity::kHigh, born_at(INT64_MAX, 0));
    const GapDistribution gaps(result, {}, Axis::kCheckUse);
    EXPECT_EQ(gaps.first_decade(), 0);
    EXPECT_EQ(gaps.last_decade(), 18);
    EXPECT_EQ(alive_in_bars(gaps, nanoseconds(5)), 1U);
    EXPECT_EQ(alive_in_bars(gaps, kUnlimited), 2U);
}

TEST(GapDistribution, ARaceWithinACallHasNoGapAndIsSaidNotDropped) {
    AnalysisResult result;
    add(result, Rule::kA1, Severity::kHigh, {}, 4);
    const GapDistribution gaps(result, {}, Axis::kBoth);
    EXPECT_EQ(gaps.without_gap(), 4U);
    EXPECT_EQ(alive_in_bars(gaps, kUnlimited), 0U);
    EXPECT_EQ(gaps.beyond(nanoseconds(0)), 0U);
}

TEST(GapDistribution, WhatTheOtherLimitLeavesOutIsOutsideAtEveryPlace) {
    AnalysisResult result;
    add(result, Rule::kF1, Severity::kHigh, born_at(50'000, 10'000));
    AnalysisOptions options;
    options.window.mutation_use = nanoseconds(9'999);
    const GapDistribution gaps(result, options, Axis::kCheckUse);
    EXPECT_EQ(gaps.beyond(kUnlimited), 1U);
}

// Bars, and what has none, together say what the answers say.
TEST(GapDistribution, AgreesWithTheWindowsAnswersAtEveryLimitAndAxis) {
    std::mt19937 random(7);
    const auto below = [&](int64_t limit) { return static_cast<int64_t>(random()) % limit; };
    AnalysisResult result;
    for (int i = 0; i < 500; ++i) {
        const auto rule = static_cast<Rule>(random() % kRules);
        const auto severity = static_cast<Severity>(random() % kSeverities);
        const int64_t gap = below(3'000'000);
        Lifetime lifetime = born_at(gap, below(gap + 1));
        if (random() % 3 == 0) lifetime.deaths.add({nanoseconds(gap), nanoseconds(below(gap + 1))});
        bool has_window = false;
        for (const Rule one : rules_with_windows()) has_window |= one == rule;
        add(result, rule, severity, has_window ? lifetime : Lifetime(), 1 + random() % 3);
    }
    for (const Axis axis : {Axis::kBoth, Axis::kCheckUse, Axis::kMutationUse}) {
        const GapDistribution gaps(result, {}, axis);
        const WindowAnswers answers(result, {}, axis);
        for (int i = 0; i < 200; ++i) {
            const nanoseconds limit(below(3'500'000));
            uint64_t all = 0;
            for (const uint64_t count : answers.by_severity(limit)) all += count;
            EXPECT_EQ(alive_in_bars(gaps, limit) + gaps.without_gap(), all) << limit.count();
        }
    }
}

}  // namespace
}  // namespace tocsin::gui
