// SPDX-License-Identifier: Apache-2.0
//
// Random traces of processes that write and read pipes and sockets, fork and wait, send signals,
// wake one another and lock files. A simulated machine passes vector clocks along with the bytes,
// the signals, the wakings and the locks: what the analyzer takes for ordered must be so by them,
// as it sees no more of these than the recorder does.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "analyzer/replay/happens_before.h"
#include "analyzer/replay/operation_assembler.h"
#include "tests/support/trace_builder.h"

namespace tocsin {
namespace {

constexpr int kProcesses = 4, kMost = 24;  // at first, and with all children
constexpr uint64_t kStartNs = 5'000'000'000, kEndNs = kStartNs + 3'000'000;
// How many of a process's calls were over, by process.
using Clock = std::array<uint64_t, kMost>;

void join(Clock& clock, const Clock& other) {
    for (size_t i = 0; i < clock.size(); ++i) clock[i] = std::max(clock[i], other[i]);
}

struct Piece {
    uint64_t bytes;
    Clock told;
};
struct Channel {
    enum Kind { kPipe, kStream, kMessages } kind;
    std::deque<Piece> pieces;
    // Writes to a pipe are put into one buffer while they fit.
    uint64_t waiting() const {
        return kind == kPipe ? std::min<size_t>(pieces.size(), 1) : pieces.size();
    }
};

// What waits for a process; two or more of a signal from kRealTime on.
struct Signal {
    int number;
    bool is_of_kernel;
    Clock told;
};
constexpr int kOrdinary = 10, kRealTime = 40;

struct Lock {
    struct Holder {
        bool is_alone;
        Clock told;  // when it got the lock: whoever lets go of it
    };
    std::map<int, Holder> holders;  // by process
    Clock told_alone{}, told_shared{};
};
constexpr int kLocks = 2;

enum class Doing {
    kNothing,
    kLook,
    kWrite,
    kRead,
    kTryToRead,
    kWait,
    kKill,
    kSleep,  // until it is woken
    kWake,
    kLock,
    kUnlock,
};

struct Process {
    Clock clock{};
    Doing doing = Doing::kNothing;
    int channel = 0;
    uint64_t bytes = 0, began = 0, number = 0;
    int64_t result = 0;
    bool is_recorded = true, has_returned = false;
    Clock told_at_begin{};
    std::optional<int> pipe_written;  // the last thing that it is recorded to have done
    int parent = -1;
    std::vector<int> children;
    uint64_t left = 12;     // calls to make
    bool is_alone = false;  // with the lock that it wants
    bool is_woken = false, is_dead = false;
    std::deque<Signal> signals;
    int other = 0;  // whom it signals
};

struct Call {
    int process;
    uint64_t number;   // of the process's calls, from 1
    Clock knew;        // when it began
    uint64_t entered;  // ns
};

class Machine {
  public:
    explicit Machine(uint64_t seed) : random_(seed) {
        for (int i = 0; i < kProcesses; ++i) start(-1, kStartNs);
        for (uint64_t time = kStartNs; time < kEndNs && !queue_.empty();) {
            const auto next = queue_.begin();
            time = next->first;
            const int process = next->second;
            queue_.erase(next);
            step(time, process);
        }
    }
    std::string text() const;
    const std::vector<Call>& calls() const { return calls_; }

  private:
    uint64_t below(uint64_t limit) { return random_() % limit; }
    void start(int parent, uint64_t time);
    void again(uint64_t time, int process) {
        // No two at the same time.
        queue_.emplace((time + 1 + below(3'000)) / 32 * 32 + 32 + static_cast<uint64_t>(process),
                       process);
    }
    void record(uint64_t time, int process, const std::string& what) {
        lines_ += fmt::format("{}.{:09} cpu{} p{} {}\n", time / 1'000'000'000, time % 1'000'000'000,
                              process % 4, process, what);
    }
    void step(uint64_t time, int process);
    void begin(uint64_t time, int process);
    bool act(uint64_t time, int process);
    bool act_on_channel(Process& self);
    void kill(uint64_t time, int process);
    void take_signal(uint64_t time, int process);
    void wake(uint64_t time, int process);
    bool lock(uint64_t time, int process);
    void unlock(uint64_t time, int process);
    void let_go(Lock& lock, int holder, const Clock& told);
    void end(uint64_t time, int process);
    void exit(uint64_t time, int process);

    std::mt19937_64 random_;
    std::array<Channel, 5> channels_ = {{{Channel::kPipe, {}},
                                         {Channel::kPipe, {}},
                                         {Channel::kStream, {}},
                                         {Channel::kMessages, {}},
                                         {Channel::kMessages, {}}}};
    std::array<Lock, kLocks> locks_;
    std::vector<Process> processes_;
    std::map<uint64_t, int> queue_;
    std::map<int, Clock> dead_;
    std::vector<Call> calls_;
    std::string lines_;
};

void Machine::start(int parent, uint64_t time) {
    const int number = static_cast<int>(processes_.size());
    Process process;
    process.parent = parent;
    if (parent >= 0) {
        process.clock = processes_[static_cast<size_t>(parent)].clock;
        processes_[static_cast<size_t>(parent)].children.push_back(number);
        process.left = 4;
    }
    processes_.push_back(process);
    again(time, number);
}

// Begins a call, has its effect, or returns from it.
void Machine::step(uint64_t time, int process) {
    Process& self = processes_[static_cast<size_t>(process)];
    if (self.doing == Doing::kNothing && !self.signals.empty() && below(2) == 0) {
        take_signal(time, process);
    } else if (self.doing == Doing::kNothing) {
        if (self.left-- == 0) return exit(time, process);
        if (self.parent < 0 && below(8) == 0 && processes_.size() < kMost) {
            const int child = static_cast<int>(processes_.size());
            record(time, process, fmt::format("fork p{}", child));
            self.pipe_written.reset();
            start(process, time);
            return again(time, process);
        }
        begin(time, process);
    } else if (self.has_returned) {
        end(time, process);
    } else {
        self.has_returned = act(time, process);
    }
    again(time, process);
}

void Machine::begin(uint64_t time, int process) {
    Process& self = processes_[static_cast<size_t>(process)];
    constexpr std::array kKinds = {
        Doing::kLook, Doing::kLook,      Doing::kWrite, Doing::kWrite, Doing::kWrite, Doing::kRead,
        Doing::kRead, Doing::kTryToRead, Doing::kWait,  Doing::kKill,  Doing::kKill,  Doing::kSleep,
        Doing::kWake, Doing::kWake,      Doing::kLock,  Doing::kLock,  Doing::kUnlock};
    self.doing = kKinds[below(kKinds.size())];
    if (self.doing == Doing::kWait && self.children.empty()) self.doing = Doing::kLook;
    self.channel = static_cast<int>(below(channels_.size()));
    self.bytes = 1 + below(4);
    self.has_returned = false;
    self.told_at_begin = self.clock;
    const Channel& channel = channels_[static_cast<size_t>(self.channel)];
    const bool is_pipe = channel.kind == Channel::kPipe;
    self.is_recorded = self.doing < Doing::kSleep && (self.doing != Doing::kWrite || !is_pipe ||
                                                      self.pipe_written != self.channel);
    self.is_woken = false;
    self.is_alone = below(2) == 0;
    self.other = static_cast<int>(below(processes_.size()));
    if (!self.is_recorded) return;
    self.pipe_written.reset();
    self.number = calls_.size();
    calls_.push_back({process, self.clock[static_cast<size_t>(process)] + 1, self.clock, time});
    const std::string id = fmt::format("c{}", self.channel);
    const std::string peer = is_pipe ? "" : fmt::format(" opposite=d{}", self.channel);
    switch (self.doing) {
        case Doing::kLook:
            return record(time, process, "> access path=16:\"/x\"");
        case Doing::kWait:
            return record(time, process, "> wait4 pid=-1 value=0");
        case Doing::kKill:
            self.bytes = below(2) == 0 ? kOrdinary : kRealTime;
            return record(time, process,
                          fmt::format("> kill pid={} value={}", 1000 + self.other, self.bytes));
        case Doing::kWrite:
            record(time, process, fmt::format("> write write-fd=4 value={}", self.bytes));
            return record(
                time + 1, process,
                is_pipe ? "@ sys_enter written=" + id
                        : fmt::format("@ sys_enter written=d{} opposite={}", self.channel, id));
        default:
            record(time, process, fmt::format("> read read-fd=3 value={}", self.bytes));
            return record(
                time + 1, process,
                fmt::format("@ sys_enter read={}{} detail={}", id, peer, 1 + channel.waiting()));
    }
}

// Whether the call is done.
bool Machine::act(uint64_t time, int process) {
    Process& self = processes_[static_cast<size_t>(process)];
    self.result = 0;
    switch (self.doing) {
        case Doing::kKill:
            kill(time, process);
            return true;
        case Doing::kSleep:
            return self.is_woken || below(6) == 0;
        case Doing::kWake:
            wake(time, process);
            return true;
        case Doing::kLock:
            return lock(time, process);
        case Doing::kUnlock:
            unlock(time, process);
            return true;
        default:
            return act_on_channel(self);
    }
}

void Machine::kill(uint64_t time, int process) {
    const Process& self = processes_[static_cast<size_t>(process)];
    Process& other = processes_[static_cast<size_t>(self.other)];
    const int number = static_cast<int>(self.bytes);
    const auto is_same = [&](const Signal& signal) { return signal.number == number; };
    const bool is_pending = std::any_of(other.signals.begin(), other.signals.end(), is_same);
    // Now and then the kernel is there first.
    if (number == kOrdinary && !is_pending && below(4) == 0)
        return other.signals.push_back({number, true, {}});
    if (other.is_dead || (number == kOrdinary && is_pending)) return;
    other.signals.push_back({number, false, self.told_at_begin});
    record(time, process, fmt::format("@ signal_generate detail=-{}", 1000 + self.other));
}

void Machine::take_signal(uint64_t time, int process) {
    Process& self = processes_[static_cast<size_t>(process)];
    const Signal signal = self.signals.front();
    self.signals.pop_front();
    if (signal.is_of_kernel) return;
    join(self.clock, signal.told);
    self.pipe_written.reset();
    const bool is_taken_unseen = below(6) == 0;
    if (!is_taken_unseen)
        record(time, process, fmt::format("@ signal_deliver detail={}", signal.number));
}

void Machine::wake(uint64_t time, int process) {
    Process& self = processes_[static_cast<size_t>(process)];
    for (size_t i = 0; i < processes_.size(); ++i) {
        Process& other = processes_[i];
        if (other.doing != Doing::kSleep || other.is_woken || below(2) == 0) continue;
        other.is_woken = true;
        join(other.clock, self.told_at_begin);
        self.pipe_written.reset();
        record(time, process, fmt::format("@ sched_waking detail={}", 1000 + i));
        return;
    }
}

// Who has a lock already changes it to the other kind, or waits for others to let go.
bool Machine::lock(uint64_t time, int process) {
    Process& self = processes_[static_cast<size_t>(process)];
    const size_t file = self.bytes % kLocks;
    Lock& lock = locks_[file];
    for (const auto& [other, holder] : lock.holders)
        if (other != process && (holder.is_alone || self.is_alone)) return false;
    if (lock.holders.contains(process)) let_go(lock, process, self.clock);
    join(self.clock, lock.told_alone);
    if (self.is_alone) join(self.clock, lock.told_shared);
    lock.holders[process] = {self.is_alone, self.clock};
    self.pipe_written.reset();
    record(time, process,
           fmt::format("@ flock_lock_inode locked=l{}{}", file, self.is_alone ? " detail=1" : ""));
    return true;
}

void Machine::let_go(Lock& lock, int holder, const Clock& told) {
    const Lock::Holder& known = lock.holders.at(holder);
    Clock& next = known.is_alone ? lock.told_alone : lock.told_shared;
    join(next, known.told);
    join(next, told);
    lock.holders.erase(holder);
}

// Its own, or one that it shares with its parent.
void Machine::unlock(uint64_t time, int process) {
    Process& self = processes_[static_cast<size_t>(process)];
    const size_t file = self.bytes % kLocks;
    Lock& lock = locks_[file];
    if (lock.holders.contains(process))
        let_go(lock, process, self.clock);
    else if (self.parent >= 0 && lock.holders.contains(self.parent) && below(2) == 0)
        let_go(lock, self.parent, self.clock);
    self.pipe_written.reset();
    record(time, process, fmt::format("@ flock_lock_inode locked=l{} detail=2", file));
}

bool Machine::act_on_channel(Process& self) {
    Channel& channel = channels_[static_cast<size_t>(self.channel)];
    if (self.doing == Doing::kWait) {
        for (const int child : self.children) {
            const auto dead = dead_.find(child);
            if (dead == dead_.end()) continue;
            join(self.clock, dead->second);
            dead_.erase(dead);
            std::erase(self.children, child);
            self.result = 1000 + child;
            return true;
        }
        return false;
    }
    if (self.doing == Doing::kWrite) {
        channel.pieces.push_back({self.bytes, self.told_at_begin});
        self.result = static_cast<int64_t>(self.bytes);
    } else if (self.doing != Doing::kLook) {
        if (channel.pieces.empty()) {
            self.result = -EAGAIN;
            return self.doing == Doing::kTryToRead;
        }
        for (uint64_t wanted = self.bytes; wanted > 0 && !channel.pieces.empty();) {
            Piece& piece = channel.pieces.front();
            const uint64_t taken = std::min(wanted, piece.bytes);
            join(self.clock, piece.told);
            self.result += static_cast<int64_t>(taken);
            wanted -= taken;
            piece.bytes -= channel.kind == Channel::kMessages ? piece.bytes : taken;
            if (piece.bytes == 0) channel.pieces.pop_front();
            if (channel.kind == Channel::kMessages) break;
        }
    }
    return true;
}

void Machine::end(uint64_t time, int process) {
    Process& self = processes_[static_cast<size_t>(process)];
    ++self.clock[static_cast<size_t>(process)];
    if (self.is_recorded) {
        const std::string_view name = self.doing == Doing::kLook    ? "access"
                                      : self.doing == Doing::kWait  ? "wait4"
                                      : self.doing == Doing::kKill  ? "kill"
                                      : self.doing == Doing::kWrite ? "write"
                                                                    : "read";
        record(time, process, fmt::format("< {} {}", name, self.result));
        if (self.doing == Doing::kWrite &&
            channels_[static_cast<size_t>(self.channel)].kind == Channel::kPipe)
            self.pipe_written = self.channel;
    }
    self.doing = Doing::kNothing;
}

void Machine::exit(uint64_t time, int process) {
    Process& self = processes_[static_cast<size_t>(process)];
    record(time, process, "exit code=0 last");
    self.is_dead = true;
    dead_[process] = self.clock;
    for (Lock& lock : locks_)
        if (lock.holders.contains(process)) let_go(lock, process, self.clock);
}

std::string Machine::text() const {
    std::string text = "tocsin-text 1\n";
    for (size_t i = 0; i < processes_.size(); ++i)
        text += fmt::format("task p{} tgid={} started=4.{} comm=\"p\"\n", i, 1000 + i, i + 1);
    for (size_t i = 0; i < channels_.size(); ++i) {
        const bool is_pipe = channels_[i].kind == Channel::kPipe;
        text += fmt::format("object c{} 0:{}/{} mode={}\n", i, is_pipe ? 13 : 8, 50 + i,
                            is_pipe ? "010600" : "0140777");
        text += fmt::format("object d{} 0:8/{} mode=0140777\n", i, 70 + i);
    }
    for (int i = 0; i < kLocks; ++i)
        text += fmt::format("object l{} 0:8/{} mode=0100600\n", i, 90 + i);
    return text + lines_ + "seal \"stopped\"\n";
}

struct Replayed {
    HappensBefore order;
    std::map<uint64_t, Operation> by_begin;  // in ns
};

std::unique_ptr<Replayed> replayed(const std::string& text) {
    auto out = std::make_unique<Replayed>();
    const ParsedTrace trace = test::parsed(text);
    WorldState world;
    OperationAssembler assembler(world, [&](const std::shared_ptr<const Operation>& finished) {
        out->order.observe(*finished);
        out->by_begin.emplace(finished->began.ns, *finished);
    });
    for (const Event& event : trace.events) {
        world.observe(event);
        out->order.observe(event, world);
        assembler.observe(event);
    }
    return out;
}

TEST(HappensBefore, IsWhatVectorClocksSay) {
    uint64_t ordered = 0, concluded = 0;
    for (uint64_t seed = 1; seed <= 300; ++seed) {
        const Machine machine(seed);
        const auto replay = replayed(machine.text());
        const auto operation_of = [&](const Call& call) -> const Operation* {
            const auto at = replay->by_begin.find(call.entered);
            return at != replay->by_begin.end() && at->second.ended ? &at->second : nullptr;
        };
        for (const Call& first : machine.calls())
            for (const Call& second : machine.calls()) {
                const Operation *a = operation_of(first), *b = operation_of(second);
                if (a == nullptr || b == nullptr || first.process == second.process) continue;
                const bool is_so = second.knew[static_cast<size_t>(first.process)] >= first.number;
                const bool is_said =
                    replay->order.ordered_through([](const auto&) { return true; }, *a, *b)
                        .has_value();
                ordered += is_so;
                concluded += is_said;
                ASSERT_TRUE(is_so || !is_said)
                    << "seed " << seed << ": the call at " << first.entered << " ns before that at "
                    << second.entered << " ns in\n"
                    << machine.text();
            }
    }
    // What other writers, or unread bytes, leave open is not concluded.
    EXPECT_GT(ordered, 10'000U);
    EXPECT_GT(concluded, ordered / 2) << "of " << ordered;
    RecordProperty("ordered", static_cast<int>(ordered));
    RecordProperty("concluded", static_cast<int>(concluded));
}

}  // namespace
}  // namespace tocsin
