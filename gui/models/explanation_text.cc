// SPDX-License-Identifier: Apache-2.0
#include "gui/models/explanation_text.h"

#include "analyzer/judge/comparison.h"
#include "analyzer/report/text_explanation.h"

namespace tocsin::gui {

ExplainedFinding explained(const AnalysisResult& result, const AnalysisOptions& chosen,
                           const Finding& finding) {
    ExplainedFinding explained;
    explained.fingerprint = finding.fingerprint;
    explained.result.options = chosen;
    explained.result.trace = result.trace;
    explained.result.coverage = result.coverage;
    const auto count = [&](LifeStage stage, uint64_t cases) {
        if (stage == LifeStage::kUnborn) explained.result.outside_window += cases;
        if (stage == LifeStage::kSuperseded) explained.result.superseded += cases;
    };
    for (const Lifespan& lifespan : result.lifespans)
        count(lifespan.lifetime.stage_in(chosen.window, chosen.own_limits[lifespan.class_index],
                                         chosen.own_limits[lifespan.lifetime.better_class]),
              lifespan.count);
    // Lifespans are of what no rule set aside.
    for (const Finding& other : result.findings) {
        const LifeStage stage = stage_of(other.candidate, chosen);
        if (!other.judgement.set_aside_by.empty()) count(stage, 1 + other.more);
        if (other.fingerprint == finding.fingerprint && stage == LifeStage::kAlive)
            explained.result.findings.push_back(other);
    }
    return explained;
}

std::string explanation_text(const TraceReader& trace, const ExplainedFinding& explained) {
    const auto alike = alike_of(explained.result, Which::kAll);
    const auto at = alike.find(explained.fingerprint);
    if (at == alike.end()) return {};
    return text_of_explanation(trace, explained.result, *at->second.gravest, at->second.count,
                               Colour::kNo);
}

}  // namespace tocsin::gui
