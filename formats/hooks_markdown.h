// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tocsin {

// The text of formats/HOOKS.md: what hooks.def records, what it leaves out and why, and what each
// hook sees. The same for every run of one build.
std::string hooks_markdown();

}  // namespace tocsin
