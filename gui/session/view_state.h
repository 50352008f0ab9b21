// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gui/session/case_file.h"
#include "gui/session/prepared_answers.h"
#include "gui/session/row_filter.h"
#include "gui/session/time_range.h"
#include "gui/session/trace_session.h"
#include "gui/timeline/grouping.h"

namespace tocsin::gui {

enum class TimeMode : uint8_t { kRelative, kUtc, kNanoseconds };

// What all views of one trace show alike: the part of it, what is selected in it, the correlation
// window and the playhead. Views change it and follow its signals; none knows of another. Changes
// that change nothing give no signal.
class ViewState : public QObject {
    Q_OBJECT

  public:
    explicit ViewState(TraceSession& session, QObject* parent = nullptr);

    TraceSession& session() const { return session_; }
    RowFilter& filter() { return filter_; }
    CaseFile& case_file() { return case_file_; }

    // The part of the trace that the timeline shows; at least kShortest long, within the trace.
    static constexpr uint64_t kShortest = 100;
    TimeRange viewport() const { return viewport_; }
    TimeRange whole() const;  // the trace's, with a little on both sides
    void set_viewport(TimeRange range);
    // The same, to be gone back from.
    void jump_to(TimeRange range);
    void go_back();
    void go_forward();
    bool can_go_back() const { return !back_.empty(); }
    bool can_go_forward() const { return !forward_.empty(); }

    // A part that is marked by dragging; nullopt: none.
    const std::optional<TimeRange>& range() const { return range_; }
    void set_range(std::optional<TimeRange> range);

    // Indices into the analysis's findings; nullopt: none is selected.
    const std::optional<size_t>& finding() const { return finding_; }
    const Finding* selected_finding() const;
    void select_finding(std::optional<size_t> finding);
    // The time from the first of its calls to the last, with room around; of the selected one.
    void fit_finding();

    const std::optional<EventIndex>& event() const { return event_; }
    void select_event(std::optional<EventIndex> event);
    // Under the mouse, in whatever view.
    const std::optional<EventIndex>& hovered() const { return hovered_; }
    void hover(std::optional<EventIndex> event);

    uint64_t playhead_ns() const { return playhead_ns_; }
    void set_playhead(uint64_t ns);

    TimeMode time_mode() const { return time_mode_; }
    void set_time_mode(TimeMode mode);
    // "1.234567 s", "2026-01-31 23:59:59.123456789 UTC" or "1234567890".
    QString time_text(uint64_t ns) const;
    Grouping grouping() const { return grouping_; }
    void set_grouping(Grouping grouping);

    // The correlation window: both limits, or one of them, at a place on an axis.
    Axis axis() const { return axis_; }
    std::chrono::nanoseconds limit() const { return limit_; }
    void set_window(Axis axis, std::chrono::nanoseconds limit);
    // As `--window` does: "50ms", "check-use=2s,F1:unlimited"; limits that it does not speak of are
    // the defaults. Errors are sentences; nothing has changed then. What joins orphans was chosen
    // before the analysis, and cannot be changed here.
    Result<> set_windows(const std::string& items);
    const CorrelationWindow& window() const { return chosen_.window; }
    // The session's options with the window in place.
    AnalysisOptions options() const { return chosen_; }
    // Findings that are alive in the window, set aside or not, by their indices; empty before they
    // are known.
    const std::vector<uint32_t>& alive() const { return alive_; }
    const WindowAnswers::BySeverity& by_severity() const { return by_severity_; }
    // Whether a rule set aside this one of the analysis's findings, by its index.
    bool is_set_aside(size_t finding) const { return answers_->is_set_aside[finding] != 0; }
    // Both nullptr before findings are known.
    const WindowAnswers* answers() const { return answers_ ? &answers_->window : nullptr; }
    const GapDistribution* gaps() const { return answers_ ? &answers_->gaps : nullptr; }
    // A part of the axis of gaps to look at; nullopt: all of it.
    const std::optional<GapRange>& brush() const { return brush_; }
    void set_brush(std::optional<GapRange> brush);
    // Whether the gap of this finding, by its index, is in the brush.
    bool is_brushed(size_t finding) const;

    // What a case file keeps of this, and the reverse: what the trace does not have is left out.
    CaseView case_view() const;
    void show(const CaseView& view);

  signals:
    void viewportChanged();
    void historyChanged();
    void rangeChanged();
    void findingSelected();
    void eventSelected();
    void hoverChanged();
    void playheadMoved();
    void timeModeChanged();
    void groupingChanged();
    // alive() and by_severity() are of the new window.
    void windowChanged();
    void brushChanged();
    // answers() and gaps() are new ones.
    void answersChanged();
    // Events are marked as the findings that are alive have them.
    void marksChanged();

  private:
    void choose(const AnalysisOptions& options, Axis axis);
    void prepare_answers();
    void answer_window();
    void mark_events();
    void mark_some_events();

    TraceSession& session_;
    RowFilter filter_;
    CaseFile case_file_;
    TimeRange viewport_;
    std::vector<TimeRange> back_, forward_;
    std::optional<TimeRange> range_;
    std::optional<size_t> finding_;
    std::optional<EventIndex> event_, hovered_;
    uint64_t playhead_ns_ = 0;
    TimeMode time_mode_ = TimeMode::kRelative;
    Grouping grouping_ = Grouping::kByProcess;
    Axis axis_ = Axis::kBoth;
    std::chrono::nanoseconds limit_ = kUnlimited;
    AnalysisOptions chosen_;
    std::optional<PreparedAnswers> answers_;
    std::optional<GapRange> brush_;
    std::vector<uint32_t> alive_;
    WindowAnswers::BySeverity by_severity_{};
    QTimer marking_, marking_on_;
    size_t next_marked_ = 0;  // of alive_
};

// From the first to the last moment of its calls.
TimeRange span_of(const Finding& finding);

}  // namespace tocsin::gui
