// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/result.h"

namespace tocsin {

// A pattern of names as shells have it: ? stands for one byte but '/', * for any number of them, **
// for any number of bytes, '/' included; "/**/" for "/", too. [a-z] and [!a-z] stand for one byte
// but '/'; \ takes the next byte as it is. What matches is the whole name.
class Glob {
  public:
    // Errors: a bracket without its end, or a range that runs back; they name the offset.
    static Result<Glob> parse(std::string_view pattern);

    // O(bytes * pattern).
    bool matches(std::string_view name) const;

  private:
    struct Step {
        enum class Kind : uint8_t { kOne, kSome, kAny } kind = Kind::kOne;
        std::bitset<256> bytes;  // of kOne and kSome
    };
    void add_stars(size_t stars);

    std::vector<Step> steps_;
};

}  // namespace tocsin
