// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "analyzer/replay/operation.h"
#include "analyzer/report/text_page.h"

namespace tocsin {

// Check, changes and use as bars in one scale of time, and the gaps between them. `explains` is the
// change that the gaps are measured to, nullptr where there is none; `order` says how sure it is
// that it lies between.
void put_scale(TextPage& page, const Operation& check, std::span<const Operation* const> changes,
               const Operation& use, const Operation* explains, std::string_view order);

}  // namespace tocsin
