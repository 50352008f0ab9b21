// SPDX-License-Identifier: Apache-2.0
//
// What a window shows, as the command line that prints the same.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gui/session/view_state.h"

namespace tocsin::gui {

// One word of a POSIX shell's command line, whatever its bytes but NUL, which is left out. What
// would not be read as it is comes as printf's escapes, so that the line says what it does, and
// survives a clipboard that takes text alone.
std::string shell_word(std::string_view bytes);
// The words, with spaces between.
std::string shell_line(const std::vector<std::string>& words);

// "check-use=5ms,mutation-use=unlimited,F1:check-use=1s", as --window takes it; empty: it is the
// default.
std::string window_option(const AnalysisOptions& options);

// `tocsin analyze` with the window and the filter in place.
std::vector<std::string> analyze_words(ViewState& state);
// `tocsin explain` of the selected finding; empty: none is.
std::vector<std::string> explain_words(ViewState& state);
// `tocsin dump` and `tocsin replay` of what is in the viewport, and is taken by the filter where
// it is one of records, or of calls.
std::vector<std::string> dump_words(ViewState& state);
std::vector<std::string> replay_words(ViewState& state);

}  // namespace tocsin::gui
