// SPDX-License-Identifier: Apache-2.0
#include "gui/views/timeline_view.h"

#include <QPaintEvent>
#include <QScrollBar>
#include <algorithm>
#include <cmath>

#include "analyzer/report/escape.h"
#include "gui/timeline/event_text.h"
#include "gui/timeline/range_statistics.h"
#include "gui/views/timeline_accessible.h"

namespace tocsin::gui {
namespace {

constexpr int kRefreshAfterMs = 250;  // while events come in
constexpr int kLookAfterMs = 120;     // rows come and go when the viewport rests
constexpr int kCountAfterMs = 30;
constexpr size_t kMostOthers = 50;
constexpr double kRowPadding = 8;
constexpr double kTall = 1.5;  // as high is a row where there is room for all of them
constexpr double kLabelCharacters = 28;

void restart(QTimer& timer) {
    if (!timer.isActive()) timer.start();
}

}  // namespace

TimelineView::TimelineView(ViewState& state, QWidget* parent)
    : QAbstractScrollArea(parent), state_(state), rows_(state.session().events()) {
    use_timeline_accessibility();
    setAccessibleName(tr("Timeline"));
    setAccessibleDescription(
        tr("Processes or files in rows over time, and the selected finding's calls."));
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    setMinimumSize(320, 120);
    rows_.set_empty_rows(EmptyRows::kHidden);
    rows_.set_grouping(state.grouping());
    set_looks();
    follow_state();
    refresh_rows();
    take_finding();
}

TimelineView::~TimelineView() = default;

void TimelineView::follow_state() {
    TraceSession& session = state_.session();
    for (QTimer* timer : {&refreshing_, &looking_, &counting_}) timer->setSingleShot(true);
    refreshing_.setInterval(kRefreshAfterMs);
    looking_.setInterval(kLookAfterMs);
    counting_.setInterval(kCountAfterMs);
    connect(&refreshing_, &QTimer::timeout, this, &TimelineView::refresh_rows);
    connect(&looking_, &QTimer::timeout, this, &TimelineView::look_at_rows);
    connect(&counting_, &QTimer::timeout, this, &TimelineView::tell_statistics);

    connect(&session, &TraceSession::eventsAdded, this, [this] { restart(refreshing_); });
    connect(&session, &TraceSession::eventsComplete, this, [this] {
        refreshing_.stop();
        refresh_rows();
        take_finding();
    });
    connect(&session, &TraceSession::analyzed, this, &TimelineView::take_finding);
    connect(&state_, &ViewState::viewportChanged, this, [this] {
        looking_.start();
        repaint_ground();
    });
    connect(&state_, &ViewState::marksChanged, this, &TimelineView::refresh_rows);
    connect(&state_, &ViewState::windowChanged, this, [this] {
        if (arrows_ == Arrows::kAllInViewport) restart(looking_);
        if (state_.range()) restart(counting_);
    });
    connect(&state_, &ViewState::findingSelected, this, [this] {
        take_finding();
        next_call_ = 0;
    });
    connect(&state_, &ViewState::groupingChanged, this, [this] {
        rows_.set_grouping(state_.grouping());
        current_.reset();
        verticalScrollBar()->setValue(0);
        update_scrolling();
        take_finding();
    });
    connect(&state_, &ViewState::rangeChanged, this, [this] {
        if (!state_.range()) statistics_.clear();
        if (state_.range()) restart(counting_);
        viewport()->update();
    });
    connect(&state_, &ViewState::timeModeChanged, this, &TimelineView::repaint_ground);
    connect(&state_.case_file(), &CaseFile::changed, this, &TimelineView::repaint_ground);
    for (const auto signal :
         {&ViewState::eventSelected, &ViewState::hoverChanged, &ViewState::playheadMoved})
        connect(&state_, signal, this, [this] { viewport()->update(); });
}

void TimelineView::set_looks() {
    renderer_ = std::make_unique<TimelineRenderer>(Theme::of(palette()), font());
    const QFontMetricsF metrics(font());
    least_row_height_ = std::ceil(metrics.height()) + kRowPadding;
    geometry_.ruler_height = std::ceil(metrics.height()) + kRowPadding + 4;
    geometry_.label_width = std::ceil(metrics.averageCharWidth() * kLabelCharacters) + 24;
    update_scrolling();
}

TimelineScene TimelineView::scene() const {
    TraceSession& session = state_.session();
    TimelineScene scene;
    scene.events = &session.events();
    scene.rows = &rows_;
    scene.from_ns = state_.viewport().from;
    scene.to_ns = std::max(state_.viewport().to, scene.from_ns + 1);
    scene.zero_ns = session.first().ns;
    if (session.is_open()) scene.host = session.facts().header.host;
    scene.losses = session.losses();
    scene.finding = finding_ ? &*finding_ : nullptr;
    scene.others = others_;
    scene.others_left_out = others_left_out_;
    scene.selected = state_.event();
    scene.hovered = state_.hovered();
    scene.current = current_;
    if (const auto& range = state_.range()) scene.range = {range->from, range->to};
    for (const CaseMark& mark : state_.case_file().marks())
        scene.notes.push_back({mark.range.from, mark.range.to,
                               QString::fromStdString(readable(mark.note.toStdString()))});
    if (session.is_open()) scene.playhead_ns = state_.playhead_ns();
    scene.status = statistics_;
    return scene;
}

void TimelineView::paintEvent(QPaintEvent*) {
    const TimelineScene shown = scene();
    const qreal ratio = devicePixelRatioF();
    const QSize size = viewport()->size() * ratio;
    if (!is_ground_good_ || ground_.size() != size) {
        if (ground_.size() != size) ground_ = QPixmap(size);
        ground_.setDevicePixelRatio(ratio);
        QPainter painter(&ground_);
        painter.setFont(font());
        renderer_->paint_ground(painter, shown, geometry_);
        is_ground_good_ = true;
    }
    QPainter painter(viewport());
    painter.drawPixmap(0, 0, ground_);
    renderer_->paint_overlay(painter, shown, geometry_);
}

void TimelineView::draw(QPainter& painter, QSizeF size) {
    TimelineGeometry geometry = geometry_;
    geometry.width = size.width();
    geometry.height = size.height();
    geometry.scroll = std::min(geometry.scroll, geometry.max_scroll(rows_));
    TimelineScene shown = scene();
    shown.hovered.reset();
    renderer_->paint(painter, shown, geometry);
}

void TimelineView::repaint_ground() {
    is_ground_good_ = false;
    viewport()->update();
}

void TimelineView::resizeEvent(QResizeEvent*) {
    update_scrolling();
}

void TimelineView::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange ||
        event->type() == QEvent::ApplicationPaletteChange || event->type() == QEvent::StyleChange)
        set_looks();
}

void TimelineView::scrollContentsBy(int, int) {
    geometry_.scroll = verticalScrollBar()->value();
    repaint_ground();
}

void TimelineView::update_scrolling() {
    geometry_.width = viewport()->width();
    geometry_.height = viewport()->height();
    const double tall = std::floor(least_row_height_ * kTall);
    const bool has_room =
        geometry_.ruler_height + static_cast<double>(rows_.size()) * tall <= geometry_.height;
    geometry_.row_height = has_room ? tall : least_row_height_;
    const int page = static_cast<int>(geometry_.height - geometry_.scrolled_top(rows_));
    // More rows than a scroll bar's int has pixels for cannot be: a row is tens of bytes.
    verticalScrollBar()->setRange(0, static_cast<int>(std::ceil(geometry_.max_scroll(rows_))));
    verticalScrollBar()->setPageStep(std::max(page, 1));
    verticalScrollBar()->setSingleStep(static_cast<int>(geometry_.row_height));
    geometry_.scroll = verticalScrollBar()->value();
    repaint_ground();
}

template <typename Change>
void TimelineView::change_rows(const Change& change) {
    // Rows of the selected finding stay in place, else the topmost one does.
    std::optional<RowId> anchor;
    double away = 0;
    const auto [first, end] = geometry_.visible(rows_);
    if (first < rows_.size() && geometry_.scroll > 0) {
        anchor = rows_.at(first).id;
        away = geometry_.top_of(rows_, first) - geometry_.scrolled_top(rows_);
    }
    change();
    update_scrolling();
    if (anchor)
        if (const auto row = rows_.find(*anchor); row && *row >= rows_.pinned())
            verticalScrollBar()->setValue(static_cast<int>(
                static_cast<double>(*row - rows_.pinned()) * geometry_.row_height - away));
    notice_rows(this);
}

void TimelineView::refresh_rows() {
    change_rows([this] {
        rows_.look_at(state_.viewport().from, state_.viewport().to);
        rows_.refresh();
    });
    if (state_.range()) restart(counting_);
}

void TimelineView::look_at_rows() {
    take_others();
    change_rows([this] { rows_.look_at(state_.viewport().from, state_.viewport().to); });
}

void TimelineView::set_empty_rows(EmptyRows empty) {
    change_rows([&] { rows_.set_empty_rows(empty); });
}

void TimelineView::set_arrows(Arrows arrows) {
    arrows_ = arrows;
    take_others();
    repaint_ground();
}

void TimelineView::take_finding() {
    const Finding* finding = state_.selected_finding();
    finding_.reset();
    std::vector<uint32_t> threads, files;
    const auto add = [](std::vector<uint32_t>& to, uint32_t row) {
        if (row != kNoRow && std::find(to.begin(), to.end(), row) == to.end()) to.push_back(row);
    };
    if (finding != nullptr) {
        const TraceSession& session = state_.session();
        finding_ = marks_of(session.events(), *finding, session.losses());
        for (const FindingMark& mark : finding_->marks) {
            add(threads, mark.thread);
            add(files, mark.file);
        }
    }
    change_rows([&] { rows_.set_wanted(threads, files); });
    take_others();
    notice_finding(this);
    if (!finding_) return;
    size_t first = SIZE_MAX, last = 0;
    for (const FindingMark& mark : finding_->marks) {
        const auto row = rows_.grouping() == Grouping::kByProcess ? rows_.row_of_thread(mark.thread)
                                                                  : rows_.row_of_file(mark.file);
        if (!row) continue;
        first = std::min(first, *row);
        last = std::max(last, *row);
    }
    if (first != SIZE_MAX) scroll_to_rows(first, last);
}

void TimelineView::take_others() {
    others_.clear();
    others_left_out_ = 0;
    const AnalysisResult* analysis = state_.session().analysis();
    if (arrows_ == Arrows::kOfSelection || analysis == nullptr) return;
    for (const uint32_t index : state_.alive()) {
        const Finding& finding = analysis->findings[index];
        if (state_.finding() == index || !finding.judgement.set_aside_by.empty() ||
            !state_.viewport().contains(finding.candidate.operation->began.ns))
            continue;
        if (others_.size() == kMostOthers)
            ++others_left_out_;
        else
            others_.push_back(
                marks_of(state_.session().events(), finding, state_.session().losses()));
    }
    repaint_ground();
}

void TimelineView::tell_statistics() {
    statistics_.clear();
    if (const auto& range = state_.range()) {
        uint64_t findings = 0;
        if (const AnalysisResult* analysis = state_.session().analysis())
            for (const uint32_t index : state_.alive()) {
                const Finding& finding = analysis->findings[index];
                if (finding.judgement.set_aside_by.empty() &&
                    range->contains(finding.candidate.operation->began.ns))
                    ++findings;
            }
        statistics_ =
            statistics_text(statistics_of(state_.session().events(), range->from, range->to),
                            range->length(), findings);
    }
    viewport()->update();
}

void TimelineView::scroll_to_rows(size_t first, size_t last) {
    const auto room = static_cast<size_t>(
        std::max((geometry_.height - geometry_.scrolled_top(rows_)) / geometry_.row_height, 1.0));
    const auto [top, end] = geometry_.visible(rows_);
    if (first < rows_.pinned() && last < rows_.pinned()) return;
    first = std::max(first, rows_.pinned());
    if (first >= top && last + 2 < end) return;
    // In the middle, where they fit; else the first of them at the top.
    const size_t rows = last - first + 1;
    const size_t above = rows < room ? (room - rows) / 2 : 0;
    const size_t row = first - rows_.pinned() > above ? first - rows_.pinned() - above : 0;
    verticalScrollBar()->setValue(
        static_cast<int>(static_cast<double>(row) * geometry_.row_height));
}

std::optional<size_t> TimelineView::current_row() const {
    return current_ ? rows_.find(*current_) : std::nullopt;
}

void TimelineView::notice_current() {
    if (const auto row = current_row()) notice_row(this, *row);
}

QString TimelineView::row_text_of(size_t row) const {
    const TraceSession& session = state_.session();
    return row_sentence(session.events(), rows_.at(row),
                        session.is_open() ? session.facts().header.host : std::string());
}

QString TimelineView::finding_text() const {
    if (!finding_) return {};
    return sentence_of(*finding_, [this](uint64_t ns) { return state_.time_text(ns); });
}

}  // namespace tocsin::gui
