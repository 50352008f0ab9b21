// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/detect/candidate.h"

namespace tocsin {

// Completes a candidate of a race on a name, whose rule, operation, operand and race are set: what
// the verdict rests on, and what else may have happened.
void add_name_reasoning(Candidate& candidate);

}  // namespace tocsin
