// SPDX-License-Identifier: Apache-2.0
#include "gui/models/fuzzy_match.h"

#include <algorithm>
#include <climits>
#include <vector>

namespace tocsin::gui {
namespace {

constexpr int kNone = INT_MIN / 2;
constexpr int kBeginOfWord = 8, kNeighbour = 6, kLetter = 1, kMostGap = 5;

int worth_of_place(QStringView text, qsizetype at) {
    const bool begins = at == 0 || !text[at - 1].isLetterOrNumber();
    return kLetter + (begins ? kBeginOfWord : 0);
}

}  // namespace

std::optional<int> fuzzy_match(QStringView wanted, QStringView text) {
    QString letters = wanted.toString().toCaseFolded();
    letters.remove(QLatin1Char(' '));
    if (letters.isEmpty()) return 0;
    const QString folded = text.toString().toCaseFolded();
    // The best score of the letters so far, with the last of them at this place.
    std::vector<int> best;
    for (qsizetype letter = 0; letter < letters.size(); ++letter) {
        std::vector<int> next(static_cast<size_t>(folded.size()), kNone);
        for (qsizetype at = 0; at < folded.size(); ++at) {
            if (folded[at] != letters[letter]) continue;
            const int worth = worth_of_place(folded, at);
            int& score = next[static_cast<size_t>(at)];
            if (letter == 0) {
                score = worth - static_cast<int>(std::min<qsizetype>(at, kMostGap));
                continue;
            }
            for (qsizetype before = 0; before < at; ++before) {
                const int so_far = best[static_cast<size_t>(before)];
                if (so_far == kNone) continue;
                const qsizetype gap = at - before - 1;
                const int step =
                    gap == 0 ? kNeighbour : -static_cast<int>(std::min<qsizetype>(gap, kMostGap));
                score = std::max(score, so_far + worth + step);
            }
        }
        best = std::move(next);
    }
    const int score = best.empty() ? kNone : *std::max_element(best.begin(), best.end());
    return score == kNone ? std::nullopt : std::optional<int>(score);
}

}  // namespace tocsin::gui
