// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "analyzer/judge/analysis.h"

namespace tocsin {

// The findings of one fingerprint.
struct Alike {
    const Finding* gravest = nullptr;  // the first of the gravest; nullptr: there are none
    uint64_t count = 0;
};

enum class Which { kShown, kAll };  // kAll: those that a rule set aside, too

// By fingerprint. Good while the result is.
std::map<std::string_view, Alike> alike_of(const AnalysisResult& result, Which which);

struct ComparedFinding {
    Alike before, after;
    const Finding& finding() const { return after.gravest ? *after.gravest : *before.gravest; }
};

// What two results have, each gravest first, then by class and fingerprint. Fingerprints know no
// time, machine or process: the same race in two traces has one.
struct Comparison {
    std::vector<ComparedFinding> added, gone, same;
};
Comparison compare(const AnalysisResult& before, const AnalysisResult& after, Which which);

}  // namespace tocsin
