// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/report/report_writer.h"
#include "analyzer/report/text_page.h"

namespace tocsin {

// One finding in full: what, how bad, how sure, who, claim beside kernel truth, whom it deceived,
// the reasoning and where in the trace to look.
void add_finding(TextPage& page, const TraceFacts& trace, const Finding& finding, size_t number,
                 Colour colour);

}  // namespace tocsin
