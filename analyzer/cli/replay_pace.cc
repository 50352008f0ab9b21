// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/replay_pace.h"

#include <algorithm>

namespace tocsin {

ReplayPace::Clock::time_point ReplayPace::due(BootTime time, Clock::time_point now) {
    if (!start_) start_ = {time, now};
    if (time <= start_->time) return start_->at;
    constexpr double kMostNs = 365.0 * 24 * 3600 * 1e9;
    const double ns = static_cast<double>(time.ns - start_->time.ns) / speed_;
    return start_->at + std::chrono::nanoseconds(static_cast<int64_t>(std::min(ns, kMostNs)));
}

}  // namespace tocsin
