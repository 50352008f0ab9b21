// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "analyzer/judge/analysis.h"
#include "gui/timeline/theme.h"

namespace tocsin::gui {

// What there is to say of a finding, as rich text for a QTextDocument: claim beside truth in a
// table, the story step by step, why it was flagged and what speaks against it, what is not
// recorded, and where it stands in the trace. In the words of `tocsin explain`; names are escaped.
QString race_card_text(const AnalysisResult& result, const Finding& finding, const Theme& theme);

}  // namespace tocsin::gui
