// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analyzer/judge/analysis_options.h"
#include "formats/result.h"

namespace tocsin::gui {

// What the command line of `tocsin-gui` says.
struct StartOptions {
    std::vector<std::string> traces;
    AnalysisOptions analysis;
    std::string where;
    // Set where there is nothing to show in a window: --help and --version.
    std::string print;
};
// Errors: a word that is no option, a window or a filter that is none.
Result<StartOptions> parse_command_line(int argc, char** argv);

// Why no window can be shown in this environment, with the next step; empty: it may be possible.
std::string why_no_display();
// Why Qt found no way to show one, in the same words.
std::string no_display_text(const std::string& reason);

}  // namespace tocsin::gui
