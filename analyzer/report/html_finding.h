// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "analyzer/report/finding_groups.h"

namespace tocsin {

// The severity as a word and a shape on its colour, with what may follow the word.
std::string severity_badge(Severity severity, std::string_view after = {});

// The card of a finding: what happened, when, by whom, and how that is judged. `id` must be the
// page's only one, and the page's other ids not begin with it.
std::string card_of(const TraceFacts& trace, const FindingGroup& group, size_t number,
                    std::string_view id);

}  // namespace tocsin
