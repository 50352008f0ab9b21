// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "analyzer/judge/window_answers.h"
#include "gui/timeline/gap_distribution.h"

namespace tocsin::gui {

// Where a slider stands.
struct WindowPlace {
    Axis axis = Axis::kBoth;
    std::chrono::nanoseconds limit = kUnlimited;
};
// On the first axis that has the window: both limits, else the one from check to use.
WindowPlace place_of(const CorrelationWindow& window);

// What a slider asks of a result along one axis, the rest of the window and what classes have to
// themselves staying as in `options`. Made on any thread in O(n log n); does not need the result
// once it is made.
struct PreparedAnswers {
    PreparedAnswers(const AnalysisResult& result, const AnalysisOptions& options, Axis axis);
    // Whether these are the answers along this axis, wherever the options' window lies on it.
    bool are_of(const AnalysisOptions& other, Axis axis) const;

    AnalysisOptions options;
    WindowAnswers window;
    GapDistribution gaps;
    std::vector<uint8_t> is_set_aside;  // by finding: by a rule
};

}  // namespace tocsin::gui
