// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sched.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>

#include "samples/support/staircase.h"

// A second thread that rewrites memory while the first is in a system call, aimed
// at the time between the call's beginning and the kernel's copy of its argument.
//
// Each try: arm(); go() right before the call; the call; finish(); and, where the
// try's end is known, learn(). Such a race is won often on two CPUs, next to never
// on one: where there are two, each thread keeps to its own while this object lives
// (a scheduler that wakes one beside the other may leave them so for seconds).
class AimedRewriter {
  public:
    explicit AimedRewriter(std::function<void()> rewrite);
    AimedRewriter(const AimedRewriter&) = delete;
    AimedRewriter& operator=(const AimedRewriter&) = delete;
    ~AimedRewriter();

    // Returns once the second thread waits for go().
    void arm();
    // Starts the second thread's delay. Touches memory only: fit for a vfork child.
    void go();
    // Returns once the rewriting is done, also where go() was not reached.
    void finish();
    void learn(bool store_was_in_time) { staircase_.learn(store_was_in_time); }

  private:
    enum class Phase : int { kIdle, kArmed, kReady, kGo, kQuit };
    static constexpr size_t kCacheLine = 64;

    void rewrite_when_told();
    void enter(Phase phase);

    // Alone in its line of the cache, so that polling does not slow down what is timed.
    alignas(kCacheLine) std::atomic<Phase> phase_{Phase::kIdle};
    alignas(kCacheLine) uint32_t delay_spins_ = 0;
    cpu_set_t cpus_;  // that the first thread may use
    bool one_cpu_;
    std::function<void()> rewrite_;
    Staircase staircase_;
    std::thread thread_;
};
