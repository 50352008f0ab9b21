// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/markup.h"

#include <algorithm>

#include "analyzer/report/escape.h"

namespace tocsin {
namespace {

bool is_printable_ascii(char c) {
    return c >= ' ' && c <= '~';
}

std::string_view entity_of(char c) {
    switch (c) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&quot;";
        case '\'':
            return "&#39;";
        default:
            return {};
    }
}

}  // namespace

std::string markup(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const size_t others = static_cast<size_t>(
            std::find_if(text.begin(), text.end(), is_printable_ascii) - text.begin());
        out += escape(text.substr(0, others));
        text.remove_prefix(others);
        if (text.empty()) break;
        const std::string_view entity = entity_of(text[0]);
        out += entity.empty() ? text.substr(0, 1) : entity;
        text.remove_prefix(1);
    }
    return out;
}

}  // namespace tocsin
