// SPDX-License-Identifier: Apache-2.0
//
// Traces for tests of what draws them: samples, loaded, and text traces as stores of events.
#pragma once

#include <gtest/gtest.h>

#include <QSignalSpy>
#include <algorithm>
#include <string>

#include "analyzer/replay/event_order.h"
#include "gui/session/view_state.h"
#include "gui/timeline/event_store.h"
#include "tests/unit/analyzer/analysis_fixture.h"

namespace tocsin::gui::test {

inline EventStore store_of(const TraceReader& trace) {
    EventStore store;
    EventBlockBuilder builder([&](EventBlock block) { store.append(std::move(block)); });
    EventOrder order(trace);
    while (const auto item = order.next())
        if (const auto* event = std::get_if<const Event*>(&*item)) builder.add(**event);
    builder.finish();
    return store;
}

inline std::string sample_path(const std::string& name) {
    return std::string(TOCSIN_SOURCE_DIR) + "/samples/" + name + "/recorded.tocsin";
}

// A sample, its events and its findings loaded, the gravest one selected.
struct LoadedSample {
    explicit LoadedSample(const std::string& name)
        : session(sample_path(name), AnalysisOptions()), state(session) {
        constexpr int kPatienceMs = 20000;
        QSignalSpy marked(&state, &ViewState::marksChanged);
        session.start();
        if (!marked.wait(kPatienceMs)) {
            ADD_FAILURE() << name << " was not loaded";
            return;
        }
        size_t gravest = 0;
        const auto& findings = session.analysis()->findings;
        for (size_t i = 1; i < findings.size(); ++i)
            if (findings[i].judgement.severity_score > findings[gravest].judgement.severity_score)
                gravest = i;
        if (!findings.empty()) state.select_finding(gravest);
        state.fit_finding();
    }
    TraceSession session;
    ViewState state;
};

}  // namespace tocsin::gui::test
