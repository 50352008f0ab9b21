// SPDX-License-Identifier: Apache-2.0
#include "formats/quantity.h"

#include <array>
#include <charconv>
#include <utility>

namespace tocsin {

std::optional<Quantity> parse_quantity(const std::string& text) {
    Quantity quantity;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(),
                                              quantity.number, std::chars_format::fixed);
    if (error != std::errc() || end == text.data()) return std::nullopt;
    quantity.unit.assign(end, text.data() + text.size());
    return quantity;
}

Result<std::chrono::nanoseconds> parse_duration(const std::string& text,
                                                std::chrono::nanoseconds least) {
    constexpr double kMost = 10.0 * 365 * 24 * 3600 * 1e9;
    constexpr std::array<std::pair<const char*, double>, 6> kUnits = {
        {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}}};
    const auto bad = Error{"'" + text + "' is not a duration; write for example 250ms, 30s or 5m"};
    const auto quantity = parse_quantity(text);
    if (!quantity) return bad;
    for (const auto& [unit, ns] : kUnits) {
        if (quantity->unit != unit) continue;
        const double total = quantity->number * ns;
        if (!(total >= static_cast<double>(least.count())) || total > kMost) return bad;
        return std::chrono::nanoseconds(static_cast<int64_t>(total));
    }
    return bad;
}

}  // namespace tocsin
