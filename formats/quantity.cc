// SPDX-License-Identifier: Apache-2.0
#include "formats/quantity.h"

#include <array>
#include <charconv>
#include <utility>

namespace tocsin {
namespace {

// In nanoseconds, the largest first.
constexpr std::array<std::pair<std::string_view, int64_t>, 7> kUnits = {{{"d", 86400'000'000'000},
                                                                         {"h", 3600'000'000'000},
                                                                         {"m", 60'000'000'000},
                                                                         {"s", 1'000'000'000},
                                                                         {"ms", 1'000'000},
                                                                         {"us", 1'000},
                                                                         {"ns", 1}}};

}  // namespace

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
    constexpr int64_t kMost = 10 * 365 * kUnits[0].second;
    const auto bad = Error{"'" + text + "' is not a duration; write for example 250ms, 30s or 5m"};
    const auto quantity = parse_quantity(text);
    if (!quantity) return bad;
    const char* const end = text.data() + text.size();
    int64_t whole = 0;
    const auto [behind, error] = std::from_chars(text.data(), end, whole);
    const bool is_whole = error == std::errc() && std::string_view(behind, end) == quantity->unit;
    for (const auto& [unit, ns] : kUnits) {
        if (quantity->unit != unit) continue;
        if (is_whole) {
            if (whole < 0 || whole > kMost / ns || whole * ns < least.count()) return bad;
            return std::chrono::nanoseconds(whole * ns);
        }
        const double total = quantity->number * static_cast<double>(ns);
        if (!(total >= static_cast<double>(least.count())) || total > static_cast<double>(kMost))
            return bad;
        return std::chrono::nanoseconds(static_cast<int64_t>(total));
    }
    return bad;
}

std::string duration_text(std::chrono::nanoseconds duration, std::string_view between) {
    const auto* spelled = &kUnits.back();
    for (const auto& unit : kUnits)
        if (duration.count() != 0 && duration.count() % unit.second == 0) {
            spelled = &unit;
            break;
        }
    return std::to_string(duration.count() / spelled->second) + std::string(between) +
           std::string(spelled->first);
}

}  // namespace tocsin
