// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QVariantMap>
#include <vector>

#include "gui/session/view_state.h"

namespace tocsin::gui {

// What a window showed when it was closed: enough to show it again.
struct SavedView {
    QString trace;   // absolute path
    QString window;  // as --window takes it; empty: the default
    QString filter;
    QString finding;  // fingerprint; empty: none was selected
    TimeRange viewport;
    TimeMode time_mode = TimeMode::kRelative;
    Grouping grouping = Grouping::kByProcess;
    bool operator==(const SavedView&) const = default;
};
SavedView saved_view_of(ViewState& state);

// The options to open it with: a window that is none is the default one.
AnalysisOptions options_of(const SavedView& saved);
// Shows all of it as soon as the session has what it takes. Before the session is started.
void show_again(ViewState& state, const SavedView& saved);

QVariantMap to_map(const SavedView& saved);
SavedView from_map(const QVariantMap& map);

// The session: what was open when the program was left in order; kept in QSettings.
void keep_session(const std::vector<SavedView>& views);
// Gives it once, so that a trace that ends the program is not opened by every start.
std::vector<SavedView> take_session();

}  // namespace tocsin::gui
