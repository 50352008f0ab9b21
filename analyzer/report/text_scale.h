// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/report/race_story.h"
#include "analyzer/report/text_page.h"

namespace tocsin {

// Check, changes and use as bars in one scale of time, and the gaps between them.
void put_scale(TextPage& page, const Story& story);

}  // namespace tocsin
