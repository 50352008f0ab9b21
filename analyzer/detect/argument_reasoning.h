// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/detect/candidate.h"

namespace tocsin {

// Completes a candidate of an argument class, whose rule, operation, operand, claim and truth are
// set: what the verdict rests on, which monitors were deceived, and what else may have happened.
void add_reasoning(Candidate& candidate);

// Names another process as the writer of the memory.
void add_writer(Candidate& candidate, MemoryWriter writer);

}  // namespace tocsin
