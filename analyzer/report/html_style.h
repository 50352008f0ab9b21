// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tocsin {

// The one style sheet of an HTML report, for screens, in the light and in the dark, and for paper.
std::string_view html_style();

// What a page with that style and nothing else may do, for a Content-Security-Policy: no script,
// nothing from elsewhere, no other style.
std::string html_security_policy();

}  // namespace tocsin
