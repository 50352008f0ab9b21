// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "analyzer/judge/analysis.h"

namespace tocsin {

// Members keep the order in which they are added: the same result gives the same bytes.
using Json = nlohmann::ordered_json;

// {"text": T} or {"text": escaped, "hex": H}.
Json json_bytes(std::string_view bytes);
// A string that the recorder stated: escaped where it is not plain.
std::string json_text(std::string_view text);
std::string json_time(BootTime time);

Json json_trace(const TraceFacts& trace);
Json json_coverage(const Coverage& coverage);
Json json_finding(const TraceFacts& trace, const Finding& finding);

}  // namespace tocsin
