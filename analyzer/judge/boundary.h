// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analyzer/detect/candidate.h"

namespace tocsin {

// A factor in hundredths, and why.
struct Factor {
    int hundredths = 0;
    std::string why;
};

// How much is at stake in what the use of the name does.
Factor impact_of(const Operation& use);

// Which boundary between users a swap of the name crossed: whether who changed it may do to the
// file that was found what the use does to it, or controls what the use puts its trust in. Without
// an explanation the boundary is not known, and counts little.
Factor boundary_of(const Candidate& candidate);

// The same of a use of a pid: what is done to the process, and whom the change of what the pid
// stands for serves.
Factor impact_of_pid(const Candidate& candidate);
Factor boundary_of_pid(const Candidate& candidate);

// The mutation is of somebody whom who uses the name must trust anyway.
bool is_of_trusted_mutator(const NameRace& race);

}  // namespace tocsin
