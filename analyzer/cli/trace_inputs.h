// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "formats/result.h"

namespace tocsin {

// The traces that the operands of a command line stand for: a directory for its *.tocsin files,
// sorted by name as bytes; "-" for standard input; anything else for itself, whether it exists or
// not. Errors: a directory that cannot be read or has no trace in it, standard input twice.
Result<std::vector<std::string>> trace_paths(const std::vector<std::string>& operands);

// How a message or report names the input: "standard input" for "-".
std::string display_name(const std::string& path);

}  // namespace tocsin
