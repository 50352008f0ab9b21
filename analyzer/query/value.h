// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace tocsin {

// What a field of the filter language holds.
enum class FieldType : uint8_t {
    kText,      // bytes: names, paths, words
    kNumber,    // whole
    kDuration,  // ns
    kSeverity,  // Severity as a number
    kAddress,   // of the Internet
};
std::string_view name_of(FieldType type);

// IPv6, or IPv4 as ::ffff:a.b.c.d.
struct IpAddress {
    std::array<uint8_t, 16> bytes{};
    auto operator<=>(const IpAddress&) const = default;
};
// Those that agree in so many leading bits.
struct IpNetwork {
    IpAddress address;
    unsigned bits = 128;
    bool holds(const IpAddress& other) const;
};
// "10.1.2.3", "10.0.0.0/8", "fe80::/10"; nullopt: not one. Bits behind the prefix count for
// nothing.
std::optional<IpNetwork> parse_network(std::string_view text);

// Good while what it was read from is.
using Value = std::variant<std::string_view, int64_t, IpAddress>;

}  // namespace tocsin
