// SPDX-License-Identifier: Apache-2.0
#include "gui/models/line_breaks.h"

#include <QStringView>

namespace tocsin::gui {
namespace {

constexpr QChar kBreak(0x200b), kNoBreak(0x2060);
constexpr qsizetype kLongWord = 14;

bool is_within_word(QChar c) {
    return !c.isSpace() && !QStringLiteral("/(,|").contains(c);
}

// Of what begins here.
qsizetype end_of_word(const QString& text, qsizetype at) {
    while (at < text.size() && is_within_word(text[at])) ++at;
    return at;
}

bool begins_path(const QString& text, qsizetype slash) {
    return slash == 0 || QStringLiteral(" \"'(=:[").contains(text[slash - 1]);
}

}  // namespace

QString with_breaks(const QString& escaped) {
    QString text;
    qsizetype word_end = 0;
    bool is_long = false;
    for (qsizetype i = 0; i < escaped.size(); ++i) {
        const QChar c = escaped[i];
        text += c;
        if (i + 1 == escaped.size()) break;
        if (c == QLatin1Char('/')) {
            text += begins_path(escaped, i)              ? QString(kNoBreak)
                    : escaped[i + 1] == QLatin1Char('/') ? QString()
                                                         : QString(kBreak);
            continue;
        }
        if (c == QLatin1Char('(')) text += kBreak;
        if (!is_within_word(c)) continue;
        if (i >= word_end) {
            word_end = end_of_word(escaped, i);
            is_long = word_end - i > kLongWord;
        }
        if (is_long && i + 1 < word_end && QStringLiteral("_.-").contains(c)) text += kBreak;
    }
    return text;
}

QString without_breaks(QString text) {
    return text.remove(kBreak).remove(kNoBreak);
}

}  // namespace tocsin::gui
