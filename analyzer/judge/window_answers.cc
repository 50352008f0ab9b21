// SPDX-License-Identifier: Apache-2.0
#include "analyzer/judge/window_answers.h"

namespace tocsin {
namespace {

Sweep sweep_of(const AnalysisResult& result, const AnalysisOptions& options, Axis axis) {
    std::vector<Sweep::Item> items;
    items.reserve(result.lifespans.size());
    for (size_t i = 0; i < result.lifespans.size(); ++i) {
        const Lifespan& lifespan = result.lifespans[i];
        if (const auto interval =
                interval_of(lifespan.lifetime, lifespan.class_index, axis, options))
            items.push_back(
                {static_cast<size_t>(result.lifespan_severities[i]), *interval, lifespan.count});
    }
    return Sweep(kSeverities, items);
}

}  // namespace

WindowAnswers::WindowAnswers(const AnalysisResult& result, const AnalysisOptions& options,
                             Axis axis)
    : options_(options), axis_(axis), sweep_(sweep_of(result, options, axis)) {
    intervals_.reserve(result.findings.size());
    for (const Finding& finding : result.findings)
        intervals_.push_back(interval_of(finding.candidate.lifetime,
                                         static_cast<size_t>(finding.candidate.rule), axis,
                                         options));
}

WindowAnswers::BySeverity WindowAnswers::by_severity(std::chrono::nanoseconds limit) const {
    BySeverity counts{};
    for (size_t severity = 0; severity < kSeverities; ++severity)
        counts[severity] = sweep_.count(severity, limit);
    return counts;
}

std::vector<uint32_t> WindowAnswers::alive(std::chrono::nanoseconds limit) const {
    std::vector<uint32_t> alive;
    for (size_t i = 0; i < intervals_.size(); ++i)
        if (intervals_[i] && intervals_[i]->contains(limit))
            alive.push_back(static_cast<uint32_t>(i));
    return alive;
}

AnalysisOptions WindowAnswers::options_at(std::chrono::nanoseconds limit) const {
    AnalysisOptions options = options_;
    options.window = moved_to(options.window, axis_, limit);
    return options;
}

}  // namespace tocsin
