// SPDX-License-Identifier: Apache-2.0
#include "samples/support/aimed_rewriter.h"

#include <sched.h>

#include <utility>

namespace {

constexpr uint32_t kLeadSpins = 4000;      // from "go" to the call
constexpr uint32_t kYieldAfter = 1 << 20;  // polls of "go", about a millisecond

void spin(uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) asm volatile("" ::: "memory");
}

// The set's CPU of that rank, counted from 0, alone; or the set itself if it has fewer.
cpu_set_t only(const cpu_set_t& set, int rank) {
    cpu_set_t one;
    CPU_ZERO(&one);
    for (size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (!CPU_ISSET(cpu, &set) || rank-- > 0) continue;
        CPU_SET(cpu, &one);
        return one;
    }
    return set;
}

void run_on(const cpu_set_t& cpus) {
    sched_setaffinity(0, sizeof cpus, &cpus);
}

}  // namespace

AimedRewriter::AimedRewriter(std::function<void()> rewrite) : rewrite_(std::move(rewrite)) {
    CPU_ZERO(&cpus_);
    sched_getaffinity(0, sizeof cpus_, &cpus_);
    one_cpu_ = CPU_COUNT(&cpus_) < 2;
    thread_ = std::thread([this] {
        run_on(only(cpus_, 1));
        rewrite_when_told();
    });
    run_on(only(cpus_, 0));
}

AimedRewriter::~AimedRewriter() {
    enter(Phase::kQuit);
    thread_.join();
    run_on(cpus_);
}

void AimedRewriter::enter(Phase phase) {
    phase_.store(phase);
    phase_.notify_all();
}

void AimedRewriter::arm() {
    delay_spins_ = staircase_.next_delay();
    enter(Phase::kArmed);
    phase_.wait(Phase::kArmed);
}

void AimedRewriter::go() {
    phase_.store(Phase::kGo);
    spin(kLeadSpins);
}

void AimedRewriter::finish() {
    Phase ready = Phase::kReady;
    phase_.compare_exchange_strong(ready, Phase::kGo);
    phase_.wait(Phase::kGo);
}

// Sleeps until a try is armed, then polls for "go". With one CPU it gives way at
// each poll, since the first thread could not run otherwise.
void AimedRewriter::rewrite_when_told() {
    for (;;) {
        phase_.wait(Phase::kIdle);
        if (phase_.load() == Phase::kQuit) return;
        const uint32_t delay = delay_spins_;
        enter(Phase::kReady);
        for (uint32_t polls = 0; phase_.load(std::memory_order_acquire) == Phase::kReady;)
            if (one_cpu_ || ++polls > kYieldAfter) sched_yield();
        spin(delay);
        rewrite_();
        enter(Phase::kIdle);
    }
}
