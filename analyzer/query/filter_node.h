// SPDX-License-Identifier: Apache-2.0
//
// What a filter becomes when it is parsed.
#pragma once

#include <memory>
#include <vector>

#include "analyzer/query/filter.h"
#include "analyzer/query/literals.h"

namespace tocsin {

struct Filter::Node {
    enum class Kind { kAny, kAll, kNot, kTest } kind = Kind::kTest;
    std::vector<std::unique_ptr<Node>> parts;  // of kNot one; of kTest none
    Test test;
};

}  // namespace tocsin
