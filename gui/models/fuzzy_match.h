// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringView>
#include <optional>

namespace tocsin::gui {

// How well the letters of `wanted`, spaces aside, are found in the text, in this order and
// whatever their case: more for those at the begin of words and for neighbours. nullopt: one of
// them is not there. Of an empty one 0. O(wanted × text²) for short texts.
std::optional<int> fuzzy_match(QStringView wanted, QStringView text);

}  // namespace tocsin::gui
