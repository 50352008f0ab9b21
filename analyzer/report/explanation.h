// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/judge/analysis.h"

namespace tocsin {

// A call that a finding tells of.
struct StoryPart {
    std::string_view what;  // "the check"
    std::shared_ptr<const Operation> operation;
};
// In the order of the finding's reasoning: check, changes, use; of a race on an argument the call.
std::vector<StoryPart> parts_of(const Candidate& candidate);

// The records of these calls, and of who else wrote to the memory or read from it; rising, each
// once.
std::vector<EventRef> records_of(const Candidate& candidate);

// What would be known if the recording held more, each as a clause, its names escaped. Empty: all
// that the finding rests on is recorded.
std::vector<std::string> not_recorded_of(const AnalysisResult& result, const Finding& finding);

}  // namespace tocsin
