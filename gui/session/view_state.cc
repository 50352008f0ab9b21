// SPDX-License-Identifier: Apache-2.0
#include "gui/session/view_state.h"

#include <QElapsedTimer>
#include <algorithm>
#include <utility>

#include "analyzer/report/explanation.h"
#include "analyzer/report/phrases.h"

namespace tocsin::gui {
namespace {

constexpr size_t kMostHistory = 100;
constexpr int kMarkAfterMs = 60;  // a slider that moves marks nothing
constexpr int kMarkForMs = 8;     // at a time

uint64_t padding_of(uint64_t length) {
    return std::max<uint64_t>(length / 50, 1000);
}

uint64_t less(uint64_t from, uint64_t by) {
    return from > by ? from - by : 0;
}

uint64_t more(uint64_t from, uint64_t by) {
    return from > UINT64_MAX - by ? UINT64_MAX : from + by;
}

}  // namespace

TimeRange span_of(const Finding& finding) {
    TimeRange span{UINT64_MAX, 0};
    for (const StoryPart& part : parts_of(finding.candidate)) {
        span.from = std::min(span.from, part.operation->began.ns);
        span.to = std::max(span.to, part.operation->last_time().ns);
    }
    if (const auto& supervisor = finding.candidate.supervisor)
        span.from = std::min(span.from, supervisor->time.ns);
    if (span.from > span.to) span.to = span.from;
    return span;
}

ViewState::ViewState(TraceSession& session, QObject* parent)
    : QObject(parent), session_(session), filter_(session), chosen_(session.options()) {
    chosen_.kept = KeptWindows::kChosen;
    marking_.setSingleShot(true);
    marking_.setInterval(kMarkAfterMs);
    connect(&marking_, &QTimer::timeout, this, &ViewState::mark_events);
    connect(&marking_on_, &QTimer::timeout, this, &ViewState::mark_some_events);
    connect(&session_, &TraceSession::opened, this, [this] {
        const WindowPlace place = place_of(chosen_.window);
        axis_ = place.axis;
        limit_ = place.limit;
        case_file_.set_trace(
            {QString::fromStdString(session_.facts().name), hex(session_.facts().chain_hash)});
        viewport_ = whole();
        playhead_ns_ = session_.first().ns;
        emit viewportChanged();
        emit playheadMoved();
    });
    connect(&session_, &TraceSession::analyzed, this, [this] {
        prepare_answers();
        answer_window();
    });
    connect(&session_, &TraceSession::eventsComplete, this, &ViewState::mark_events);
}

TimeRange ViewState::whole() const {
    const uint64_t first = session_.first().ns, last = session_.last().ns;
    const uint64_t room = padding_of(last - first);
    return {less(first, room), more(last, room)};
}

void ViewState::set_viewport(TimeRange range) {
    const TimeRange limits = whole();
    const uint64_t length =
        std::clamp(range.length(), kShortest, std::max(kShortest, limits.length()));
    range.from = std::clamp(range.from, limits.from, less(std::max(limits.to, length), length));
    range.to = more(range.from, length);
    if (range == viewport_) return;
    viewport_ = range;
    emit viewportChanged();
}

void ViewState::jump_to(TimeRange range) {
    back_.push_back(viewport_);
    if (back_.size() > kMostHistory) back_.erase(back_.begin());
    forward_.clear();
    set_viewport(range);
    emit historyChanged();
}

void ViewState::go_back() {
    if (back_.empty()) return;
    forward_.push_back(viewport_);
    const TimeRange range = back_.back();
    back_.pop_back();
    set_viewport(range);
    emit historyChanged();
}

void ViewState::go_forward() {
    if (forward_.empty()) return;
    back_.push_back(viewport_);
    const TimeRange range = forward_.back();
    forward_.pop_back();
    set_viewport(range);
    emit historyChanged();
}

void ViewState::set_range(std::optional<TimeRange> range) {
    if (range == range_) return;
    range_ = range;
    emit rangeChanged();
}

const Finding* ViewState::selected_finding() const {
    return finding_ && session_.analysis() != nullptr ? &session_.analysis()->findings[*finding_]
                                                      : nullptr;
}

void ViewState::select_finding(std::optional<size_t> finding) {
    if (finding == finding_) return;
    finding_ = finding;
    emit findingSelected();
}

void ViewState::fit_finding() {
    const Finding* finding = selected_finding();
    if (finding == nullptr) return;
    const TimeRange span = span_of(*finding);
    const uint64_t room = std::max<uint64_t>(span.length() / 8, 500);
    jump_to({less(span.from, room), more(span.to, room)});
}

void ViewState::select_event(std::optional<EventIndex> event) {
    if (event == event_) return;
    event_ = event;
    emit eventSelected();
}

void ViewState::hover(std::optional<EventIndex> event) {
    if (event == hovered_) return;
    hovered_ = event;
    emit hoverChanged();
}

void ViewState::set_playhead(uint64_t ns) {
    ns = std::clamp(ns, session_.first().ns, std::max(session_.first().ns, session_.last().ns));
    if (ns == playhead_ns_) return;
    playhead_ns_ = ns;
    emit playheadMoved();
}

void ViewState::set_time_mode(TimeMode mode) {
    if (mode == time_mode_) return;
    time_mode_ = mode;
    emit timeModeChanged();
}

QString ViewState::time_text(uint64_t ns) const {
    const TraceFacts& facts = session_.facts();
    switch (time_mode_) {
        case TimeMode::kUtc:
            if (facts.clock) return QString::fromStdString(utc_text(*facts.clock, {ns}));
            break;
        case TimeMode::kNanoseconds:
            return QString::number(ns);
        case TimeMode::kRelative:
            break;
    }
    return QString::fromStdString(seconds_since(session_.first(), {ns}) + " s");
}

void ViewState::set_grouping(Grouping grouping) {
    if (grouping == grouping_) return;
    grouping_ = grouping;
    emit groupingChanged();
}

void ViewState::set_window(Axis axis, std::chrono::nanoseconds limit) {
    AnalysisOptions options = chosen_;
    options.window = moved_to(options.window, axis, limit);
    choose(options, axis);
}

Result<> ViewState::set_windows(const std::string& items) {
    AnalysisOptions options = chosen_;
    options.window = {};
    options.window.orphan = chosen_.window.orphan;
    options.own_limits = {};
    if (auto set = tocsin::set_windows(options, items); !set) return set;
    if (options.window.orphan != chosen_.window.orphan)
        return Error{
            "orphans are joined as the trace is read: open it anew with another orphan window"};
    const bool is_one_limit = options.window.check_use == options.window.mutation_use;
    choose(options, axis_ == Axis::kBoth && !is_one_limit ? Axis::kCheckUse : axis_);
    return {};
}

// What the slider does not move is prepared once.
void ViewState::choose(const AnalysisOptions& options, Axis axis) {
    const auto limit = position_of(options.window, axis).value_or(options.window.check_use);
    const bool is_other_axis = axis != axis_;
    if (!is_other_axis && options.own_limits == chosen_.own_limits &&
        options.window == chosen_.window)
        return;
    axis_ = axis;
    limit_ = limit;
    chosen_ = options;
    if (answers_ && !answers_->are_of(chosen_, axis_)) prepare_answers();
    if (is_other_axis) set_brush(std::nullopt);
    answer_window();
}

void ViewState::prepare_answers() {
    answers_ = session_.take_answers();
    if (!answers_ || !answers_->are_of(chosen_, axis_))
        answers_.emplace(*session_.analysis(), chosen_, axis_);
    emit answersChanged();
}

void ViewState::set_brush(std::optional<GapRange> brush) {
    if (brush == brush_) return;
    brush_ = brush;
    if (answers_) marking_.start();
    emit brushChanged();
}

bool ViewState::is_brushed(size_t finding) const {
    if (!brush_ || !answers_) return true;
    const auto gap = answers_->gaps.gap_of(finding);
    return gap && brush_->contains(*gap);
}

void ViewState::answer_window() {
    if (answers_) {
        alive_ = answers_->window.alive(limit_);
        marking_on_.stop();  // marks of the window before are better than half of both
        by_severity_ = answers_->window.by_severity(limit_);
        marking_.start();
    }
    emit windowChanged();
}

void ViewState::mark_events() {
    if (!answers_ || session_.is_loading()) return;
    session_.events().clear_marks();
    next_marked_ = 0;
    marking_on_.start();
}

void ViewState::mark_some_events() {
    EventStore& events = session_.events();
    QElapsedTimer spent;
    spent.start();
    while (next_marked_ < alive_.size() && spent.elapsed() < kMarkForMs) {
        const uint32_t index = alive_[next_marked_++];
        const Finding& finding = session_.analysis()->findings[index];
        if (!finding.judgement.set_aside_by.empty() || !is_brushed(index)) continue;
        const auto mark = [&](const EventRef& record, BootTime near) {
            const EventIndex event = events.find(record, near.ns);
            if (event != kNoEvent) events.mark(event, finding.judgement.severity);
        };
        for (const StoryPart& part : parts_of(finding.candidate)) {
            const Operation& call = *part.operation;
            if (call.exit_event) mark(*call.exit_event, call.last_time());
            if (call.entry_event) mark(*call.entry_event, call.began);
            // Of these only the time of one is known: it is that of the file.
            for (const EventRef& hook : call.hook_events) mark(hook, decision_of(call));
        }
    }
    if (next_marked_ < alive_.size()) return;
    marking_on_.stop();
    emit marksChanged();
}

CaseView ViewState::case_view() const {
    return {viewport_, filter_.text(), axis_, limit_};
}

void ViewState::show(const CaseView& view) {
    if (view.viewport) set_viewport(*view.viewport);
    if (view.axis) set_window(*view.axis, view.limit);
    // A filter of another version of the language is left out.
    if (FilterMeaning::of(view.filter).why_not.empty()) (void)filter_.set(view.filter);
}

}  // namespace tocsin::gui
