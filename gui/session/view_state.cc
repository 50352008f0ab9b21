// SPDX-License-Identifier: Apache-2.0
#include "gui/session/view_state.h"

#include <algorithm>
#include <utility>

#include "analyzer/report/explanation.h"
#include "analyzer/report/phrases.h"

namespace tocsin::gui {
namespace {

constexpr size_t kMostHistory = 100;
constexpr int kMarkAfterMs = 60;  // a slider that moves marks nothing

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
    if (span.from > span.to) span.to = span.from;
    return span;
}

ViewState::ViewState(TraceSession& session, QObject* parent)
    : QObject(parent), session_(session), filter_(session) {
    marking_.setSingleShot(true);
    marking_.setInterval(kMarkAfterMs);
    connect(&marking_, &QTimer::timeout, this, &ViewState::mark_events);
    connect(&session_, &TraceSession::opened, this, [this] {
        const CorrelationWindow& window = session_.options().window;
        for (const Axis axis : {Axis::kBoth, Axis::kCheckUse})
            if (const auto position = position_of(window, axis)) {
                axis_ = axis;
                limit_ = *position;
                break;
            }
        viewport_ = whole();
        playhead_ns_ = session_.first().ns;
        emit viewportChanged();
        emit playheadMoved();
    });
    connect(&session_, &TraceSession::analyzed, this, [this] {
        answers_.emplace(*session_.analysis(), session_.options(), axis_);
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

AnalysisOptions ViewState::options() const {
    AnalysisOptions options = session_.options();
    options.window = moved_to(options.window, axis_, limit_);
    options.kept = KeptWindows::kChosen;
    return options;
}

void ViewState::set_window(Axis axis, std::chrono::nanoseconds limit) {
    if (axis == axis_ && limit == limit_) return;
    const bool is_other_axis = axis != axis_;
    axis_ = axis;
    limit_ = limit;
    if (answers_ && is_other_axis)
        answers_.emplace(*session_.analysis(), session_.options(), axis_);
    answer_window();
}

void ViewState::answer_window() {
    if (answers_) {
        alive_ = answers_->alive(limit_);
        by_severity_ = answers_->by_severity(limit_);
        marking_.start();
    }
    emit windowChanged();
}

void ViewState::mark_events() {
    if (!answers_ || session_.is_loading()) return;
    EventStore& events = session_.events();
    events.clear_marks();
    for (const uint32_t index : alive_) {
        const Finding& finding = session_.analysis()->findings[index];
        if (!finding.judgement.set_aside_by.empty()) continue;
        for (const StoryPart& part : parts_of(finding.candidate)) {
            const Operation& call = *part.operation;
            for (const auto& record : {call.exit_event, call.entry_event})
                if (record) {
                    const BootTime time = record == call.exit_event ? call.last_time() : call.began;
                    const EventIndex event = events.find(*record, time.ns);
                    if (event != kNoEvent) events.mark(event, finding.judgement.severity);
                }
        }
    }
    emit viewportChanged();
}

}  // namespace tocsin::gui
