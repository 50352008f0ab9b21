// SPDX-License-Identifier: Apache-2.0
//
// The views of events, of the machine at the playhead and of the case, as they are used.
#include <gtest/gtest.h>

#include <QClipboard>
#include <QGuiApplication>
#include <QLineEdit>
#include <QSettings>
#include <QSignalSpy>
#include <QTest>

#include "gui/views/event_details_view.h"
#include "gui/views/event_list_view.h"
#include "gui/views/filter_line.h"
#include "gui/views/notes_view.h"
#include "gui/views/replay_bar.h"
#include "gui/views/world_view.h"
#include "tests/gui/trace_files.h"

namespace tocsin::gui {
namespace {

using test::LoadedTrace;
using test::sample;
using test::wait_until;

TEST(EventListView, FollowsTheSelectedEventBothWays) {
    LoadedTrace loaded(sample("access_then_open"));
    EventListView view(loaded.state);
    view.resize(900, 300);
    view.show();
    const auto last = static_cast<EventIndex>(loaded.session.events().size() - 1);
    loaded.state.select_event(last);
    EXPECT_EQ(view.rows().currentIndex().row(), static_cast<int>(last));
    EXPECT_TRUE(view.rows().viewport()->rect().contains(
        view.rows().visualRect(view.rows().currentIndex()).center()));
    QTest::keyClick(&view.rows(), Qt::Key_Home);
    EXPECT_EQ(loaded.state.event(), EventIndex{0});
    QTest::keyClick(&view.rows(), Qt::Key_PageDown);
    EXPECT_EQ(loaded.state.event(), static_cast<EventIndex>(view.rows().rows_in_view()));
    // The snapshot's events are from before the playhead's beginning.
    EXPECT_EQ(loaded.state.playhead_ns(),
              std::max(loaded.session.first().ns,
                       loaded.session.events().time_ns(*loaded.state.event())));
    const QPoint third =
        view.rows().visualRect(view.model().index(view.rows().first_row() + 2, 0)).center();
    QTest::mouseClick(view.rows().viewport(), Qt::LeftButton, {}, third);
    EXPECT_EQ(loaded.state.event(), static_cast<EventIndex>(view.rows().first_row() + 2));
}

TEST(EventListView, FollowsThePlayhead) {
    LoadedTrace loaded(sample("access_then_open"));
    EventListView view(loaded.state);
    view.resize(900, 200);
    view.show();
    loaded.state.set_playhead(loaded.session.last().ns);
    const int row = view.model().row_at(loaded.session.last().ns);
    EXPECT_GT(row, view.rows().rows_in_view());
    EXPECT_LE(view.rows().first_row(), row);
    EXPECT_GE(view.rows().first_row() + view.rows().rows_in_view(), row);
}

TEST(EventListView, FindsByTheKeyboardAndCopies) {
    LoadedTrace loaded(sample("access_then_open"));
    EventListView view(loaded.state);
    view.resize(900, 300);
    view.show();
    view.open_find();
    auto* text = view.findChild<QLineEdit*>();
    ASSERT_NE(text, nullptr);
    QTest::keyClicks(text, QStringLiteral("openat"));
    QTest::keyClick(text, Qt::Key_Return);
    ASSERT_TRUE(wait_until([&] { return loaded.state.event().has_value(); }));
    const EventIndex first = *loaded.state.event();
    EXPECT_TRUE(view.model()
                    .index(static_cast<int>(first), EventListModel::kWhat)
                    .data()
                    .toString()
                    .contains(u"openat"));
    QTest::keyClick(text, Qt::Key_Return);
    ASSERT_TRUE(wait_until([&] { return loaded.state.event() != first; }));
    QTest::keyClick(text, Qt::Key_Return, Qt::ShiftModifier);
    ASSERT_TRUE(wait_until([&] { return loaded.state.event() == first; }));
    view.copy_as_text();
    EXPECT_TRUE(QGuiApplication::clipboard()->text().startsWith(u"tocsin-text 1"));
    view.copy_as_json();
    EXPECT_TRUE(QGuiApplication::clipboard()->text().startsWith(u"["));
}

TEST(FilterLine, TakesWhatIsTypedAndSaysWhatIsWrong) {
    QSettings().clear();
    LoadedTrace loaded(sample("access_then_open"));
    FilterLine line(loaded.state);
    line.show();
    auto* edit = line.findChild<QLineEdit*>();
    QTest::keyClicks(edit, QStringLiteral("rule == F1"));
    QTest::keyClick(edit, Qt::Key_Return);
    EXPECT_EQ(loaded.state.filter().text(), QStringLiteral("rule == F1"));
    EXPECT_TRUE(line.counts().contains(u"of findings only")) << line.counts().toStdString();
    QTest::keyClicks(edit, QStringLiteral(" && nonsense == 3"));
    QTest::keyClick(edit, Qt::Key_Return);
    EXPECT_TRUE(line.error().contains(u"nonsense")) << line.error().toStdString();
    EXPECT_EQ(loaded.state.filter().text(), QStringLiteral("rule == F1"));
    QTest::keyClick(edit, Qt::Key_Escape);
    if (!line.text().isEmpty()) QTest::keyClick(edit, Qt::Key_Escape);
    EXPECT_TRUE(loaded.state.filter().text().isEmpty());
    EXPECT_TRUE(line.error().isEmpty());
}

TEST(FilterLine, RemembersWhatWasUsed) {
    QSettings().clear();
    LoadedTrace loaded(sample("access_then_open"));
    const auto use = [&](const QString& filter) {
        FilterLine line(loaded.state);
        auto* edit = line.findChild<QLineEdit*>();
        edit->setText(filter);
        QTest::keyClick(edit, Qt::Key_Return);
    };
    use(QStringLiteral("call == openat"));
    use(QStringLiteral("call == access"));
    FilterLine line(loaded.state);
    line.clear();
    auto* edit = line.findChild<QLineEdit*>();
    QTest::keyClick(edit, Qt::Key_Up);
    EXPECT_EQ(line.text(), QStringLiteral("call == access"));
    QTest::keyClick(edit, Qt::Key_Up);
    EXPECT_EQ(line.text(), QStringLiteral("call == openat"));
    QTest::keyClick(edit, Qt::Key_Down);
    QTest::keyClick(edit, Qt::Key_Down);
    EXPECT_EQ(line.text(), QString());
}

TEST(FilterLine, CountsWhatTheFilterLeaves) {
    LoadedTrace loaded(sample("access_then_open"));
    FilterLine line(loaded.state);
    const QLocale locale;
    const QString all = locale.toString(loaded.session.events().size());
    EXPECT_TRUE(line.counts().startsWith(all + QStringLiteral(" events")));
    line.set_text(QStringLiteral("call == openat"));
    ASSERT_TRUE(wait_until([&] { return !loaded.state.filter().is_searching(); }));
    EXPECT_TRUE(line.counts().startsWith(locale.toString(loaded.state.filter().events()->size()) +
                                         QStringLiteral(" of ") + all));
}

TEST(ReplayBar, StepsFromEventToEvent) {
    LoadedTrace loaded(sample("access_then_open"));
    ReplayBar bar(loaded.state);
    const EventStore& events = loaded.session.events();
    bar.to_end();
    EXPECT_EQ(loaded.state.playhead_ns(), loaded.session.last().ns);
    bar.to_start();
    bar.step_forward();
    ASSERT_TRUE(loaded.state.event().has_value());
    const EventIndex first = *loaded.state.event();
    EXPECT_EQ(events.time_ns(first), loaded.session.first().ns);
    for (EventIndex i = 1; i < 50; ++i) {
        bar.step_forward();
        EXPECT_EQ(loaded.state.event(), first + i);
        EXPECT_EQ(loaded.state.playhead_ns(), events.time_ns(first + i));
    }
    bar.step_back();
    EXPECT_EQ(loaded.state.event(), first + 48);
}

TEST(ReplayBar, StepsOverWhatTheFilterHides) {
    LoadedTrace loaded(sample("access_then_open"));
    ASSERT_TRUE(loaded.state.filter().set(QStringLiteral("call == openat")).ok());
    ASSERT_TRUE(wait_until([&] { return !loaded.state.filter().is_searching(); }));
    ReplayBar bar(loaded.state);
    bar.to_start();
    for (const EventIndex event : *loaded.state.filter().events()) {
        bar.step_forward();
        EXPECT_EQ(loaded.state.event(), event);
    }
    bar.step_forward();
    EXPECT_EQ(loaded.state.event(), loaded.state.filter().events()->back());
}

TEST(ReplayBar, PlaysToTheEndAndTakesTheViewAlong) {
    LoadedTrace loaded(sample("access_then_open"));
    ReplayBar bar(loaded.state);
    const uint64_t first = loaded.session.first().ns, last = loaded.session.last().ns;
    loaded.state.set_viewport({first, first + (last - first) / 10});
    bar.set_speed(static_cast<double>(last - first) / 2e8);
    uint64_t before = 0;
    bool only_forward = true;
    const QObject here;
    QObject::connect(&loaded.state, &ViewState::playheadMoved, &here, [&] {
        only_forward = only_forward && loaded.state.playhead_ns() >= before;
        before = loaded.state.playhead_ns();
    });
    bar.toggle();
    EXPECT_TRUE(bar.is_playing());
    ASSERT_TRUE(wait_until([&] { return !bar.is_playing(); }));
    EXPECT_TRUE(only_forward);
    EXPECT_EQ(loaded.state.playhead_ns(), last);
    EXPECT_TRUE(loaded.state.viewport().contains(last));
}

TEST(WorldView, ShowsTheSelectedEventsProcess) {
    LoadedTrace loaded(sample("access_then_open"));
    WorldView view(loaded.state);
    view.resize(800, 500);
    view.show();
    const auto middle = static_cast<EventIndex>(loaded.session.events().size() / 2);
    loaded.state.set_playhead(loaded.session.events().time_ns(middle));
    loaded.state.select_event(middle);
    ASSERT_TRUE(wait_until([&] {
        const WorldSnapshot* snapshot = view.world().snapshot();
        return !view.world().is_behind() && snapshot != nullptr &&
               snapshot->ns == loaded.state.playhead_ns();
    }));
    const EventLine line = loaded.session.events().at(middle);
    ASSERT_TRUE(view.world().snapshot()->selected.has_value());
    EXPECT_EQ(view.world().snapshot()->selected->process.id.tgid,
              loaded.session.events().threads()[line.thread].id.tgid);
}

TEST(NotesView, KeepsVerdictNoteAndMarks) {
    LoadedTrace loaded(sample("access_then_open"));
    NotesView view(loaded.state);
    view.resize(400, 600);
    view.show();
    loaded.state.select_finding(0);
    view.set_verdict(Verdict::kConfirmed);
    const std::string fingerprint = loaded.session.analysis()->findings[0].fingerprint;
    EXPECT_EQ(loaded.state.case_file().verdict(fingerprint), Verdict::kConfirmed);
    loaded.state.set_playhead(loaded.session.first().ns + 5000);
    view.add_mark();
    loaded.state.set_range(TimeRange{loaded.session.first().ns, loaded.session.first().ns + 9000});
    view.add_note();
    ASSERT_EQ(loaded.state.case_file().marks().size(), 2U);
    EXPECT_EQ(view.marks().mark_of(0).range, *loaded.state.range());
    EXPECT_EQ(view.marks().mark_of(1).range.from, loaded.session.first().ns + 5000);
}

TEST(EventDetailsView, GoesFromRecordToRecordOfACall) {
    LoadedTrace loaded(sample("access_then_open"));
    EventDetailsView view(loaded.state);
    view.resize(500, 700);
    view.show();
    for (EventIndex event = 0; event < loaded.session.events().size(); ++event)
        loaded.state.select_event(event);
    loaded.state.select_event(std::nullopt);
}

// The longest time between two turns of the event loop: by the clock, and what this thread itself
// was busy for, which is what is held to a limit, as other programs may take the processor.
class Heartbeat : public QObject {
  public:
    Heartbeat() {
        timer_.setInterval(0);
        connect(&timer_, &QTimer::timeout, this, [this] { beat(); });
        timer_.start();
        begin();
    }
    void begin() {
        wall_.start();
        busy_from_ms_ = busy_ms();
        longest_ms_ = longest_busy_ms_ = 0;
    }
    double longest_ms() const { return longest_ms_; }
    double longest_busy_ms() const { return longest_busy_ms_; }

  private:
    static double busy_ms() {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
    }
    void beat() {
        longest_ms_ = std::max(longest_ms_, static_cast<double>(wall_.nsecsElapsed()) / 1e6);
        longest_busy_ms_ = std::max(longest_busy_ms_, busy_ms() - busy_from_ms_);
        wall_.start();
        busy_from_ms_ = busy_ms();
    }
    QTimer timer_;
    QElapsedTimer wall_;
    double busy_from_ms_ = 0, longest_ms_ = 0, longest_busy_ms_ = 0;
};

constexpr double kLongestMs = 50;

TEST(Heartbeat, GoesOnWhileAMillionEventsAreFilteredAndSearched) {
    LoadedTrace loaded(test::trace_file_of_calls(450'000));
    ASSERT_GT(loaded.session.events().size(), 1'000'000U);
    EventListView view(loaded.state);
    FilterLine line(loaded.state);
    view.resize(1000, 400);
    view.show();
    line.show();
    Heartbeat heart;
    const auto beats = [&](const char* what, const auto& condition) {
        const bool came = wait_until(condition);
        std::printf("%-28s longest gap %6.1f ms, busy %6.1f ms\n", what, heart.longest_ms(),
                    heart.longest_busy_ms());
        EXPECT_TRUE(came) << what;
        EXPECT_LT(heart.longest_busy_ms(), kLongestMs) << what;
        heart.begin();
    };
    const auto is_found = [&] { return !loaded.state.filter().is_searching(); };
    wait_until([] { return true; });
    heart.begin();
    line.set_text(QStringLiteral("call == openat"));
    beats("filter, most events", is_found);
    EXPECT_GE(view.model().rowCount(), 900'000);
    line.set_text(QStringLiteral("time > 1s && proc.comm == worker-two"));
    beats("filter, some events", is_found);
    line.set_text(QStringLiteral("proc.exe contains nothing"));
    beats("filter, follows programs", is_found);
    line.clear();
    beats("filter cleared", is_found);
    EventFinder finder(loaded.state, view.model());
    bool is_over = false;
    QObject::connect(&finder, &EventFinder::notFound, &heart, [&] { is_over = true; });
    finder.find(QStringLiteral("there is no such name"), 0, FindDirection::kForward);
    beats("find, to the end", [&] { return is_over; });
    for (int i = 1; i <= 20; ++i)
        view.rows().verticalScrollBar()->setValue(view.model().rowCount() / 20 * i);
    beats("scrolled", [&] {
        return view.model()
                   .index(view.rows().first_row(), EventListModel::kOperands)
                   .data()
                   .toString() != QStringLiteral("…");
    });
}

}  // namespace
}  // namespace tocsin::gui
