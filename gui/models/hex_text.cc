// SPDX-License-Identifier: Apache-2.0
#include "gui/models/hex_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace tocsin::gui {

QString hex_text(const QByteArray& bytes, qsizetype most) {
    constexpr qsizetype kOfALine = 16;
    const qsizetype shown = std::min(bytes.size(), most);
    std::string text;
    for (qsizetype from = 0; from < shown; from += kOfALine) {
        text += fmt::format("{:08x} ", from);
        std::string characters;
        for (qsizetype at = from; at < from + kOfALine; ++at) {
            if (at == from + kOfALine / 2) text += ' ';
            if (at >= shown) {
                text += "   ";
                continue;
            }
            const auto byte = static_cast<unsigned char>(bytes[at]);
            text += fmt::format(" {:02x}", byte);
            characters += byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '.';
        }
        text += "  " + characters + '\n';
    }
    if (shown < bytes.size()) text += fmt::format("and {} bytes more\n", bytes.size() - shown);
    return QString::fromStdString(text);
}

}  // namespace tocsin::gui
