// SPDX-License-Identifier: Apache-2.0
#include "recorder/machine.h"

#include <gtest/gtest.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace tocsin {
namespace {

uint64_t now_ns(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

std::string name_on(const std::string& host) {
    TraceHeader header;
    header.host = host;
    return default_output_name(header);
}

TEST(DescribeMachine, SaysWhatUnameSays) {
    utsname name{};
    ASSERT_EQ(uname(&name), 0);
    const TraceHeader header = describe_machine();
    EXPECT_EQ(header.host, name.nodename);
    EXPECT_EQ(header.kernel_release, name.release);
    EXPECT_EQ(header.kernel_version, name.version);
    EXPECT_EQ(header.machine, name.machine);
    EXPECT_EQ(header.recorder_version, TOCSIN_VERSION);
    EXPECT_GE(header.cpus, 1);
}

TEST(DescribeMachine, NamesTheBoot) {
    const std::string id = describe_machine().boot_id;
    ASSERT_EQ(id.size(), 36U);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef-"), std::string::npos) << id;
    EXPECT_EQ(std::count(id.begin(), id.end(), '-'), 4) << id;
}

TEST(DescribeMachine, LeavesOutSettingsThatThisKernelDoesNotHave) {
    std::set<std::string> names;
    for (const Setting& setting : describe_machine().sysctls) {
        EXPECT_TRUE(names.insert(setting.name).second) << setting.name << " is listed twice";
        EXPECT_FALSE(setting.value.empty()) << setting.name;
        std::string path = "/proc/sys/" + setting.name;
        std::replace(path.begin() + 10, path.end(), '.', '/');
        EXPECT_EQ(access(path.c_str(), F_OK), 0) << path;
    }
    EXPECT_TRUE(names.contains("fs.protected_symlinks"));
}

TEST(DescribeMachine, LeavesOptionsAndHooksToOthers) {
    EXPECT_TRUE(describe_machine().options.empty());
    EXPECT_TRUE(describe_machine().hooks.empty());
}

TEST(SampleClocks, LiesBetweenTheReadingsAroundIt) {
    const uint64_t before = now_ns(CLOCK_BOOTTIME);
    const ClockSample sample = sample_clocks();
    const uint64_t after = now_ns(CLOCK_BOOTTIME);
    EXPECT_GE(sample.time.ns, before);
    EXPECT_LE(sample.time.ns, after);
    EXPECT_LE(sample.uncertainty_ns, (after - before + 1) / 2);
}

TEST(SampleClocks, ReadsEachClock) {
    const uint64_t realtime = now_ns(CLOCK_REALTIME);
    const uint64_t monotonic = now_ns(CLOCK_MONOTONIC);
    const uint64_t tai = now_ns(CLOCK_TAI);
    const ClockSample sample = sample_clocks();
    EXPECT_GE(static_cast<uint64_t>(sample.monotonic_ns), monotonic);
    EXPECT_LE(static_cast<uint64_t>(sample.monotonic_ns), now_ns(CLOCK_MONOTONIC));
    // These two may be set while the test runs.
    constexpr uint64_t kHour = 3'600'000'000'000;
    EXPECT_LT(static_cast<uint64_t>(sample.realtime_ns) - realtime + kHour, 2 * kHour);
    EXPECT_LT(static_cast<uint64_t>(sample.tai_ns) - tai + kHour, 2 * kHour);
}

TEST(DefaultOutputName, IsHostAndTimeInUtc) {
    setenv("TZ", "Asia/Kathmandu", 1);
    tzset();
    const std::time_t before = std::time(nullptr);
    const std::string name = name_on("web-1.example");
    unsetenv("TZ");
    tzset();
    tm utc{};
    const char* end = strptime(name.c_str(), "web-1.example-%Y%m%dT%H%M%SZ.tocsin", &utc);
    ASSERT_NE(end, nullptr) << name;
    EXPECT_STREQ(end, "");
    EXPECT_GE(timegm(&utc), before);
    EXPECT_LE(timegm(&utc), std::time(nullptr));
}

TEST(DefaultOutputName, AHostNameCannotLeadElsewhere) {
    EXPECT_TRUE(name_on("../../etc/x").starts_with("_._.._etc_x-20")) << name_on("../../etc/x");
    EXPECT_TRUE(name_on("-rf").starts_with("_rf-20"));
    EXPECT_TRUE(name_on(".hidden").starts_with("_hidden-20"));
    EXPECT_TRUE(name_on("a b\n\x1b[m\xc3\xa9").starts_with("a_b___m__-20"));
    EXPECT_TRUE(name_on("").starts_with("host-20"));
}

TEST(CheckProcess, AcceptsAProcess) {
    EXPECT_TRUE(check_process(getpid()).ok());
    EXPECT_TRUE(check_process(1).ok());
}

TEST(CheckProcess, NamesTheProcessOfAThread) {
    std::mutex mutex;
    std::condition_variable changed;
    int tid = 0;
    bool done = false;
    std::thread other([&] {
        std::unique_lock lock(mutex);
        tid = gettid();
        changed.notify_one();
        changed.wait(lock, [&] { return done; });
    });
    std::string error = "no error";
    {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return tid != 0; });
        if (const auto checked = check_process(tid); !checked) error = checked.error().message;
        done = true;
    }
    changed.notify_one();
    other.join();
    EXPECT_EQ(error, std::to_string(tid) + " is a thread of process " + std::to_string(getpid()) +
                         "; name that one");
}

TEST(CheckProcess, SaysWhereThereIsNone) {
    const auto checked = check_process(0x7fffffff);  // beyond pid_max
    ASSERT_FALSE(checked.ok());
    EXPECT_EQ(checked.error().message, "there is no process 2147483647");
}

}  // namespace
}  // namespace tocsin
