// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <QSignalSpy>
#include <string>

#include "gui/session/view_state.h"

namespace tocsin::gui {

inline std::string sample_trace(const std::string& name) {
    return std::string(TOCSIN_SOURCE_DIR) + "/samples/" + name + "/recorded.tocsin";
}

// A trace, loaded to its end.
struct LoadedTrace {
    static constexpr int kPatienceMs = 20000;

    explicit LoadedTrace(const std::string& path, const AnalysisOptions& options = {})
        : session(path, options), state(session) {
        QSignalSpy analyzed(&session, &TraceSession::analyzed);
        QSignalSpy complete(&session, &TraceSession::eventsComplete);
        session.start();
        while ((analyzed.isEmpty() && !analyzed.wait(kPatienceMs)) ||
               (complete.isEmpty() && !complete.wait(kPatienceMs))) {
            ADD_FAILURE() << path << " was not loaded";
            break;
        }
    }
    const AnalysisResult& result() const { return *session.analysis(); }

    TraceSession session;
    ViewState state;
};

}  // namespace tocsin::gui
