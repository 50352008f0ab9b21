// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/trace_stats.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include "formats/hooks.h"

namespace tocsin {
namespace {

Operation call_of(std::string_view name, int64_t result, uint64_t began = 0, uint64_t took = 10) {
    Operation call;
    for (const SyscallInfo& syscall : recorded_syscalls())
        if (syscall.name == name) call.syscall = &syscall;
    call.task = TaskState{{100, 100, {1}}, {}, {}, {}, {}};
    call.began = {began};
    call.ended = BootTime{began + took};
    call.result = result;
    return call;
}

TEST(Latencies, QuantilesAreTooLargeByLessThanAFifth) {
    std::mt19937 random(7);
    for (const double scale : {3.0, 40.0, 1e4, 1e9, 1e15}) {
        Latencies latencies;
        std::vector<uint64_t> all;
        std::lognormal_distribution<double> times(0, 2);
        for (int i = 0; i < 1000; ++i) {
            all.push_back(static_cast<uint64_t>(scale * times(random)));
            latencies.add(all.back());
        }
        std::sort(all.begin(), all.end());
        for (const unsigned percent : {1U, 50U, 90U, 99U, 100U}) {
            const uint64_t right = all[all.size() * percent / 100 - 1];
            const uint64_t told = *latencies.quantile_ns(percent);
            EXPECT_GE(told, right) << percent;
            EXPECT_LE(static_cast<double>(told), 1.25 * static_cast<double>(right) + 5) << percent;
        }
        EXPECT_EQ(latencies.most_ns(), all.back());
    }
}

TEST(Latencies, HaveNoQuantileOfNothingAndTakeAnyTime) {
    Latencies latencies;
    EXPECT_FALSE(latencies.quantile_ns(50));
    latencies.add(0);
    EXPECT_EQ(latencies.quantile_ns(50), 0U);
    latencies.add(UINT64_MAX);
    EXPECT_EQ(latencies.quantile_ns(100), UINT64_MAX);
}

TEST(TraceStats, CountsCallsFailuresAndErrors) {
    TraceStats stats({0}, {1000});
    stats.observe(call_of("unlink", 0));
    stats.observe(call_of("unlink", -2));
    Operation open = call_of("openat", -13);
    open.unfinished = true;
    stats.observe(open);
    EXPECT_EQ(stats.all_calls(), 3U);
    EXPECT_EQ(stats.calls().at("unlink").calls, 2U);
    EXPECT_EQ(stats.calls().at("unlink").failed, 1U);
    EXPECT_EQ(stats.calls().at("openat").unfinished, 1U);
    EXPECT_EQ(stats.errors(), (std::map<int32_t, uint64_t>{{2, 1}, {13, 1}}));
}

TEST(TraceStats, WhatSucceedsAndChangesNamesOrFilesIsAChange) {
    TraceStats stats({0}, {1000});
    for (const auto& [call, result] :
         std::vector<std::pair<std::string_view, int64_t>>{{"unlink", 0},
                                                           {"unlink", -2},
                                                           {"newfstatat", 0},
                                                           {"inotify_add_watch", 1},
                                                           {"write", 5}})
        stats.observe(call_of(call, result));
    ASSERT_EQ(stats.processes().size(), 1U);
    EXPECT_EQ(stats.processes()[0].calls, 5U);
    EXPECT_EQ(stats.processes()[0].changes, 2U);
}

TEST(TraceStats, EveryCallIsInOneInterval) {
    TraceStats stats({1000}, {2000});
    for (const uint64_t began : {0U, 1000U, 1001U, 1500U, 2000U, 999999U})
        stats.observe(call_of("unlink", 0, began));
    EXPECT_EQ(std::accumulate(stats.rate().begin(), stats.rate().end(), uint64_t{0}), 6U);
    EXPECT_EQ(stats.rate().front(), 3U);
    TraceStats moment({5}, {5});
    moment.observe(call_of("unlink", 0, 5));
    EXPECT_EQ(moment.rate().front(), 1U);
}

TEST(TraceStats, OrphansAreNoCalls) {
    TraceStats stats({0}, {1000});
    Operation orphan = call_of("unlink", 0);
    orphan.is_orphan = true;
    stats.observe(orphan);
    EXPECT_EQ(stats.all_calls(), 0U);
}

}  // namespace
}  // namespace tocsin
