// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/markup.h"

#include "analyzer/report/escape.h"

namespace tocsin {
namespace {

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
    for (const char c : readable(text)) {
        const std::string_view entity = entity_of(c);
        if (entity.empty())
            out += c;
        else
            out += entity;
    }
    return out;
}

}  // namespace tocsin
