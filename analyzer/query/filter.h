// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "analyzer/query/fields.h"
#include "formats/result.h"

namespace tocsin {

struct Reach;

// Which rows are wanted, in words: proc.uid == 1000 && path glob "/tmp/**" && gap < 5ms.
//
//   A || B, A && B, !A, (A)       ! binds closest, then &&, then ||
//   FIELD                         it has a value
//   FIELD == V, FIELD != V        some value is that one; it has values, and none is
//   FIELD < V, <=, >, >=          numbers, durations and severities
//   FIELD in {V, V, 1..5, ...}    one of these; of addresses networks, too: 10.0.0.0/8
//   FIELD contains "text"         text within text
//   FIELD glob "/tmp/**"          the whole of it, see Glob
//   FIELD matches "^/tmp/.*\\.so$"  somewhere in it, as RE2 has regular expressions
//
// Of a field with several values any one suffices. Where a field has no value, a comparison with it
// is false. A value is a string in "" or a word; numbers are decimal, 0x or 0 octal; durations have
// units, as parse_duration() takes them. Matching takes time linear in the row's bytes.
class Filter {
  public:
    // Deeper parentheses and negations are refused.
    static constexpr size_t kDeepest = 200;

    // Errors name the column, and the nearest field where one is not known.
    static Result<Filter> parse(std::string_view text, RowKind rows);

    bool matches(const Row& row) const;
    // Where its rows can be, as far as the headers of chunks tell.
    Reach reach() const;
    // As it was written.
    const std::string& text() const { return text_; }

    Filter(Filter&&) noexcept;
    Filter& operator=(Filter&&) noexcept;
    ~Filter();

    struct Node;

  private:
    Filter(std::string text, std::unique_ptr<const Node> root);

    std::string text_;
    std::unique_ptr<const Node> root_;
};

}  // namespace tocsin
