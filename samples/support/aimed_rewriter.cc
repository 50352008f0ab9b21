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

bool has_one_cpu() {
    cpu_set_t usable;
    return sched_getaffinity(0, sizeof usable, &usable) == 0 && CPU_COUNT(&usable) == 1;
}

}  // namespace

AimedRewriter::AimedRewriter(std::function<void()> rewrite)
    : one_cpu_(has_one_cpu()), rewrite_(std::move(rewrite)) {
    thread_ = std::thread([this] { rewrite_when_told(); });
}

AimedRewriter::~AimedRewriter() {
    enter(Phase::kQuit);
    thread_.join();
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
