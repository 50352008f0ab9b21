// SPDX-License-Identifier: Apache-2.0
//
// Numbers with a unit, as people write them on a command line.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "formats/result.h"

namespace tocsin {

struct Quantity {
    double number = 0;
    std::string unit;  // what follows the number
};

// The number is decimal, without exponent. nullopt: the text does not begin with one.
std::optional<Quantity> parse_quantity(const std::string& text);

// "250us", "5ms", "30s", "2m", "1h". Errors: no unit, not a number, below `least`, over 10 years.
Result<std::chrono::nanoseconds> parse_duration(
    const std::string& text, std::chrono::nanoseconds least = std::chrono::nanoseconds(1));

}  // namespace tocsin
