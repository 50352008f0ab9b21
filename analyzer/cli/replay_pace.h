// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

#include "formats/event.h"

namespace tocsin {

// When each line of a replay is due, if the trace's gaps are to pass `speed` times faster than
// they did. Every moment is counted from the first one, so delays do not add up.
class ReplayPace {
  public:
    using Clock = std::chrono::steady_clock;

    // `speed` is above 0.
    explicit ReplayPace(double speed) : speed_(speed) {}

    // The first call's time is due `now`, and later ones as far behind it as the trace and the
    // speed say; times that run back are due then, too. No gap is longer than a year.
    Clock::time_point due(BootTime time, Clock::time_point now);

  private:
    struct Start {
        BootTime time;
        Clock::time_point at;
    };

    double speed_;
    std::optional<Start> start_;
};

}  // namespace tocsin
