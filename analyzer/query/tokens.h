// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/result.h"

namespace tocsin {

// In a filter, from 1; columns in bytes.
struct TextPlace {
    size_t line = 1, column = 1;
};

struct Token {
    enum class Kind { kWord, kString, kSign, kEnd } kind = Kind::kEnd;
    std::string text;  // of a string without its quotes and escapes
    TextPlace place;
    size_t offset = 0;  // of its first byte in the filter
};

// The token in quotes, for messages: long ones are cut, and bytes that are no ASCII escaped.
std::string quoted(const Token& token);

// "column 8", "line 2, column 8".
std::string text_of(const TextPlace& place);
// What is wrong with a filter, and where: "column 8: …".
Error wrong_at(const TextPlace& place, const std::string& what);

// Words of letters, digits and _ . : / + - ; strings in "" with \" \\ \n \t \xHH; signs
// && || ! ( ) { } , == != < <= > >= . The last token is the end. Errors: any other character, a
// string without its end, an escape that is none.
Result<std::vector<Token>> tokens_of(std::string_view text);

}  // namespace tocsin
