// SPDX-License-Identifier: Apache-2.0
#include "analyzer/query/value.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace tocsin {

std::string_view name_of(FieldType type) {
    switch (type) {
        case FieldType::kText:
            return "text";
        case FieldType::kNumber:
            return "number";
        case FieldType::kDuration:
            return "duration";
        case FieldType::kSeverity:
            return "severity";
        case FieldType::kAddress:
            return "address";
    }
    return "unknown";
}

bool IpNetwork::holds(const IpAddress& other) const {
    const size_t whole = bits / 8;
    if (!std::equal(address.bytes.begin(), address.bytes.begin() + static_cast<ptrdiff_t>(whole),
                    other.bytes.begin()))
        return false;
    const unsigned rest = bits % 8;
    if (rest == 0) return true;
    const unsigned differing = address.bytes[whole] ^ unsigned { other.bytes[whole] };
    return differing >> (8 - rest) == 0;
}

std::optional<IpNetwork> parse_network(std::string_view text) {
    const size_t slash = text.find('/');
    const std::string address(text.substr(0, slash));
    IpNetwork network;
    auto& bytes = network.address.bytes;
    unsigned first_bit = 0;
    if (inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) {
        first_bit = 96;
        bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
        if (inet_pton(AF_INET, address.c_str(), bytes.data() + 12) != 1) return std::nullopt;
    }
    if (slash == std::string_view::npos) return network;
    const std::string_view prefix = text.substr(slash + 1);
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(prefix.data(), prefix.data() + prefix.size(), bits);
    if (error != std::errc() || end != prefix.data() + prefix.size() || bits > 128 - first_bit)
        return std::nullopt;
    network.bits = first_bit + bits;
    return network;
}

}  // namespace tocsin
