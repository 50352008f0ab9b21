// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>

// Finds the delay at which half of the stores come too late for the kernel's copy:
// the moment of the copy itself. A step shrinks when the answers alternate and
// grows when they agree, so that it follows a tracer which comes or goes.
class Staircase {
  public:
    uint32_t next_delay() {
        std::uniform_int_distribution<int32_t> jitter(-kJitter, kJitter);
        return static_cast<uint32_t>(std::clamp(center_ + jitter(random_), 0, kLongest));
    }

    void learn(bool store_was_in_time) {
        agreeing_ = store_was_in_time == last_ ? agreeing_ + 1 : 0;
        if (agreeing_ == 0) step_ = std::max(step_ / 2, kShortestStep);
        if (agreeing_ >= 8) step_ = std::min(step_ * 2, kLongestStep);
        last_ = store_was_in_time;
        center_ = std::clamp(center_ + (store_was_in_time ? step_ : -step_), 0, kLongest);
    }

  private:
    static constexpr int32_t kLongest = 1 << 18;
    static constexpr int32_t kLongestStep = 1 << 12;
    static constexpr int32_t kShortestStep = 64;
    static constexpr int32_t kJitter = 512;

    // Comes down from late: a store before the call begins also wins, but deceives
    // nobody, so the first win must not be one of those.
    int32_t center_ = 1 << 14;
    int32_t step_ = 1024;
    int agreeing_ = 0;
    bool last_ = false;
    std::minstd_rand random_;
};
