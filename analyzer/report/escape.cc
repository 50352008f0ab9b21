// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

namespace tocsin {
namespace {

struct Range {
    char32_t first, last;
};

bool is_in(const auto& ranges, char32_t c) {
    const auto at =
        std::upper_bound(std::begin(ranges), std::end(ranges), c,
                         [](char32_t x, const Range& range) { return x < range.first; });
    return at != std::begin(ranges) && c <= std::prev(at)->last;
}

// Valid characters that cannot be seen for what they are, in ascending order: format characters
// (Unicode category Cf), line separators, fillers, combining marks, variation selectors,
// surrogates, private use, noncharacters and tags.
constexpr Range kHidden[] = {
    {0x0080, 0x009f},   {0x00ad, 0x00ad},    {0x0300, 0x036f},   {0x0483, 0x0489},
    {0x0591, 0x05bd},   {0x0600, 0x0605},    {0x061c, 0x061c},   {0x06dd, 0x06dd},
    {0x070f, 0x070f},   {0x0890, 0x0891},    {0x08e2, 0x08e2},   {0x115f, 0x1160},
    {0x17b4, 0x17b5},   {0x180b, 0x180f},    {0x1ab0, 0x1aff},   {0x1dc0, 0x1dff},
    {0x200b, 0x200f},   {0x2028, 0x202e},    {0x2060, 0x206f},   {0x20d0, 0x20ff},
    {0x2800, 0x2800},   {0x3164, 0x3164},    {0xd800, 0xf8ff},   {0xfdd0, 0xfdef},
    {0xfe00, 0xfe0f},   {0xfe20, 0xfe2f},    {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
    {0xfff0, 0xfffc},   {0xfffe, 0xffff},    {0x110bd, 0x110bd}, {0x110cd, 0x110cd},
    {0x13430, 0x1345f}, {0x1bca0, 0x1bca3},  {0x1d165, 0x1d169}, {0x1d16d, 0x1d182},
    {0x1fffe, 0x1ffff}, {0x2fffe, 0x2ffff},  {0x3fffe, 0x3ffff}, {0x4fffe, 0x4ffff},
    {0x5fffe, 0x5ffff}, {0x6fffe, 0x6ffff},  {0x7fffe, 0x7ffff}, {0x8fffe, 0x8ffff},
    {0x9fffe, 0x9ffff}, {0xafffe, 0xaffff},  {0xbfffe, 0xbffff}, {0xcfffe, 0xcffff},
    {0xdfffe, 0xdffff}, {0xe0000, 0x10ffff},
};

// Other spaces than U+0020: they look like it.
constexpr Range kSpaces[] = {{0x00a0, 0x00a0}, {0x1680, 0x1680}, {0x2000, 0x200a},
                             {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}};

// Two columns wide, or in some terminals.
constexpr Range kWide[] = {
    {0x1100, 0x115f},   {0x231a, 0x23ff},   {0x25a0, 0x2712},   {0x2714, 0x2716},
    {0x2718, 0x27bf},   {0x2b00, 0x2bff},   {0x2e80, 0xa4cf},   {0xa960, 0xa97f},
    {0xac00, 0xd7ff},   {0xf900, 0xfaff},   {0xfe10, 0xfe6f},   {0xff00, 0xff60},
    {0xffe0, 0xffe6},   {0x16fe0, 0x18dff}, {0x1aff0, 0x1b2ff}, {0x1f000, 0x1faff},
    {0x20000, 0x3ffff},
};

struct Decoded {
    char32_t character = 0;
    size_t bytes = 0;  // 0: the first byte begins no valid UTF-8
};

bool is_continuation(char byte) {
    return (static_cast<uint8_t>(byte) & 0xc0U) == 0x80U;
}

// One character from the front of what is not empty. Overlong forms, surrogates and values above
// U+10FFFF are invalid.
Decoded decode(std::string_view bytes) {
    const auto first = static_cast<uint8_t>(bytes[0]);
    if (first < 0x80) return {first, 1};
    const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || bytes.size() < length) return {};
    char32_t character = first & (0x7fU >> length);
    for (size_t i = 1; i < length; ++i) {
        if (!is_continuation(bytes[i])) return {};
        character = character << 6U | (static_cast<uint8_t>(bytes[i]) & 0x3fU);
    }
    static constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
    if (character < kLeast[length] || character > 0x10ffff ||
        (character >= 0xd800 && character <= 0xdfff))
        return {};
    return {character, length};
}

// Appends the escape of an ASCII character that needs one; says whether it did.
bool append_ascii_escape(std::string& out, char32_t c) {
    switch (c) {
        case '\0':
            out += "\\0";
            return true;
        case '\n':
            out += "\\n";
            return true;
        case '\t':
            out += "\\t";
            return true;
        case '\r':
            out += "\\r";
            return true;
        case '\\':
            out += "\\\\";
            return true;
        case '"':
            out += "\\\"";
            return true;
        default:
            break;
    }
    if (c >= 0x20 && c != 0x7f) return false;
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<uint32_t>(c));
    return true;
}

std::string escaped(std::string_view bytes, bool marks_too) {
    std::string out;
    out.reserve(bytes.size());
    while (!bytes.empty()) {
        const auto [character, length] = decode(bytes);
        const bool is_mark = character == '\\' || character == '"';
        if (length == 0) {
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<uint8_t>(bytes[0]));
        } else if (length > 1 && (is_in(kHidden, character) || is_in(kSpaces, character))) {
            fmt::format_to(std::back_inserter(out), "\\u{{{:x}}}",
                           static_cast<uint32_t>(character));
        } else if (length > 1 || (is_mark && !marks_too) || !append_ascii_escape(out, character)) {
            out += bytes.substr(0, length);
        }
        bytes.remove_prefix(std::max<size_t>(length, 1));
    }
    return out;
}

size_t piece_width(std::string_view piece) {
    const Decoded decoded = decode(piece);
    if (decoded.bytes == 0 || decoded.bytes != piece.size()) return piece.size();
    return is_in(kWide, decoded.character) ? 2 : 1;
}

}  // namespace

size_t piece_length(std::string_view text) {
    if (text[0] != '\\' || text.size() < 2) return std::max<size_t>(decode(text).bytes, 1);
    if (text[1] == 'x') return std::min<size_t>(4, text.size());
    if (text[1] == 'u') return std::min(text.find('}'), text.size() - 1) + 1;
    return 2;
}

std::string escape(std::string_view bytes) {
    return escaped(bytes, true);
}

std::string readable(std::string_view text) {
    return escaped(text, false);
}

bool is_plain(std::string_view bytes) {
    return escape(bytes) == bytes;
}

std::string quote(std::string_view bytes) {
    return '"' + escape(bytes) + '"';
}

std::vector<std::string> quote_each(std::string_view strings) {
    std::vector<std::string> quoted;
    while (!strings.empty()) {
        const size_t end = strings.find('\0');
        quoted.push_back(quote(strings.substr(0, end)));
        if (end == std::string_view::npos) {
            quoted.back() += "…";
            break;
        }
        strings.remove_prefix(end + 1);
    }
    return quoted;
}

std::string quote_strings(std::string_view strings) {
    std::string out = "[";
    for (const std::string& string : quote_each(strings))
        out += (out.size() > 1 ? ", " : "") + string;
    return out + "]";
}

size_t width_of(std::string_view escaped) {
    size_t width = 0;
    while (!escaped.empty()) {
        const size_t length = piece_length(escaped);
        width += piece_width(escaped.substr(0, length));
        escaped.remove_prefix(length);
    }
    return width;
}

std::string elide(std::string_view escaped, size_t width) {
    if (width_of(escaped) <= width) return std::string(escaped);
    std::vector<std::string_view> pieces;
    for (std::string_view rest = escaped; !rest.empty(); rest.remove_prefix(pieces.back().size()))
        pieces.push_back(rest.substr(0, piece_length(rest)));
    const size_t room = width > 1 ? width - 1 : 0;
    size_t front = 0, front_width = 0;
    while (front < pieces.size() && front_width + piece_width(pieces[front]) <= room / 2)
        front_width += piece_width(pieces[front++]);
    size_t back = pieces.size(), back_width = 0;
    while (back > front && front_width + back_width + piece_width(pieces[back - 1]) <= room)
        back_width += piece_width(pieces[--back]);
    std::string out;
    for (size_t i = 0; i < front; ++i) out += pieces[i];
    out += "…";
    for (size_t i = back; i < pieces.size(); ++i) out += pieces[i];
    return out;
}

}  // namespace tocsin
