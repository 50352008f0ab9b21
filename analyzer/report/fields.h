// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tocsin {

// Statements with a label each, which every format sets in its own way. All text given must be
// escaped already.
class Fields {
  public:
    virtual ~Fields() = default;
    // No label: goes on with the one above. A label that begins with blanks belongs to the last one
    // that does not.
    virtual void put(std::string_view label, std::string_view text) = 0;
};

}  // namespace tocsin
