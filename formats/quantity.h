// SPDX-License-Identifier: Apache-2.0
//
// Numbers with a unit, as people write them on a command line.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "formats/result.h"

namespace tocsin {

struct Quantity {
    double number = 0;
    std::string unit;  // what follows the number
};

// The number is decimal, without exponent. nullopt: the text does not begin with one.
std::optional<Quantity> parse_quantity(const std::string& text);

// "250us", "5ms", "30s", "2m", "1h", "1d"; exact where the number is whole, else cut to
// nanoseconds. Errors: no unit, not a number, below `least`, over 10 years. They quote the text as
// it is.
Result<std::chrono::nanoseconds> parse_duration(
    const std::string& text, std::chrono::nanoseconds least = std::chrono::nanoseconds(1));

// "50 ms", "1500 ms": exact, in the largest unit that leaves a whole number. `between` stands
// before the unit; with "", parse_duration() takes it back up to 10 years.
std::string duration_text(std::chrono::nanoseconds duration, std::string_view between = " ");

}  // namespace tocsin
