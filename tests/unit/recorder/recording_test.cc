// SPDX-License-Identifier: Apache-2.0
#include "recorder/recording.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "formats/trace_reader.h"
#include "tests/support/wire_builder.h"

namespace tocsin {
namespace {

namespace fs = std::filesystem;

using Process = std::pair<int, int>;  // and its parent

WireBuilder exit_record(uint16_t cpu, uint64_t time_ns) {
    WireBuilder record(WIRE_TASK_EXITED, 1, 0);
    record.head().cpu = cpu;
    record.head().time_ns = 1000 + time_ns;
    record.head().task.tgid = record.head().task.tid = 100;
    return record;
}

// Probes of a kernel that a test writes down.
class FakeProbes : public Probes {
  public:
    std::vector<std::vector<Process>> looks;    // one list a snapshot; the last one stays
    std::deque<std::vector<WireBuilder>> sent;  // handed over one list a poll
    std::vector<WireBuilder> sent_while_stopping;
    std::set<int> followed;
    bool started = false, stopped = false;

    void start() override { started = true; }
    Result<bool> follow(int tgid) override { return followed.insert(tgid).second; }
    Result<> snapshot(const RecordHandler& handler) override {
        EXPECT_TRUE(started) << "a birth between snapshot and start would be missed";
        for (const auto& [child, parent] : looks.empty() ? std::vector<Process>{} : looks.front()) {
            WireBuilder record(WIRE_TASK_FOUND);
            record.head().task.tgid = record.head().task.tid = child;
            record.head().has_other = 1;
            record.head().other.tgid = record.head().other.tid = parent;
            handler(record.bytes());
        }
        if (looks.size() > 1) looks.erase(looks.begin());
        return {};
    }
    Result<> poll(std::chrono::milliseconds, const RecordHandler& handler) override {
        if (sent.empty()) return {};
        for (WireBuilder& record : sent.front()) handler(record.bytes());
        sent.pop_front();
        return {};
    }
    void stop() override {
        stopped = true;
        if (!sent_while_stopping.empty()) sent.push_back(std::move(sent_while_stopping));
        sent_while_stopping.clear();
    }
    LossCounts losses() const override { return {3}; }
    std::vector<HookStatus> hooks() const override { return {}; }
    void leave_detaching_to_a_child() override {}
};

class RecordingTest : public testing::Test {
  protected:
    RecordingTest() {
        std::string name = "/tmp/recording_test.XXXXXX";
        directory_ = mkdtemp(name.data());
        options_.duration = std::chrono::nanoseconds(1);
        options_.verbosity = Verbosity::kQuiet;
        file_ = std::move(*TraceFile::create(path()));
    }
    ~RecordingTest() override { fs::remove_all(directory_); }

    std::string path() const { return directory_ / "trace"; }
    Result<Recording::Summary> record(HeldCommand* command = nullptr) {
        Recording recording(probes_, *file_, options_, command);
        if (auto begun = recording.begin(TraceHeader{}); !begun) return begun.error();
        if (command != nullptr)
            if (auto released = command->release(); !released) return released.error();
        return recording.run();
    }
    TraceReader trace() {
        auto reader = TraceReader::open(path());
        EXPECT_TRUE(reader.ok());
        return std::move(*reader);
    }
    // Sequence numbers of the events in the trace, or of its snapshot.
    enum class Part { kEvents, kSnapshot };
    std::vector<uint64_t> sequences(Part part = Part::kEvents) {
        const TraceReader reader = trace();
        std::vector<uint64_t> list;
        for (size_t i = 0; i < reader.chunks().size(); ++i) {
            const auto chunk = reader.read(i);
            const auto* batch = std::get_if<std::shared_ptr<const EventBatch>>(&chunk.value());
            if (batch == nullptr || (*batch)->is_snapshot() != (part == Part::kSnapshot)) continue;
            for (const Event& event : (*batch)->events()) list.push_back(event.sequence);
        }
        return list;
    }

    fs::path directory_;
    RecorderOptions options_;
    FakeProbes probes_;
    std::unique_ptr<TraceFile> file_;
};

TEST_F(RecordingTest, SealsWhatTheProbesSent) {
    probes_.looks = {{{1, 0}, {100, 1}}};
    probes_.sent.push_back({exit_record(0, 1), exit_record(0, 2)});
    const auto summary = record();
    ASSERT_TRUE(summary.ok());
    EXPECT_EQ(summary->reason, "duration-over");
    EXPECT_EQ(summary->events, 4U);
    EXPECT_EQ(summary->bytes, fs::file_size(path()));
    EXPECT_EQ(trace().end(), TraceEnd::kSealed);
    EXPECT_EQ(trace().seal()->reason, "duration-over");
    EXPECT_EQ(trace().chain_hash(), summary->chain_hash);
    EXPECT_EQ(sequences(), (std::vector<uint64_t>{1, 2}));
    EXPECT_EQ(sequences(Part::kSnapshot), (std::vector<uint64_t>{1, 2}));
}

TEST_F(RecordingTest, KeepsWhatWasSentUntilTheProbesStood) {
    probes_.sent.push_back({exit_record(0, 1)});
    probes_.sent.push_back({exit_record(0, 2)});  // a backlog
    probes_.sent.push_back({exit_record(0, 3)});
    probes_.sent_while_stopping.push_back(exit_record(0, 4));
    ASSERT_TRUE(record().ok());
    EXPECT_TRUE(probes_.stopped);
    EXPECT_EQ(sequences(), (std::vector<uint64_t>{1, 2, 3, 4}));
}

TEST_F(RecordingTest, EndsWithItsCommand) {
    options_.duration.reset();
    auto command = HeldCommand::start({"true"});
    ASSERT_TRUE(command.ok());
    const auto summary = record(&*command);
    ASSERT_TRUE(summary.ok());
    EXPECT_EQ(summary->reason, "command-exited");
    EXPECT_EQ(probes_.followed, std::set<int>{command->pid()});
}

TEST_F(RecordingTest, CountsARecordThatCannotBeDecodedAsLost) {
    WireBuilder unknown = exit_record(0, 2);
    unknown.head().kind = 77;
    probes_.sent.push_back({exit_record(0, 1), unknown, exit_record(0, 3)});
    const auto summary = record();
    ASSERT_TRUE(summary.ok());
    EXPECT_EQ(summary->lost[static_cast<size_t>(LossCause::kUndecodable)], 1U);
    EXPECT_EQ(summary->lost[static_cast<size_t>(LossCause::kRingFull)], 3U);
    EXPECT_EQ(trace().lost(), summary->lost);
    EXPECT_EQ(sequences(), (std::vector<uint64_t>{1, 3}));
}

TEST_F(RecordingTest, FollowsTheDescendantsThatAProcessHasAlready) {
    options_.pids = {100};
    probes_.looks = {{{1, 0}, {100, 1}, {101, 100}, {102, 101}, {200, 1}, {201, 200}}};
    ASSERT_TRUE(record().ok());
    EXPECT_EQ(probes_.followed, (std::set<int>{100, 101, 102}));
}

// 101 was looked at, had a child, and only then was followed: nothing followed its child.
TEST_F(RecordingTest, FollowsAChildThatWasBornBetweenLookAndOrder) {
    options_.pids = {100};
    probes_.looks = {{{100, 1}, {101, 100}}, {{100, 1}, {101, 100}, {103, 101}}};
    ASSERT_TRUE(record().ok());
    EXPECT_EQ(probes_.followed, (std::set<int>{100, 101, 103}));
}

TEST_F(RecordingTest, ParentsInACircleEndTheSearch) {
    options_.pids = {100};
    probes_.looks = {{{5, 6}, {6, 5}, {7, 7}, {101, 100}}};
    ASSERT_TRUE(record().ok());
    EXPECT_EQ(probes_.followed, (std::set<int>{100, 101}));
}

TEST_F(RecordingTest, AWriteErrorStopsTheProbesAndIsSaidInTheSeal) {
    // A chunk each, of 4 KiB that do not compress: a seal fits behind the last that does.
    std::mt19937 random(1);
    for (uint16_t cpu = 0; cpu < 8; ++cpu) {
        std::string noise(4000, 0);
        for (char& byte : noise) byte = static_cast<char>(random());
        WireBuilder record(WIRE_SYSCALL_ENTERED, 59);
        record.claim(OPERAND_ARGV, 1, noise);
        record.head().cpu = cpu;
        probes_.sent.push_back({record});
    }
    const auto signal_before = std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const rlimit limit{20000, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
    const auto summary = record();
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, signal_before);
    ASSERT_FALSE(summary.ok());
    EXPECT_EQ(summary.error().message,
              "cannot write to " + path() +
                  ": File too large; the trace holds what came before, and says so in its seal");
    EXPECT_TRUE(probes_.stopped);
    EXPECT_EQ(trace().end(), TraceEnd::kSealed) << trace().end_reason();
    EXPECT_EQ(trace().seal()->reason, "write-error");
    EXPECT_FALSE(sequences().empty());
}

}  // namespace
}  // namespace tocsin
