// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/html_timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "analyzer/report/escape.h"
#include "analyzer/report/finding_text.h"
#include "analyzer/report/markup.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/race_story.h"
#include "analyzer/report/views_text.h"

namespace tocsin {
namespace {

// In pixels. Names of rows stand left of the plot, so that no text lies on a bar.
constexpr int kWidth = 780, kLeft = 170, kPlotWidth = 560;
constexpr int kRow = 24, kBar = 12, kGapRow = 28, kAxis = 30, kTop = 6;
constexpr int kLabelAt = 14;
constexpr int kCharacter = 7;  // more than any takes of the size used
constexpr size_t kLabelColumns = 21, kLaneColumns = 90;
constexpr uint64_t kMostTicks = 6;

// A bar where a time span is given, a mark where a moment is.
struct Row {
    std::string label;
    std::string_view kind;  // CSS class
    std::optional<std::pair<BootTime, BootTime>> span;
    std::optional<BootTime> decided;
};

struct Lane {
    TaskId process;  // of what leads it, where that was seen
    std::string title;
    std::vector<Row> rows;
};

struct Drawing {
    BootTime from, to;
    std::vector<Lane> lanes;
    std::vector<StoryGap> gaps;
};

std::string lane_title(const TaskState& task, const Caller& caller) {
    const auto executable = caller.executable();
    return elide(fmt::format("pid {}, uid {}, {}", task.id.tgid, task.credentials.euid,
                             executable ? path_shown(*executable) : quote(task.comm)),
                 kLaneColumns);
}

// Pids are given anew. What leads a process keeps its start through every exec, and its other
// threads begin later.
bool are_of_one_process(const TaskId& a, const TaskId& b) {
    if (a.tgid != b.tgid || a.started.ns == 0 || b.started.ns == 0) return a.tgid == b.tgid;
    const bool a_leads = a.tid == a.tgid, b_leads = b.tid == b.tgid;
    if (a_leads && b_leads) return a.started == b.started;
    return a_leads ? a.started <= b.started : !b_leads || b.started <= a.started;
}

// The lane of the process, a new one where there is none yet. It is called as the process was last.
Lane& lane_of(Drawing& drawing, const TaskState& task, const Caller& caller) {
    const auto same =
        std::find_if(drawing.lanes.begin(), drawing.lanes.end(),
                     [&](const Lane& lane) { return are_of_one_process(lane.process, task.id); });
    Lane& lane = same != drawing.lanes.end() ? *same : drawing.lanes.emplace_back();
    if (same == drawing.lanes.end() || task.id.tid == task.id.tgid) lane.process = task.id;
    lane.title = lane_title(task, caller);
    return lane;
}

Drawing drawing_of(const Story& story) {
    Drawing drawing{story.check->began, decision_of(*story.use), {}, gaps_of(story)};
    for (const StorySpan& span : spans_of(story)) {
        const Operation& operation = *span.operation;
        const bool is_change = span.label == "change";
        lane_of(drawing, operation.task, operation.caller)
            .rows.push_back({fmt::format("{} {}", span.label, operation.syscall->name), span.label,
                             std::pair(span.from, span.to), is_change ? span.from : span.to});
    }
    return drawing;
}

Drawing drawing_of_call(const Candidate& candidate) {
    const Operation& operation = *candidate.operation;
    Drawing drawing{operation.began, operation.last_time(), {}, {}};
    if (const auto& supervisor = candidate.supervisor) {
        if (operation.copied)
            drawing.gaps.push_back({"claim to kernel copy", supervisor->time, *operation.copied});
        drawing.from = std::min(drawing.from, supervisor->time);
        lane_of(drawing, supervisor->task, supervisor->caller)
            .rows.push_back({"supervisor's claim", "claim", {}, supervisor->time});
    }
    Lane& lane = lane_of(drawing, operation.task, operation.caller);
    lane.rows.push_back({fmt::format("call {}", operation.syscall->name),
                         "call",
                         std::pair(operation.began, operation.last_time()),
                         {}});
    for (const ViewRow& row : views_of(candidate))
        if (row.time && row.is_recorded && row.name.find_first_not_of(' ') == 0)
            lane.rows.push_back(
                {std::string(row.name), row.is_claim ? "claim" : "truth", {}, row.time});
    if (operation.copied)
        drawing.gaps.push_back({"entry to kernel copy", operation.began, *operation.copied});
    if (operation.copied && operation.ended)
        drawing.gaps.push_back({"kernel copy to return", *operation.copied, *operation.ended});
    return drawing;
}

// The shape of the moment that a row is about, in a box of 12 around it: a diamond for checks and
// claims, a cross for changes, a square for what was used.
std::string_view shape_of(std::string_view kind) {
    if (kind == "change") return "m0 -2l4 -4l2 2l-4 4l4 4l-2 2l-4 -4l-4 4l-2 -2l4 -4l-4 -4l2 -2z";
    if (kind == "use" || kind == "truth") return "m-5 -5h10v10h-10z";
    return "m0 -6l6 6l-6 6l-6 -6z";
}

class Canvas {
  public:
    explicit Canvas(const Drawing& drawing)
        : from_(drawing.from), length_(std::max(drawing.to, drawing.from).ns - drawing.from.ns) {}

    void add_lane(const Lane& lane) {
        const int height = kRow * static_cast<int>(lane.rows.size() + 1);
        lanes_ +=
            fmt::format("<rect class=\"lane\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\"/>\n", y_,
                        kWidth, height);
        // On ground of its own, over the guides.
        add(R"(<rect class="lane" x="{}" y="{}" width="{}" height="{}"/>)", kLabelAt, y_ + 4,
            kCharacter * static_cast<int>(width_of(lane.title)), kRow - 7);
        add(R"(<text class="who" x="{}" y="{}">{}</text>)", kLabelAt, y_ + 17, markup(lane.title));
        y_ += kRow;
        for (const Row& row : lane.rows) add_row(row);
        y_ += kTop;
    }

    void add_axis() {
        const int y = y_ + 4;
        add(R"(<path class="axis" d="M{} {}h{}"/>)", kLeft, y, kPlotWidth);
        static constexpr std::array<uint64_t, 3> kFactors = {2, 5, 10};
        uint64_t decade = 1, step = 1;
        for (size_t i = 0; length_ / step > kMostTicks; ++i) {
            step = decade * kFactors[i % 3];
            if (i % 3 == 2) decade = step;
        }
        const bool is_seconds = step >= 500'000'000, is_ms = step >= 500'000;
        const uint64_t unit = is_seconds ? 1'000'000'000 : is_ms ? 1'000'000 : 1'000;
        for (uint64_t i = 0; i <= length_ / step; ++i) {
            const int x = column(BootTime{from_.ns + i * step});
            add(R"(<rect class="ground" x="{}" y="{}" width="44" height="16"/>)", x - 22, y + 6);
            add(R"(<path class="axis" d="M{} {}v5"/><text class="tick" x="{}" y="{}">{:g}{}</text>)",
                x, y, x, y + 18, static_cast<double>(i * step) / static_cast<double>(unit),
                i != 0       ? ""
                : is_seconds ? " s"
                : is_ms      ? " ms"
                             : " µs");
        }
        y_ += kAxis;
    }

    void add_gap(const StoryGap& gap) {
        const int y = y_ + 18, x1 = column(gap.from), x2 = std::max(column(gap.to), x1);
        const std::string text = interval_text(gap.from, gap.to);
        const int wide = kCharacter * static_cast<int>(width_of(text));
        const bool is_inside = x2 - x1 > wide + 8, is_right = x2 + 8 + wide < kWidth;
        add(R"(<text x="{}" y="{}">{}</text>)", kLabelAt, y + 4, gap.label);
        add(R"(<path class="gap" d="M{0} {1}v8M{0} {2}H{3}M{3} {1}v8"/>)", x1, y - 4, y, x2);
        const int left = is_inside ? (x1 + x2 - wide) / 2 : is_right ? x2 + 6 : x1 - 6 - wide;
        const int base = is_inside ? y - 5 : y + 4;
        add(R"(<rect class="ground" x="{}" y="{}" width="{}" height="13"/>)", left, base - 11,
            wide);
        add(R"(<text class="length" x="{}" y="{}">{}</text>)", left + wide / 2, base, text);
        y_ += kGapRow;
    }

    // Through what lies above so far.
    void add_guide(BootTime time) {
        guides_ += fmt::format("<path class=\"guide\" d=\"M{} {}V{}\"/>\n", column(time), kTop, y_);
    }

    std::string text(std::string_view id, std::string_view title, std::string_view words) const {
        return fmt::format(
            "<svg class=\"drawing\" role=\"img\" aria-labelledby=\"{0}-title {0}-text\" "
            "width=\"{1}\" height=\"{2}\" viewBox=\"0 0 {1} {2}\">\n"
            "<title id=\"{0}-title\">{3}</title>\n<desc "
            "id=\"{0}-text\">{4}</desc>\n{5}{6}{7}</svg>\n",
            id, kWidth, y_, markup(title), markup(words), lanes_, guides_, marks_);
    }

  private:
    template <typename... Arguments>
    void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        marks_ += fmt::format(format, std::forward<Arguments>(arguments)...) + '\n';
    }

    // What lies outside of the drawing is at its ends.
    int column(BootTime time) const {
        const uint64_t inside = time < from_ ? 0 : std::min<uint64_t>(time.ns - from_.ns, length_);
        const auto wide = static_cast<unsigned __int128>(inside) * kPlotWidth;
        return kLeft + static_cast<int>(wide / std::max<uint64_t>(length_, 1));
    }
    bool is_outside(BootTime time) const { return time < from_ || time.ns - from_.ns > length_; }

    void add_row(const Row& row) {
        const int middle = y_ + kRow / 2 - 2;
        add(R"(<text x="{}" y="{}">{}</text>)", kLabelAt, middle + 4,
            markup(elide(row.label, kLabelColumns)));
        if (row.span) {
            const auto& [from, to] = *row.span;
            const int x1 = column(from), x2 = std::max(column(to), x1 + 3);
            add(R"(<rect class="bar {}" x="{}" y="{}" width="{}" height="{}" rx="2"/>)", row.kind,
                x1, middle - kBar / 2, x2 - x1, kBar);
            if (is_outside(to))
                add(R"(<path class="beyond" d="M{} {}l6 5l-6 5"/>)", x2 + 4, middle - 5);
            if (is_outside(from))
                add(R"(<path class="beyond" d="M{} {}l-6 5l6 5"/>)", x1 - 4, middle - 5);
        }
        if (row.decided)
            add(R"(<path class="mark {}" d="M{} {}{}"/>)", row.kind, column(*row.decided), middle,
                shape_of(row.kind));
        y_ += kRow;
    }

    BootTime from_;
    uint64_t length_;
    int y_ = kTop;
    std::string lanes_, guides_, marks_;  // from the back to the front
};

}  // namespace

std::string timeline_of(const Candidate& candidate, std::string_view id) {
    const Drawing drawing =
        candidate.check() != nullptr ? drawing_of(story_of(candidate)) : drawing_of_call(candidate);
    if (drawing.to <= drawing.from) return {};
    Canvas canvas(drawing);
    for (const Lane& lane : drawing.lanes) canvas.add_lane(lane);
    canvas.add_axis();
    std::string words;
    for (const StoryGap& gap : drawing.gaps) {
        canvas.add_gap(gap);
        words += fmt::format("{}{} {}", words.empty() ? "" : ", ", gap.label,
                             interval_text(gap.from, gap.to));
    }
    for (const StoryGap& gap : drawing.gaps) {
        canvas.add_guide(gap.from);
        canvas.add_guide(gap.to);
    }
    return canvas.text(id, "Timeline",
                       words + ". The fields of the finding say the same in words.");
}

}  // namespace tocsin
