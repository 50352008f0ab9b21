// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/detect/candidate.h"
#include "analyzer/report/fields.h"

namespace tocsin {

// Of a race on a process: the calls that named it, and whom the pid stood for then.
void put_process_race_story(Fields& fields, const Candidate& candidate);

}  // namespace tocsin
