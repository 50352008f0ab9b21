// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "analyzer/detect/candidate.h"

namespace tocsin {

// When what happened in a race, to scale, as an SVG drawing inside an HTML page whose style has to
// have one for the drawing's classes. Of a race over several calls: a lane for each process, in it
// a bar for each call's span and a mark for the kernel's decision, and below them the gaps. Of a
// race within one call: the times of the views. The id must be the page's only one.
// Empty where all of it has one time.
std::string timeline_of(const Candidate& candidate, std::string_view id);

}  // namespace tocsin
