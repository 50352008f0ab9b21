// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "analyzer/query/fields.h"
#include "analyzer/query/tokens.h"
#include "formats/glob.h"
#include "formats/result.h"

namespace re2 {
class RE2;
}

namespace tocsin {

enum class Comparison {
    kHasValue,
    kEqual,
    kNotEqual,
    kLess,
    kAtMost,
    kGreater,
    kAtLeast,
    kIn,
    kContains,
    kGlob,
    kMatches,
};
std::optional<Comparison> comparison_named(const Token& token);
bool is_for(Comparison comparison, FieldType type);

struct NumberRange {
    int64_t least, most;  // both included
};
// What a field is compared with.
using Literal =
    std::variant<std::string, NumberRange, IpNetwork, Glob, std::shared_ptr<const re2::RE2>>;

// One comparison of a field.
struct Test {
    const Field* field = nullptr;
    Comparison comparison = Comparison::kHasValue;
    std::vector<Literal> literals;  // of kIn any number, of kHasValue none, else one
    bool is_sorted = false;         // see sort_set()

    bool holds(const Row& row) const;
};

// Reads what the field's type and the comparison ask for. Errors name the token's column.
Result<> add_literal(Test& test, const Token& token);
// Once a set is complete: rows then search it by halves, so that it may be large. Not of addresses.
void sort_set(Test& test);

}  // namespace tocsin
