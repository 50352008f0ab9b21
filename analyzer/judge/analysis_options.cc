// SPDX-License-Identifier: Apache-2.0
#include "analyzer/judge/analysis_options.h"

#include <algorithm>

namespace tocsin {
namespace {

constexpr std::array kWithWindows = {Rule::kF1, Rule::kF2, Rule::kF3,
                                     Rule::kF4, Rule::kF5, Rule::kP1};

bool has_window(Rule rule) {
    return std::find(kWithWindows.begin(), kWithWindows.end(), rule) != kWithWindows.end();
}

Result<> set_item(AnalysisOptions& options, const std::string& item) {
    const size_t colon = item.find(':');
    if (colon == std::string::npos) return set_window(options.window, item);
    const auto rule = rule_named(item.substr(0, colon));
    if (!rule || !has_window(*rule))
        return Error{"the window '" + item +
                     "' is of no class that has one, as F1 to F5 and P1 have; write for example "
                     "F1:mutation-use=100ms"};
    return set_own_limits(options.own_limits[static_cast<size_t>(*rule)], item.substr(colon + 1));
}

}  // namespace

std::span<const Rule> rules_with_windows() {
    return kWithWindows;
}

Result<> set_windows(AnalysisOptions& options, const std::string& items) {
    AnalysisOptions changed = options;
    for (const std::string& item : window_items(items))
        if (auto set = set_item(changed, item); !set) return set;
    options = std::move(changed);
    return {};
}

std::optional<LimitInterval> interval_of(const Lifetime& lifetime, size_t rule, Axis axis,
                                         const AnalysisOptions& options) {
    return lifetime.interval(axis, options.window, options.own_limits[rule],
                             options.own_limits[lifetime.better_class]);
}

LifeStage stage_of(const Candidate& candidate, const AnalysisOptions& options) {
    const auto& own = options.own_limits;
    return candidate.lifetime.stage_in(options.window, own[static_cast<size_t>(candidate.rule)],
                                       own[candidate.lifetime.better_class]);
}

}  // namespace tocsin
