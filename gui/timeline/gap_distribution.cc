// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/gap_distribution.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tocsin::gui {
namespace {

using std::chrono::nanoseconds;

constexpr int kLastDecade = 18;  // of what a count of ns holds

std::array<bool, kRules> have_gaps() {
    std::array<bool, kRules> have{};
    for (const Rule rule : rules_with_windows()) have[static_cast<size_t>(rule)] = true;
    return have;
}

nanoseconds power_of_ten(double exponent) {
    return nanoseconds(std::llround(std::pow(10.0, exponent)));
}

}  // namespace

GapDistribution::GapDistribution(const AnalysisResult& result, const AnalysisOptions& options,
                                 Axis axis)
    : axis_(axis) {
    static const std::array<bool, kRules> kHaveGaps = have_gaps();
    std::vector<Sweep::Item> items;
    items.reserve(result.lifespans.size());
    nanoseconds least = nanoseconds::max(), most(0);
    for (size_t i = 0; i < result.lifespans.size(); ++i) {
        const Lifespan& lifespan = result.lifespans[i];
        if (!kHaveGaps[lifespan.class_index]) {
            without_gap_ += lifespan.count;
            continue;
        }
        const auto interval = interval_of(lifespan.lifetime, lifespan.class_index, axis, options);
        if (!interval) {
            // One that another always stands for needs no wider window.
            const LifeStage stage =
                lifespan.lifetime.stage_in(moved_to(options.window, axis, kUnlimited),
                                           options.own_limits[lifespan.class_index],
                                           options.own_limits[lifespan.lifetime.better_class]);
            if (stage == LifeStage::kUnborn) never_ += lifespan.count;
            continue;
        }
        items.push_back(
            {static_cast<size_t>(result.lifespan_severities[i]), *interval, lifespan.count});
        if (interval->birth > nanoseconds(0)) least = std::min(least, interval->birth);
        most = std::max(most, interval->birth);
    }
    choose_decades(least, most);
    std::vector<Sweep::Item> begun;
    begun.reserve(items.size());
    for (Sweep::Item& item : items) {
        const size_t bar = bar_of(item.interval.birth);
        born_[bar][item.class_index] += item.count;
        born_at_all_ += item.count;
        begun.push_back({0, {item.interval.birth, std::nullopt}, item.count});
        item.class_index += bar * kSeverities;
    }
    for (const BySeverity& counts : born_) {
        uint64_t all = 0;
        for (const uint64_t count : counts) all += count;
        most_in_a_bar_ = std::max(most_in_a_bar_, all);
    }
    alive_.emplace(born_.size() * kSeverities, items);
    begun_.emplace(1, begun);
    gaps_.reserve(result.findings.size());
    for (const Finding& finding : result.findings) {
        const auto rule = static_cast<size_t>(finding.candidate.rule);
        const auto interval = kHaveGaps[rule]
                                  ? interval_of(finding.candidate.lifetime, rule, axis, options)
                                  : std::nullopt;
        gaps_.push_back(interval ? std::optional(interval->birth) : std::nullopt);
    }
}

void GapDistribution::choose_decades(nanoseconds least, nanoseconds most) {
    while (first_decade_ > 0 && least < power_of_ten(first_decade_)) --first_decade_;
    while (last_decade_ < kLastDecade && most > power_of_ten(last_decade_)) ++last_decade_;
    const int bars = (last_decade_ - first_decade_) * kBarsADecade;
    for (int i = 0; i <= bars; ++i)
        edges_.push_back(power_of_ten(first_decade_ + static_cast<double>(i) / kBarsADecade));
    born_.resize(static_cast<size_t>(bars));
}

size_t GapDistribution::bar_of(nanoseconds gap) const {
    const auto to = std::lower_bound(edges_.begin() + 1, edges_.end() - 1, gap);
    return static_cast<size_t>(to - edges_.begin()) - 1;
}

GapDistribution::BySeverity GapDistribution::alive(size_t bar, nanoseconds limit) const {
    BySeverity counts{};
    for (size_t severity = 0; severity < kSeverities; ++severity)
        if (born_[bar][severity] != 0)
            counts[severity] = alive_->count(bar * kSeverities + severity, limit);
    return counts;
}

uint64_t GapDistribution::beyond(nanoseconds limit) const {
    return never_ + born_at_all_ - begun_->count(0, limit);
}

}  // namespace tocsin::gui
