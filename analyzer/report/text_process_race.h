// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/detect/candidate.h"
#include "analyzer/report/text_page.h"

namespace tocsin {

// A race on what a pid stands for: check, change and use with the process that each found.
void add_process_race(TextPage& page, const Candidate& candidate);
// Where its calls are in the trace.
void add_process_race_events(TextPage& page, const Candidate& candidate);

}  // namespace tocsin
