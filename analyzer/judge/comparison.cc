// SPDX-License-Identifier: Apache-2.0
#include "analyzer/judge/comparison.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace tocsin {
namespace {

std::pair<bool, int> gravity_of(const Finding& finding) {
    return {finding.judgement.set_aside_by.empty(), finding.judgement.severity_score};
}

void sort_by_gravity(std::vector<ComparedFinding>& findings) {
    const auto key = [](const ComparedFinding& compared) {
        const Finding& finding = compared.finding();
        const auto [is_shown, score] = gravity_of(finding);
        return std::tuple(!is_shown, -score, finding.candidate.rule,
                          std::string_view(finding.fingerprint));
    };
    std::sort(findings.begin(), findings.end(),
              [&](const auto& a, const auto& b) { return key(a) < key(b); });
}

}  // namespace

std::map<std::string_view, Alike> alike_of(const AnalysisResult& result, Which which) {
    std::map<std::string_view, Alike> by_fingerprint;
    for (const Finding& finding : result.findings) {
        if (which == Which::kShown && !finding.judgement.set_aside_by.empty()) continue;
        Alike& alike = by_fingerprint[finding.fingerprint];
        alike.count += 1 + finding.more;
        if (alike.gravest == nullptr || gravity_of(finding) > gravity_of(*alike.gravest))
            alike.gravest = &finding;
    }
    return by_fingerprint;
}

Comparison compare(const AnalysisResult& before, const AnalysisResult& after, Which which) {
    Comparison comparison;
    const auto ones = alike_of(before, which);
    auto others = alike_of(after, which);
    for (const auto& [fingerprint, one] : ones) {
        const auto other = others.find(fingerprint);
        if (other == others.end()) {
            comparison.gone.push_back({one, {}});
        } else {
            comparison.same.push_back({one, other->second});
            others.erase(other);
        }
    }
    for (const auto& [fingerprint, other] : others) comparison.added.push_back({{}, other});
    for (auto* list : {&comparison.added, &comparison.gone, &comparison.same})
        sort_by_gravity(*list);
    return comparison;
}

}  // namespace tocsin
