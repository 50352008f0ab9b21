// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin::text_form {

// Reads one line of the text form from left to right. What is read is skipped together with the
// blanks and the comment behind it. Functions that return bool note what was found and what was
// expected when they return false; nothing may be read after that.
class TextScanner {
  public:
    explicit TextScanner(std::string_view line);

    bool at_end() const { return rest_.empty(); }
    // Whether this is next, without blanks before it; if so, it is skipped.
    bool skip(char c);
    bool skip_word(std::string_view word);
    char next() const { return rest_.empty() ? '\0' : rest_.front(); }

    bool expect(char c);
    // A run of what is no blank and none of = # " ( ) [ ] ~; empty at the end of the line.
    std::string_view word();
    std::string_view peek_word() const;

    // Decimal, 0x hexadecimal, or octal where that is the base. Signed ones may begin with '-'.
    bool unsigned_number(uint64_t& out, uint64_t most, int base = 10);
    bool signed_number(int64_t& out, int64_t least, int64_t most);
    // Any number of 64 bits, a negative one as its two's complement.
    bool register_number(uint64_t& out);
    template <typename Integer>
    bool number(Integer& out);
    // Seconds with at most nine digits after the point, as nanoseconds.
    bool seconds(uint64_t& ns);
    bool seconds(int64_t& ns);
    bool quoted(std::string& out);
    bool quoted_list(std::string& out);

    struct Field {
        std::string_view key;
        std::function<bool()> read;  // what stands after the '='
    };
    struct Flag {
        std::string_view key;
        bool* set;
    };
    // KEY=VALUE fields and flags in any order, each at most once, up to the end of the line or
    // the character `end`, which is left.
    bool fields(std::initializer_list<Field> fields, std::initializer_list<Flag> flags = {},
                char end = '\0');

    // What is next on the line, for an error.
    std::string found() const;
    bool fail(const std::string& expected) { return fail_found(found(), expected); }
    bool fail_found(const std::string& what, const std::string& expected);
    const std::string& failure() const { return failure_; }

  private:
    void skip_blanks();
    bool escape(std::string& out);
    bool magnitude(uint64_t& out, int base);
    bool seconds_magnitude(uint64_t& ns);

    std::string_view rest_;
    std::string failure_;
};

template <typename Integer>
bool TextScanner::number(Integer& out) {
    using Limits = std::numeric_limits<Integer>;
    if constexpr (Limits::is_signed) {
        int64_t value = 0;
        if (!signed_number(value, Limits::min(), Limits::max())) return false;
        out = static_cast<Integer>(value);
    } else {
        uint64_t value = 0;
        if (!unsigned_number(value, Limits::max())) return false;
        out = static_cast<Integer>(value);
    }
    return true;
}

}  // namespace tocsin::text_form
