// SPDX-License-Identifier: Apache-2.0
#include "gui/session/trace_session.h"

#include <gtest/gtest.h>

#include <QSignalSpy>
#include <filesystem>

#include "gui/session/view_state.h"

namespace tocsin::gui {
namespace {

constexpr int kPatienceMs = 20000;

std::string sample(const std::string& name) {
    return std::string(TOCSIN_SOURCE_DIR) + "/samples/" + name + "/recorded.tocsin";
}

struct Loaded {
    explicit Loaded(const std::string& path) : session(path, AnalysisOptions()), state(session) {
        QSignalSpy analyzed(&session, &TraceSession::analyzed);
        QSignalSpy complete(&session, &TraceSession::eventsComplete);
        session.start();
        while ((analyzed.isEmpty() && !analyzed.wait(kPatienceMs)) ||
               (complete.isEmpty() && !complete.wait(kPatienceMs))) {
            ADD_FAILURE() << path << " was not loaded";
            break;
        }
    }
    TraceSession session;
    ViewState state;
};

TEST(TraceSession, LoadsEventsAndFindings) {
    Loaded loaded(sample("access_then_open"));
    EXPECT_FALSE(loaded.session.is_loading());
    EXPECT_GT(loaded.session.events().size(), 0U);
    ASSERT_NE(loaded.session.analysis(), nullptr);
    EXPECT_FALSE(loaded.session.analysis()->findings.empty());
    EXPECT_EQ(loaded.session.progress(), 1.0);
}

TEST(TraceSession, GivesAnEventInFull) {
    Loaded loaded(sample("access_then_open"));
    const EventStore& events = loaded.session.events();
    for (const EventIndex index : {EventIndex{0}, static_cast<EventIndex>(events.size() - 1)}) {
        const auto full = loaded.session.in_full(index);
        ASSERT_TRUE(full.ok()) << full.error().message;
        EXPECT_EQ(full->event->time.ns, events.at(index).time_ns);
        EXPECT_EQ(full->event->sequence, events.at(index).sequence);
    }
}

TEST(TraceSession, SaysWhyAFileIsNoTrace) {
    TraceSession session(std::string(TOCSIN_SOURCE_DIR) + "/README.md", AnalysisOptions());
    QSignalSpy failed(&session, &TraceSession::failed);
    session.start();
    ASSERT_TRUE(failed.wait(kPatienceMs));
    EXPECT_TRUE(failed[0][0].toString().contains(QStringLiteral("README.md")));
    EXPECT_FALSE(session.is_open());
}

TEST(TraceSession, PreparesAnswersAlongTheAxisOfItsWindow) {
    for (const auto& [window, axis] :
         {std::pair("50ms", Axis::kBoth),
          std::pair("check-use=2s,mutation-use=1s", Axis::kCheckUse)}) {
        AnalysisOptions options;
        ASSERT_TRUE(set_windows(options, window).ok());
        TraceSession session(sample("access_then_open"), options);
        QSignalSpy analyzed(&session, &TraceSession::analyzed);
        session.start();
        ASSERT_TRUE(analyzed.wait(kPatienceMs));
        const auto answers = session.take_answers();
        ASSERT_TRUE(answers);
        EXPECT_TRUE(answers->are_of(options, axis));
        EXPECT_FALSE(answers->are_of(options, Axis::kMutationUse));
        const std::chrono::nanoseconds limit = std::chrono::milliseconds(5);
        const PreparedAnswers alone(*session.analysis(), options, axis);
        EXPECT_EQ(answers->window.alive(limit), alone.window.alive(limit));
        EXPECT_EQ(answers->gaps.beyond(limit), alone.gaps.beyond(limit));
        EXPECT_FALSE(session.take_answers()) << "they are whoever took them's";
        AnalysisOptions other = options;
        other.own_limits[0].check_use = limit;
        EXPECT_FALSE(answers->are_of(other, axis));
    }
}

TEST(TraceSession, EndsWhileItLoads) {
    for (int i = 0; i < 20; ++i) {
        TraceSession session(sample("container_mount"), AnalysisOptions());
        session.start();
        QSignalSpy opened(&session, &TraceSession::opened);
        if (i % 2 == 0) opened.wait(kPatienceMs);
    }
}

TEST(ViewState, WindowsGiveWhatAnAnalysisInEachGives) {
    for (const char* name : {"access_then_open", "container_mount", "lstat_open_exchange"}) {
        Loaded loaded(sample(name));
        for (const int64_t ns : {int64_t{0}, int64_t{1000}, int64_t{200000}, int64_t{5000000},
                                 int64_t{1000000000}, INT64_MAX}) {
            loaded.state.set_window(Axis::kBoth, std::chrono::nanoseconds(ns));
            const AnalysisResult alone =
                analyze(loaded.session.reader(), "", loaded.state.options());
            EXPECT_EQ(loaded.state.by_severity(), alone.by_severity) << name << ' ' << ns;
            std::vector<std::string> shown, expected;
            for (const uint32_t index : loaded.state.alive()) {
                const Finding& finding = loaded.session.analysis()->findings[index];
                if (finding.judgement.set_aside_by.empty()) shown.push_back(finding.fingerprint);
            }
            for (const Finding& finding : alone.findings)
                if (finding.judgement.set_aside_by.empty()) expected.push_back(finding.fingerprint);
            EXPECT_EQ(shown, expected) << name << ' ' << ns;
        }
    }
}

TEST(ViewState, KeepsTheViewportInTheTrace) {
    Loaded loaded(sample("access_then_open"));
    const TimeRange whole = loaded.state.whole();
    loaded.state.set_viewport({0, UINT64_MAX});
    EXPECT_EQ(loaded.state.viewport(), whole);
    loaded.state.set_viewport({whole.to, whole.to});
    EXPECT_EQ(loaded.state.viewport().to, whole.to);
    EXPECT_EQ(loaded.state.viewport().length(), ViewState::kShortest);
    loaded.state.jump_to(whole);
    loaded.state.go_back();
    EXPECT_EQ(loaded.state.viewport().length(), ViewState::kShortest);
    loaded.state.go_forward();
    EXPECT_EQ(loaded.state.viewport(), whole);
}

}  // namespace
}  // namespace tocsin::gui
