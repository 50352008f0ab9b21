// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analyzer/detect/candidate.h"

namespace tocsin {

// The table that shows what a finding is about, differences marked: of a race within one call the
// claims beside the kernel's truth, of one over several what check and use found.
std::string comparison_of(const Candidate& candidate);

}  // namespace tocsin
