// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace tocsin {

// Insertions, deletions, replacements and exchanges of neighbours between them.
size_t distance_between(std::string_view a, std::string_view b);

bool differ_in_case_alone(std::string_view a, std::string_view b);

// The word, of a range of them, that is most like `word`, to suggest; the first one of several, and
// before all of them one that differs in capital and small letters alone.
// Empty: none differs in at most so many places.
template <typename Words>
std::string_view nearest(std::string_view word, const Words& words, size_t most) {
    std::string_view like;
    for (const std::string_view other : words) {
        if (differ_in_case_alone(word, other)) return other;
        const size_t away = distance_between(word, other);
        if (away > most || (!like.empty() && away == most)) continue;
        like = other;
        most = away;
    }
    return like;
}

}  // namespace tocsin
