// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/result.h"

namespace tocsin {

struct Token {
    enum class Kind { kWord, kString, kSign, kEnd } kind = Kind::kEnd;
    std::string text;   // of a string without its quotes and escapes
    size_t column = 0;  // from 1, in bytes
};

// The token in quotes, for messages: long ones are cut, and bytes that are no ASCII escaped.
std::string quoted(const Token& token);

// What is wrong with a filter, and where: "column 8: …".
Error at_column(size_t column, const std::string& what);

// Words of letters, digits and _ . : / + - ; strings in "" with \" \\ \n \t \xHH; signs
// && || ! ( ) { } , == != < <= > >= . The last token is the end. Errors: any other character, a
// string without its end, an escape that is none.
Result<std::vector<Token>> tokens_of(std::string_view text);

}  // namespace tocsin
