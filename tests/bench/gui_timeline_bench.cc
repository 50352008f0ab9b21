// SPDX-License-Identifier: Apache-2.0
//
// gui-timeline-bench [--without-findings] TRACE: what it takes to see a trace in the timeline.
// README.md says how to read it.
#include <fmt/format.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QImage>
#include <QPainter>
#include <QTimer>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "gui/views/overview_strip.h"
#include "gui/views/timeline_view.h"
#include "tests/bench/measurement.h"

namespace tocsin::bench {
namespace {

using namespace tocsin::gui;

constexpr int kFrames = 600;
const QSize kSize(1600, 800);
constexpr int kBeatMs = 2;  // how often the interface's thread is asked whether it lives

double cpu_ms() {
    return bench::thread_cpu_seconds() * 1e3;
}

double ms_of(const QElapsedTimer& timer) {
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

struct Loading {
    double overview_ms = 0, events_ms = 0, analyzed_ms = 0;
    // Of the interface's thread: by the clock, and what it computed from one beat to the next.
    double longest_pause_ms = 0, longest_computing_ms = 0;
};

enum class Findings : uint8_t { kAwaited, kCancelled };

Loading load(TraceSession& session, OverviewStrip& overview, TimelineView& timeline,
             Findings findings) {
    Loading loading;
    QElapsedTimer since_start, since_beat;
    QObject::connect(&session, &TraceSession::failed, [](const QString& why) {
        fmt::print(stderr, "gui-timeline-bench: {}\n", why.toStdString());
        std::exit(2);
    });
    QObject::connect(&session, &TraceSession::opened, &overview, [&] {
        overview.grab();
        loading.overview_ms = ms_of(since_start);
    });
    QObject::connect(&session, &TraceSession::eventsComplete, &overview, [&] {
        loading.events_ms = ms_of(since_start);
        if (findings == Findings::kCancelled) session.cancel();
    });
    QTimer beat, frame;
    double cpu_of_beat = cpu_ms();
    QObject::connect(&beat, &QTimer::timeout, [&] {
        loading.longest_pause_ms = std::max(loading.longest_pause_ms, ms_of(since_beat));
        since_beat.start();
        const double now = cpu_ms();
        loading.longest_computing_ms = std::max(loading.longest_computing_ms, now - cpu_of_beat);
        cpu_of_beat = now;
    });
    // As a window would, while it loads.
    QImage image(kSize, QImage::Format_RGB32);
    QObject::connect(&frame, &QTimer::timeout, [&] {
        if (!session.is_open()) return;
        QPainter painter(&image);
        timeline.draw(painter, kSize);
        overview.grab();
    });
    QObject::connect(&session, &TraceSession::progressed, [&] {
        if (!session.is_loading()) QApplication::quit();
    });
    since_start.start();
    since_beat.start();
    beat.start(kBeatMs);
    frame.start(100);
    session.start();
    QApplication::exec();
    loading.analyzed_ms = ms_of(since_start);
    return loading;
}

// In and out of places all over the trace, and along it, at every scale.
std::vector<double> frames(ViewState& state, TimelineView& timeline) {
    QImage image(kSize, QImage::Format_RGB32);
    std::vector<double> spent;
    const TimeRange whole = state.whole();
    const auto length = static_cast<double>(whole.length());
    for (int frame = 0; frame < kFrames; ++frame) {
        const double phase = static_cast<double>(frame) / kFrames;
        const double depth = 0.5 - 0.5 * std::cos(phase * 10 * 3.14159265);  // 0: the whole
        const double shown = length * std::pow(1e-6, depth);
        const double from = (length - shown) * phase;
        const double before = cpu_ms();
        state.set_viewport({whole.from + static_cast<uint64_t>(from),
                            whole.from + static_cast<uint64_t>(from + shown)});
        QPainter painter(&image);
        timeline.draw(painter, kSize);
        painter.end();
        spent.push_back(cpu_ms() - before);
        QApplication::processEvents();
    }
    return spent;
}

void print_frames(const char* name, std::vector<double> spent) {
    std::sort(spent.begin(), spent.end());
    fmt::print(
        "{}: median {:.2f} ms, 99th percentile {:.2f} ms, slowest {:.2f} ms of CPU a frame\n", name,
        spent[spent.size() / 2], spent[spent.size() * 99 / 100], spent.back());
}

int run(const std::string& path, Findings findings) {
    TraceSession session(path, AnalysisOptions());
    ViewState state(session);
    OverviewStrip overview(state);
    TimelineView timeline(state);
    overview.resize(kSize.width(), 64);
    timeline.resize(kSize);
    const Loading loading = load(session, overview, timeline, findings);
    const EventStore& events = session.events();
    if (events.empty()) {
        fmt::print(stderr, "gui-timeline-bench: {} holds no events\n", path);
        return 2;
    }
    fmt::print("{} events, {} threads, {} files, {} findings\n", events.size(),
               events.threads().size(), events.files().size(),
               session.analysis() != nullptr ? session.analysis()->findings.size() : 0);
    fmt::print("overview {:.0f} ms, events {:.0f} ms, findings {:.0f} ms after the start\n",
               loading.overview_ms, loading.events_ms, loading.analyzed_ms);
    fmt::print("longest pause of the interface while loading {:.0f} ms, {:.0f} ms of CPU\n",
               loading.longest_pause_ms, loading.longest_computing_ms);
    fmt::print("{:.1f} bytes an event\n",
               static_cast<double>(events.bytes()) / static_cast<double>(events.size()));
    print_frames("by process, rows in view", frames(state, timeline));
    timeline.set_empty_rows(EmptyRows::kShown);
    print_frames("by process, all rows", frames(state, timeline));
    state.set_grouping(Grouping::kByFile);
    print_frames("by file, all rows", frames(state, timeline));
    return 0;
}

}  // namespace
}  // namespace tocsin::bench

int main(int argc, char** argv) {
    const bool without = argc == 3 && std::string_view(argv[1]) == "--without-findings";
    if (argc != 2 && !without) {
        fmt::print(stderr, "usage: gui-timeline-bench [--without-findings] TRACE\n");
        return 2;
    }
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication application(argc, argv);
    return tocsin::bench::run(argv[argc - 1], without ? tocsin::bench::Findings::kCancelled
                                                      : tocsin::bench::Findings::kAwaited);
}
