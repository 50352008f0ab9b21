// SPDX-License-Identifier: Apache-2.0
//
// How the number of findings depends on the window: what shows that no window was picked to suit.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/judge/analysis.h"
#include "analyzer/report/json_values.h"
#include "analyzer/report/text_page.h"

namespace tocsin {

// Findings of each class, in an analysis's window with its limits on the axis moved to each row's.
// The row of the window itself counts what the analysis found in it.
struct SensitivityTable {
    struct Row {
        SweepRow window;
        std::vector<uint64_t> counts;  // by column
    };
    Axis axis = Axis::kBoth;
    CorrelationWindow window;
    std::string own_limits;  // see own_limits_text()
    std::vector<Rule> columns;
    std::vector<Row> rows;
    bool depends_on_window = false;  // some count changes somewhere on the axis, shown or not
};

// The columns are the classes of which there is any candidate, in whatever window; without one,
// the classes that were looked for. Only what no rule set aside is counted.
SensitivityTable sensitivity_of(const AnalysisResult& result, Axis axis);

// The axes on which the window has a place: one that moves both limits where they are equal, else
// one for each.
std::vector<Axis> axes_of(const CorrelationWindow& window);
// sensitivity_of() each of them.
std::vector<SensitivityTable> sensitivities_of(const AnalysisResult& result);

// "Findings by class, by check-use, with mutation-use unlimited:".
std::string moves_text(const SensitivityTable& table);
std::string_view word_of(RowMark mark);  // "half"; of none empty
// The table under a line that says what it moves. A wide one goes on below itself.
void add_sensitivity(TextPage& page, const SensitivityTable& table);
Json json_sensitivity(const SensitivityTable& table);

}  // namespace tocsin
