// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analyzer/judge/comparison.h"
#include "analyzer/report/json_values.h"
#include "analyzer/report/report_writer.h"

namespace tocsin {

// What is to be known of two results before their findings are compared, a sentence each: other
// machines, other windows, records that are missing.
std::vector<std::string> cautions_of(const AnalysisResult& before, const AnalysisResult& after);

std::string text_of_comparison(const AnalysisResult& before, const AnalysisResult& after,
                               const Comparison& comparison, Colour colour);
Json json_of_comparison(const AnalysisResult& before, const AnalysisResult& after,
                        const Comparison& comparison);

}  // namespace tocsin
