// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "analyzer/judge/finding.h"

namespace tocsin {

// What the field's catalogues call the finding, the most fitting first: "CWE-367", "CAPEC-29",
// "T1068". ATT&CK's only where another user's rights were put to use.
References references_of(const Candidate& candidate, const Judgement& judgement);

// What the identifier stands for, as its catalogue has it; empty: none of those given out here.
std::string_view title_of_reference(std::string_view id);

}  // namespace tocsin
