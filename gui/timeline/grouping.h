// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tocsin::gui {

// What a row of the timeline is of.
enum class Grouping : uint8_t { kByProcess, kByFile };

}  // namespace tocsin::gui
