// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tocsin {

// The one that a half of the numbers are below. Changes their order. O(numbers).
inline uint64_t middle_of(std::vector<uint64_t>& numbers) {
    const auto middle = numbers.begin() + static_cast<ptrdiff_t>(numbers.size() / 2);
    std::nth_element(numbers.begin(), middle, numbers.end());
    return *middle;
}

// Erases the half of a map's entries whose values have the lowest `number`, the order in which they
// were made. Returns how many. O(entries).
template <typename Map>
uint64_t forget_older_half(Map& map) {
    std::vector<uint64_t> numbers;
    numbers.reserve(map.size());
    for (const auto& [key, value] : map) numbers.push_back(value.number);
    const uint64_t oldest_kept = middle_of(numbers);
    return std::erase_if(map, [&](const auto& entry) { return entry.second.number < oldest_kept; });
}

}  // namespace tocsin
