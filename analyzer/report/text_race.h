// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/detect/candidate.h"
#include "analyzer/report/text_page.h"

namespace tocsin {

// Of a race on a name: check, changes and use on one scale of time, then each with what it claimed
// and what the kernel had.
void add_race(TextPage& page, const Candidate& candidate);
// Where in the trace they are.
void add_race_events(TextPage& page, const Candidate& candidate);

}  // namespace tocsin
