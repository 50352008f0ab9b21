// SPDX-License-Identifier: Apache-2.0
//
// Bytes that somebody else chose, made fit for a terminal and a report. Names from a trace may
// hold anything; nothing of them reaches an output but through here.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin {

// Printable UTF-8 as it is; every other byte or character escaped so that the original can be
// told back: \n \t \r \\ \" by letter, other control characters and bytes that are no UTF-8 as
// \xHH, invisible and direction-changing characters (bidi overrides, zero-width, combining
// marks, private use, noncharacters) as \u{HEX}. A NUL is \0.
std::string escape(std::string_view bytes);

// escape() but for backslashes and double quotes: of text that these belong to, such as a filter,
// or a sentence with names in it.
std::string readable(std::string_view text);

// Whether escape() would change nothing.
bool is_plain(std::string_view bytes);

// escape() between double quotes.
std::string quote(std::string_view bytes);

// Strings with a NUL behind each, as in argv, quoted one by one. A last one without NUL ends in
// "…".
std::vector<std::string> quote_each(std::string_view strings);
// The same as one: ["ls", "-l"].
std::string quote_strings(std::string_view strings);

// Columns that escaped text takes on a terminal, or a few more where terminals differ, so that
// text held to a width never exceeds it.
size_t width_of(std::string_view escaped);

// Bytes of the first thing that an eye sees of escaped text: a character or a whole escape.
// The text must not be empty.
size_t piece_length(std::string_view escaped);

// The escaped text, or its start and end with "…" between so that it fits into `width` columns
// (at least 3). Escapes and characters are not split.
std::string elide(std::string_view escaped, size_t width);

}  // namespace tocsin
