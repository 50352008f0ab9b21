// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/timeline_renderer.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QBuffer>
#include <QImage>
#include <QRegularExpression>
#include <QSvgGenerator>

#include "gui/timeline/density.h"
#include "gui/timeline/event_text.h"
#include "gui/timeline/finding_painter.h"
#include "gui/timeline/overview_renderer.h"
#include "gui/timeline/range_statistics.h"
#include "tests/gui/timeline_fixture.h"

namespace tocsin::gui {
namespace {

const QSize kSize(1200, 500);

// A timeline of a store, seen whole.
struct Timeline {
    explicit Timeline(const EventStore& events) : rows(events) {
        rows.refresh();
        scene.events = &events;
        scene.rows = &rows;
        scene.from_ns = scene.zero_ns = events.first_ns();
        scene.to_ns = events.last_ns();
        scene.host = "suspect";
        geometry.width = kSize.width();
        geometry.height = kSize.height();
    }
    QImage image(const Theme& theme = Theme::light()) {
        QImage image(kSize, QImage::Format_RGB32);
        QPainter painter(&image);
        TimelineRenderer(theme, QApplication::font()).paint(painter, scene, geometry);
        return image;
    }
    QString svg() {
        QBuffer bytes;
        QSvgGenerator generator;
        generator.setOutputDevice(&bytes);
        generator.setSize(kSize);
        generator.setViewBox(QRect(QPoint(0, 0), kSize));
        QPainter painter(&generator);
        TimelineRenderer(Theme::light(), QApplication::font()).paint(painter, scene, geometry);
        painter.end();
        return QString::fromUtf8(bytes.data());
    }

    TimelineRows rows;
    TimelineScene scene;
    TimelineGeometry geometry;
};

// The sample's gravest finding, as a view would draw it.
struct FindingDrawn {
    explicit FindingDrawn(const std::string& name)
        : sample(name),
          timeline(sample.session.events()),
          marks(marks_of(sample.session.events(), *sample.state.selected_finding(),
                         sample.session.losses())) {
        std::vector<uint32_t> threads;
        for (const FindingMark& mark : marks.marks) threads.push_back(mark.thread);
        timeline.scene.from_ns = sample.state.viewport().from;
        timeline.scene.to_ns = sample.state.viewport().to;
        timeline.rows.set_empty_rows(EmptyRows::kHidden);
        timeline.rows.look_at(timeline.scene.from_ns, timeline.scene.to_ns);
        timeline.rows.set_wanted(threads, {});
        timeline.scene.finding = &marks;
    }
    QPointF place(size_t mark) {
        return {timeline.geometry.scale(timeline.scene).x_of(marks.marks[mark].at_ns),
                middle_of(timeline.scene, timeline.geometry, marks.marks[mark]).value_or(-1)};
    }
    test::LoadedSample sample;
    Timeline timeline;
    FindingMarks marks;
};

// One thread with this many hooks, a microsecond apart.
EventStore hooks(uint32_t count) {
    EventStore store;
    uint32_t made = 0;
    while (made < count) {
        EventBlock block;
        if (made == 0) {
            block.processes.push_back({1, kNoRow, {}, {}});
            block.threads.push_back({{1, 1, {1}}, 0, "busy"});
        }
        for (; made < count && block.size() < EventBlock::kMost; ++made) {
            block.time_ns.push_back(1'000'000 + uint64_t{made} * 1000);
            block.sequence.push_back(made + 1);
            block.thread.push_back(0);
            block.file.push_back(kNoRow);
            block.partner.push_back(kNoEvent);
            block.cpu.push_back(0);
            block.number.push_back(3);
            block.kind.push_back(EventKind::kHook);
            block.failed.push_back(0);
        }
        store.append(std::move(block));
    }
    return store;
}

bool has_colour(const QImage& image, const QRect& area, const QColor& colour) {
    for (int y = std::max(area.top(), 0); y <= std::min(area.bottom(), image.height() - 1); ++y)
        for (int x = std::max(area.left(), 0); x <= std::min(area.right(), image.width() - 1); ++x)
            if (image.pixelColor(x, y) == colour) return true;
    return false;
}

TEST(TimelineRenderer, CheckChangeAndUseLieWhereTheTraceHasThem) {
    for (const Theme* theme : {&Theme::light(), &Theme::dark()}) {
        FindingDrawn drawn("access_then_open");
        ASSERT_TRUE(drawn.marks.check && drawn.marks.change && drawn.marks.use);
        const QImage image = drawn.timeline.image(*theme);
        for (const size_t mark : {*drawn.marks.check, *drawn.marks.change, *drawn.marks.use}) {
            const QPointF at = drawn.place(mark);
            ASSERT_TRUE(QRectF(image.rect()).contains(at)) << mark;
            EXPECT_TRUE(has_colour(image, QRect(at.toPoint() - QPoint(2, 2), QSize(5, 5)),
                                   theme->of(drawn.marks.marks[mark].kind)))
                << mark;
        }
        EXPECT_LT(drawn.place(*drawn.marks.check).x(), drawn.place(*drawn.marks.change).x());
        EXPECT_LT(drawn.place(*drawn.marks.change).x(), drawn.place(*drawn.marks.use).x());
        EXPECT_NE(drawn.place(*drawn.marks.change).y(), drawn.place(*drawn.marks.use).y())
            << "another process made it";
    }
}

TEST(TimelineRenderer, ASureOrderHasArrowsWithTheirTimes) {
    FindingDrawn drawn("access_then_open");
    ASSERT_TRUE(drawn.marks.is_order_certain);
    const QString svg = drawn.timeline.svg();
    const auto gap = [&](size_t from, size_t to) {
        return duration_text(drawn.marks.marks[to].at_ns - drawn.marks.marks[from].at_ns);
    };
    EXPECT_TRUE(svg.contains(gap(*drawn.marks.check, *drawn.marks.use)));
    EXPECT_TRUE(svg.contains(gap(*drawn.marks.change, *drawn.marks.use)));
    EXPECT_TRUE(svg.contains(QStringLiteral("stroke-dasharray"))) << "check to use";
    EXPECT_FALSE(svg.contains(QStringLiteral("uncertain")));
}

TEST(TimelineRenderer, AnUnsureOrderHasBracketsAndNoArrow) {
    FindingDrawn drawn("access_then_open");
    const QString gap = duration_text(drawn.marks.marks[*drawn.marks.use].at_ns -
                                      drawn.marks.marks[*drawn.marks.change].at_ns);
    drawn.marks.is_order_certain = false;
    const QString unsure = drawn.timeline.svg();
    EXPECT_TRUE(unsure.contains(QStringLiteral(">order uncertain<")));
    EXPECT_FALSE(unsure.contains(gap));
    drawn.marks.has_losses = true;
    EXPECT_TRUE(drawn.timeline.svg().contains(QStringLiteral("records lost")));
}

TEST(TimelineRenderer, NamesRowsAndCalls) {
    FindingDrawn drawn("access_then_open");
    const QString svg = drawn.timeline.svg();
    EXPECT_TRUE(svg.contains(QStringLiteral("suspect")));
    const FindingMark& use = drawn.marks.marks[*drawn.marks.use];
    EXPECT_TRUE(svg.contains(QString::fromStdString(use.comm)));
    EXPECT_TRUE(svg.contains(QString::number(use.pid)));
    for (const char* name : {">check<", ">change<", ">use<"})
        EXPECT_TRUE(svg.contains(QString::fromUtf8(name))) << name;
    // The call, where its bar is wide enough for the name.
    drawn.timeline.scene.from_ns = use.began_ns - 1000;
    drawn.timeline.scene.to_ns = use.ended_ns + 1000;
    EXPECT_TRUE(drawn.timeline.svg().contains(QString::fromStdString(use.call)));
}

TEST(TimelineRenderer, NamesOfCallsStandBesideMarksOrNotAtAll) {
    FindingDrawn drawn("open_swap");
    const FindingMark& check = drawn.marks.marks[*drawn.marks.check];
    ASSERT_EQ(check.at_ns, check.began_ns) << "its mark is on the left edge of its bar";
    const QString svg = drawn.timeline.svg();
    const QRegularExpression text(QStringLiteral("<text[^>]*x=\"([0-9.]+)\"[^>]*>%1")
                                      .arg(QString::fromStdString(check.call)));
    QRegularExpressionMatchIterator found = text.globalMatch(svg);
    ASSERT_TRUE(found.hasNext()) << svg.toStdString();
    const double mark = drawn.place(*drawn.marks.check).x();
    while (found.hasNext()) {
        const double x = found.next().captured(1).toDouble();
        EXPECT_TRUE(x > mark + kFindingMarkSize / 2 || x < mark - 20) << x << " at " << mark;
    }
}

TEST(TimelineRenderer, TheSelectedFindingHasNoSeverityBehindItsMarks) {
    FindingDrawn drawn("open_swap");
    const QColor grave = Theme::light().of(drawn.marks.severity);
    ASSERT_NE(grave, Theme::light().check);
    const auto is_lit = [&] {
        const QPointF at = drawn.place(*drawn.marks.check);
        // Its thread's row, and its process's above it.
        const double top = at.y() - 1.5 * drawn.timeline.geometry.row_height;
        return has_colour(
            drawn.timeline.image(),
            QRectF(at.x() - 4, top, 8, 2 * drawn.timeline.geometry.row_height).toRect(), grave);
    };
    EXPECT_FALSE(is_lit());
    drawn.timeline.scene.finding = nullptr;
    EXPECT_TRUE(is_lit());
}

TEST(TimelineRenderer, MarksThatTouchHaveNoArrow) {
    FindingDrawn drawn("open_swap");
    const auto arrows = [&] {
        return drawn.timeline.svg().count(QStringLiteral("stroke-dasharray"));
    };
    const auto with = arrows();
    drawn.timeline.scene.to_ns +=
        1000 * (drawn.timeline.scene.to_ns - drawn.timeline.scene.from_ns);
    EXPECT_LT(arrows(), with);
}

TEST(EventText, AThreadOfItsProcesssNameHasItsNumberAlone) {
    test::LoadedSample sample("open_swap");
    const EventStore& events = sample.session.events();
    bool is_seen = false;
    for (uint32_t i = 0; i < events.threads().size(); ++i) {
        const RowText label = label_text(events, {RowKind::kThread, i}, "");
        const RowText whole = row_text(events, {RowKind::kThread, i}, "");
        if (label.name == whole.name) continue;
        is_seen = true;
        EXPECT_EQ(label.name, whole.detail);
        EXPECT_EQ(whole.name,
                  row_text(events, {RowKind::kProcess, events.threads()[i].process}, "").name);
    }
    EXPECT_TRUE(is_seen);
}

TEST(TimelineRenderer, OneFindingAmongAMillionEventsLightsItsPixel) {
    EventStore store = hooks(1'000'000);
    Timeline timeline(store);
    const QColor grave = Theme::light().of(Severity::kCritical);
    EXPECT_FALSE(has_colour(timeline.image(), QRect(QPoint(0, 0), kSize), grave));
    store.mark(654'321, Severity::kCritical);
    store.mark(654'000, Severity::kLow);
    const double x = timeline.geometry.scale(timeline.scene).x_of(store.time_ns(654'321));
    EXPECT_TRUE(
        has_colour(timeline.image(), QRect(static_cast<int>(x) - 1, 0, 3, kSize.height()), grave));
}

TEST(TimelineRenderer, WhatItDrawsGrowsWithPixelsAndNotWithEvents) {
    const EventStore few = hooks(20'000), many = hooks(1'000'000);
    const auto parts = [](const QString& svg) { return svg.count(QStringLiteral("<g ")); };
    const auto of_few = parts(Timeline(few).svg()), of_many = parts(Timeline(many).svg());
    EXPECT_LT(of_many, of_few + 2 * kSize.width());
    EXPECT_TRUE(Timeline(many).svg().contains(QStringLiteral("1,000,000")))
        << "what is folded is counted";
}

TEST(TimelineRenderer, LostRecordsAreHatchedAndCounted) {
    const EventStore store = hooks(100);
    Timeline timeline(store);
    const std::vector<LossInterval> losses = {{0, {1'020'000}, {1'050'000}, 12345, false}};
    timeline.scene.losses = losses;
    EXPECT_TRUE(timeline.svg().contains(QStringLiteral("12,345 lost")));
    const QImage with = timeline.image();
    timeline.scene.losses = {};
    const QImage without = timeline.image();
    const TimeScale scale = timeline.geometry.scale(timeline.scene);
    const int inside = static_cast<int>(scale.x_of(1'035'000));
    const int outside = static_cast<int>(scale.x_of(1'080'000));
    const int height = static_cast<int>(timeline.geometry.ruler_height + 10);
    const auto same = [&](int x) {
        return with.copy(x - 10, height, 20, 20) == without.copy(x - 10, height, 20, 20);
    };
    EXPECT_FALSE(same(inside));
    EXPECT_TRUE(same(outside));
}

TEST(TimelineRenderer, FailedCallsDifferByMoreThanColour) {
    EventStore store = test::store_of(tocsin::test::reader_of(tocsin::test::exec_trace(
        "5.100000000 cpu0 t1 > openat path=0x10:\"/bin/ls\"\n5.200000000 cpu0 t1 < openat 3\n"
        "5.300000000 cpu0 t1 > openat path=0x10:\"/bin/sh\"\n5.400000000 cpu0 t1 < openat "
        "-ENOENT\n")));
    Timeline timeline(store);
    timeline.scene.from_ns = 5'090'000'000;
    timeline.scene.to_ns = 5'410'000'000;
    const QImage image = timeline.image().convertToFormat(QImage::Format_Grayscale8);
    const TimeScale scale = timeline.geometry.scale(timeline.scene);
    const auto row =
        timeline.rows.row_of_thread(store.thread(static_cast<EventIndex>(store.size() - 1)));
    ASSERT_TRUE(row);
    const int top = static_cast<int>(timeline.geometry.top_of(timeline.rows, *row));
    // The rim of the failed one is darker than its middle; the other's is not.
    const auto differs = [&](uint64_t ns) {
        const int x = static_cast<int>(scale.x_of(ns));
        const auto at = [&](int y) { return qGray(image.pixel(x, top + y)); };
        return std::abs(at(5) - at(9)) > 5;
    };
    EXPECT_FALSE(differs(5'180'000'000));
    EXPECT_TRUE(differs(5'380'000'000));
}

TEST(TimelineRenderer, GroundAndOverlayAreAllOfIt) {
    FindingDrawn drawn("lstat_open_exchange");
    drawn.timeline.scene.playhead_ns = drawn.timeline.scene.from_ns + 1000;
    drawn.timeline.scene.range = {drawn.timeline.scene.from_ns, drawn.timeline.scene.from_ns + 500};
    drawn.timeline.scene.notes = {{drawn.timeline.scene.from_ns + 2000,
                                   drawn.timeline.scene.from_ns + 3000, QStringLiteral("here")}};
    QImage parts(kSize, QImage::Format_RGB32);
    QPainter painter(&parts);
    TimelineRenderer renderer(Theme::light(), QApplication::font());
    renderer.paint_ground(painter, drawn.timeline.scene, drawn.timeline.geometry);
    renderer.paint_overlay(painter, drawn.timeline.scene, drawn.timeline.geometry);
    painter.end();
    EXPECT_EQ(parts, drawn.timeline.image());
    EXPECT_TRUE(drawn.timeline.svg().contains(QStringLiteral(">here<")));
}

TEST(TimelineRenderer, EverySampleDrawsByProcessAndByFile) {
    for (const char* name : {"exec_swap", "container_mount", "pid_reuse", "process_vm_writer",
                             "rewrite_after_open", "seccomp_supervisor", "open_swap"}) {
        FindingDrawn drawn(name);
        const QString by_process = drawn.timeline.svg();
        EXPECT_TRUE(by_process.contains(QStringLiteral(">use<"))) << name;
        drawn.timeline.rows.set_grouping(Grouping::kByFile);
        EXPECT_NE(drawn.timeline.svg(), by_process) << name;
    }
}

TEST(FindingMarks, SayTheFindingInASentence) {
    FindingDrawn drawn("access_then_open");
    const FindingMark& check = drawn.marks.marks[*drawn.marks.check];
    const FindingMark& change = drawn.marks.marks[*drawn.marks.change];
    const FindingMark& use = drawn.marks.marks[*drawn.marks.use];
    const auto who = [](const FindingMark& mark) {
        return QStringLiteral("%1 (pid %2)").arg(QString::fromStdString(mark.comm)).arg(mark.pid);
    };
    EXPECT_EQ(sentence_of(drawn.marks, [](uint64_t) { return QStringLiteral("1.204 s"); }),
              QStringLiteral("Check by %1 at 1.204 s, changed by %2 after %3, used after %4")
                  .arg(who(check), who(change), duration_text(change.at_ns - check.at_ns),
                       duration_text(use.at_ns - check.at_ns)));
}

TEST(FindingMarks, ASupervisorChecksWhenAndWhereItReads) {
    FindingDrawn drawn("seccomp_supervisor");
    const Candidate& candidate = drawn.sample.state.selected_finding()->candidate;
    ASSERT_TRUE(candidate.supervisor);
    ASSERT_TRUE(drawn.marks.check);
    const FindingMark& check = drawn.marks.marks[*drawn.marks.check];
    EXPECT_EQ(check.at_ns, candidate.supervisor->time.ns);
    EXPECT_EQ(check.pid, candidate.supervisor->task->id.tgid);
    EXPECT_NE(check.pid, drawn.marks.marks[*drawn.marks.use].pid);
    EXPECT_LE(span_of(*drawn.sample.state.selected_finding()).from, check.at_ns);
}

TEST(FindingMarks, LostRecordsBetweenMakeTheOrderUncertain) {
    FindingDrawn drawn("access_then_open");
    const FindingMark& change = drawn.marks.marks[*drawn.marks.change];
    const std::vector<LossInterval> between = {{0, {change.at_ns}, {change.at_ns + 1}, 1, false}};
    const std::vector<LossInterval> later = {
        {0, {drawn.timeline.scene.to_ns + 1}, {drawn.timeline.scene.to_ns + 9}, 1, false}};
    const Finding& finding = *drawn.sample.state.selected_finding();
    EXPECT_FALSE(marks_of(drawn.sample.session.events(), finding, between).is_order_certain);
    EXPECT_TRUE(marks_of(drawn.sample.session.events(), finding, later).is_order_certain);
}

TEST(TimelineScene, FindsTheEventUnderAPoint) {
    FindingDrawn drawn("access_then_open");
    const FindingMark& use = drawn.marks.marks[*drawn.marks.use];
    const EventStore& events = drawn.sample.session.events();
    const double x =
        drawn.timeline.geometry.scale(drawn.timeline.scene).x_of((use.began_ns + use.ended_ns) / 2);
    const EventIndex hit = event_at(drawn.timeline.scene, drawn.timeline.geometry, x,
                                    drawn.place(*drawn.marks.use).y());
    ASSERT_NE(hit, kNoEvent);
    EXPECT_EQ(events.thread(hit), use.thread);
    EXPECT_LE(events.begin_ns(hit), use.ended_ns);
    EXPECT_EQ(event_at(drawn.timeline.scene, drawn.timeline.geometry, 5, 5), kNoEvent);
}

TEST(Density, HeadersTellAboutWhatEventsTellExactly) {
    test::LoadedSample sample("container_mount");
    const TraceSession& session = sample.session;
    Density by_headers(session.first().ns, session.last().ns);
    by_headers.estimate(session.reader().chunks());
    Density by_events(session.first().ns, session.last().ns);
    by_events.count(session.events());
    by_events.count(session.events());
    by_events.complete();
    double estimated = 0, counted = 0;
    for (size_t bin = 0; bin < Density::kBins; ++bin) {
        estimated += by_headers.of(bin);
        counted += by_events.of(bin);
    }
    uint64_t events = 0;
    for (EventIndex i = 0; i < session.events().size(); ++i)
        if (session.events().kind(i) != EventKind::kFound) ++events;
    EXPECT_DOUBLE_EQ(counted, static_cast<double>(events));
    EXPECT_NEAR(estimated, counted, 1);
}

TEST(OverviewRenderer, ShowsFindingsWhereTheyAre) {
    test::LoadedSample sample("container_mount");
    Density density(sample.session.first().ns, sample.session.last().ns);
    density.count(sample.session.events());
    density.complete();
    OverviewScene scene;
    scene.density = &density;
    scene.from_ns = sample.state.whole().from;
    scene.to_ns = sample.state.whole().to;
    scene.viewport = {scene.from_ns, scene.to_ns};
    const uint64_t at = scene.from_ns + (scene.to_ns - scene.from_ns) / 3;
    const std::vector<std::pair<uint64_t, Severity>> findings = {{at, Severity::kLow},
                                                                 {at, Severity::kCritical}};
    scene.findings = findings;
    QImage image(800, 60, QImage::Format_RGB32);
    QPainter painter(&image);
    OverviewRenderer(Theme::light(), QApplication::font()).paint(painter, scene, image.size());
    painter.end();
    const int x = static_cast<int>(OverviewRenderer::scale(scene, image.size()).x_of(at));
    EXPECT_TRUE(has_colour(image, QRect(x - 2, 0, 5, 20), Theme::light().of(Severity::kCritical)));
}

TEST(RangeStatistics, CountWhatIsInTheRange) {
    const EventStore store = test::store_of(tocsin::test::reader_of(tocsin::test::exec_trace(
        "5.100000000 cpu0 t1 > openat path=0x10:\"/bin/ls\"\n5.200000000 cpu0 t1 < openat 3\n"
        "5.300000000 cpu1 t0 > openat path=0x10:\"/bin/sh\"\n5.400000000 cpu1 t0 < openat "
        "-ENOENT\n")));
    const RangeStatistics all = statistics_of(store, 5'100'000'000, 5'400'000'000);
    EXPECT_EQ(all.events, 4U);
    EXPECT_EQ(all.calls, 2U);
    EXPECT_EQ(all.failed, 1U);
    EXPECT_EQ(all.threads, 2U);
    EXPECT_EQ(statistics_of(store, 5'150'000'000, 5'250'000'000).events, 1U);
    EXPECT_EQ(statistics_text(all, 300'000'000, 1),
              QStringLiteral("300 ms: 4 events, 2 calls, 1 failed, 2 threads, 1 finding"));
}

}  // namespace
}  // namespace tocsin::gui
