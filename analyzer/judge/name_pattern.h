// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tocsin {

// What stays the same of a name, or of several in one text, from run to run: each number in it as
// one '#', each part that looks drawn at random as one '*'. Of the latter are the six characters
// that mkstemp(3) and mkdtemp(3) put at the end of a name or in front of its extension, and words
// of hexadecimal digits. What only looks like it is taken for it: then two names are one pattern.
std::string name_pattern(std::string_view text);

}  // namespace tocsin
