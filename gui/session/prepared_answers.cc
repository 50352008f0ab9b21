// SPDX-License-Identifier: Apache-2.0
#include "gui/session/prepared_answers.h"

namespace tocsin::gui {

WindowPlace place_of(const CorrelationWindow& window) {
    for (const Axis axis : {Axis::kBoth, Axis::kCheckUse})
        if (const auto limit = position_of(window, axis)) return {axis, *limit};
    return {};
}

PreparedAnswers::PreparedAnswers(const AnalysisResult& result, const AnalysisOptions& of, Axis axis)
    : options(of), window(result, of, axis), gaps(result, of, axis) {
    is_set_aside.reserve(result.findings.size());
    for (const Finding& finding : result.findings)
        is_set_aside.push_back(finding.judgement.set_aside_by.empty() ? 0 : 1);
}

bool PreparedAnswers::are_of(const AnalysisOptions& other, Axis axis) const {
    const auto at = std::chrono::nanoseconds(0);
    return axis == gaps.axis() && options.own_limits == other.own_limits &&
           moved_to(options.window, axis, at) == moved_to(other.window, axis, at);
}

}  // namespace tocsin::gui
