// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/detect/candidate.h"
#include "analyzer/report/fields.h"

namespace tocsin {

// Of a race on a name: the name, and where on the way it led elsewhere.
void put_race_name(Fields& fields, const Candidate& candidate);
// Check, changes and use, each with what it claimed and what the kernel had. Where the process that
// made the change `introduced` comes from has been told already; nullptr: of none.
void put_race_story(Fields& fields, const Candidate& candidate,
                    const Operation* introduced = nullptr);

}  // namespace tocsin
