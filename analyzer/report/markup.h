// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tocsin {

// Text as it stands between the tags of HTML and SVG, and in their quoted attributes: nothing in it
// ends the text, begins a tag or names an entity. Takes text that is escaped already; what of it
// escape() would still not let through, but for backslashes and quotes, is escaped here.
std::string markup(std::string_view escaped);

}  // namespace tocsin
