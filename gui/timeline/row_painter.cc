// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/row_painter.h"

#include <algorithm>
#include <cmath>

#include "gui/timeline/event_text.h"

namespace tocsin::gui {
namespace {

constexpr double kFoldPixels = 3;
constexpr double kBarMargin = 4;       // above and below
constexpr double kLeastForName = 22;   // a bar narrower than that has none
constexpr double kLeastForFile = 120;  // one wider than that names the file, too
constexpr double kLeastForMore = 40;   // of the file's name
constexpr double kHatchStep = 5;
constexpr double kShapeApart = 7;
constexpr int kSeverityApart = 10;

uint16_t exec_hook() {
    const HookInfo* hook = find_hook("sched_process_exec");
    return hook != nullptr ? hook->id : uint16_t{0};
}

}  // namespace

const CallNames::Name& CallNames::of(const EventStore& events, EventIndex event) {
    const uint32_t key =
        static_cast<uint32_t>(events.kind(event) == EventKind::kHook) << 16U | events.number(event);
    const auto [at, is_new] = names_.try_emplace(key);
    if (is_new) {
        const QString name = event_name(events, event);
        at->second.text.setTextFormat(Qt::PlainText);
        at->second.text.setText(name);
        at->second.text.prepare(QTransform(), font_);
        at->second.width = metrics_.horizontalAdvance(name);
    }
    return at->second;
}

RowPainter::RowPainter(QPainter& painter, const EventStore& events, const TimeScale& scale,
                       uint64_t from_ns, uint64_t to_ns, const Theme& theme, CallNames& names)
    : painter_(painter),
      events_(events),
      scale_(scale),
      from_ns_(from_ns),
      to_ns_(to_ns),
      theme_(theme),
      names_(names),
      exec_hook_(exec_hook()) {}

void RowPainter::paint_threads(std::span<const uint32_t> threads, const QRectF& area) {
    begin(area);
    for (const uint32_t thread : threads) add(events_.by_thread(), thread, Of::kThread);
    if (threads.size() > 1) labels_.clear();
    finish();
}

void RowPainter::paint_file(uint32_t file, const QRectF& area) {
    begin(area);
    add(events_.by_file(), file, Of::kFile);
    finish();
}

void RowPainter::paint_all(const QRectF& area) {
    begin(area);
    EventIndex before = events_.first_at(scale_.ns_of(area.left()));
    for (size_t column = 0; column < folded_.size(); ++column) {
        const EventIndex next =
            events_.first_at(scale_.ns_of(area.left() + static_cast<double>(column) + 1));
        if (next > before) {
            folded_[column] = static_cast<float>(next - before);
            first_folded_ = has_folded_ ? first_folded_ : column;
            end_folded_ = column + 1;
            has_folded_ = true;
        }
        before = next;
    }
    finish();
}

void RowPainter::begin(const QRectF& area) {
    area_ = area;
    const auto columns = static_cast<size_t>(std::max(std::ceil(area.width()), 1.0));
    folded_.assign(columns, 0);
    severities_.assign(columns, -1);
    has_folded_ = has_severities_ = false;
    bars_.clear();
    failed_.clear();
    ticks_.clear();
    hatch_.clear();
    shapes_.clear();
    labels_.clear();
    counts_.clear();
    last_bar_ = last_tick_ = INT32_MIN;
}

void RowPainter::add(const SegmentForest& forest, uint32_t row, Of of) {
    const auto fold = static_cast<uint64_t>(scale_.ns_per_pixel() * kFoldPixels);
    forest.visit(
        row, from_ns_, to_ns_, fold, [this](const Segment& segment) { add_segment(segment); },
        [this, of](EventIndex event) { add_event(event, of); });
    const auto pixel = static_cast<uint64_t>(scale_.ns_per_pixel());
    forest.visit_marked(row, from_ns_, to_ns_, pixel, [this](EventIndex event, Severity severity) {
        const double x = scale_.x_of(events_.time_ns(event)) - area_.left();
        if (x < 0 || x >= static_cast<double>(severities_.size())) return;
        int8_t& at = severities_[static_cast<size_t>(x)];
        at = std::max(at, static_cast<int8_t>(severity));
        has_severities_ = true;
    });
}

void RowPainter::add_segment(const Segment& segment) {
    const auto last = static_cast<double>(folded_.size() - 1);
    const double from = scale_.x_of(segment.from) - area_.left();
    const double to = scale_.x_of(segment.to) - area_.left();
    if (to < 0 || from > last + 1) return;
    const auto first = static_cast<size_t>(std::clamp(from, 0.0, last));
    const auto end = static_cast<size_t>(std::clamp(to, 0.0, last)) + 1;
    const float each = static_cast<float>(segment.count) / static_cast<float>(end - first);
    for (size_t column = first; column < end; ++column) folded_[column] += each;
    first_folded_ = has_folded_ ? std::min(first_folded_, first) : first;
    end_folded_ = has_folded_ ? std::max(end_folded_, end) : end;
    has_folded_ = true;
}

void RowPainter::add_event(EventIndex event, Of of) {
    const uint64_t at = events_.time_ns(event);
    switch (events_.kind(event)) {
        case EventKind::kFound:
            break;
        case EventKind::kEntry:  // the bar's left edge, and all there is without a return
            add_bar(event, at, at, false);
            break;
        case EventKind::kReturn:
            add_bar(event, std::min(events_.begin_ns(event), at), at, events_.failed(event));
            break;
        case EventKind::kHook:
            if (of == Of::kFile) add_bar(event, std::min(events_.begin_ns(event), at), at, false);
            if (events_.number(event) == exec_hook_ && of == Of::kThread)
                add_shape(EventKind::kHook, at);
            else
                add_tick(at);
            break;
        case EventKind::kFork:
        case EventKind::kExit:
            add_shape(events_.kind(event), at);
            break;
    }
}

QRectF RowPainter::bar_area(double left, double right) const {
    return {left, area_.top() + kBarMargin, right - left, area_.height() - 2 * kBarMargin};
}

void RowPainter::add_bar(EventIndex event, uint64_t from_ns, uint64_t to_ns, bool failed) {
    if (to_ns < from_ns_ || from_ns > to_ns_) return;
    const double left = std::max(scale_.x_of(from_ns), area_.left() - 4);
    double right = std::min(scale_.x_of(to_ns), area_.right() + 4);
    if (right - left < 1.5) {
        const int column = static_cast<int>(left);
        if (column == last_bar_) return;
        last_bar_ = column;
        right = left + 1;
    } else if (right - left > 4) {
        right -= 1;  // so that what follows at once is told apart
    }
    const QRectF bar = bar_area(left, right);
    (failed ? failed_ : bars_).push_back(bar);
    const QRectF shown = bar.intersected(area_);
    if (shown.width() >= kLeastForName) labels_.push_back({shown, event});
}

void RowPainter::add_tick(uint64_t at_ns) {
    if (at_ns < from_ns_ || at_ns > to_ns_) return;
    const double x = scale_.x_of(at_ns);
    const int column = static_cast<int>(x);
    if (column == last_tick_) return;
    last_tick_ = column;
    ticks_.emplace_back(x - 0.5, area_.top() + kBarMargin, 1.5,
                        (area_.height() - 2 * kBarMargin) * 0.4);
}

void RowPainter::add_shape(EventKind kind, uint64_t at_ns) {
    if (at_ns < from_ns_ || at_ns > to_ns_) return;
    const double x = scale_.x_of(at_ns);
    if (!shapes_.empty() && shapes_.back().kind == kind && x - shapes_.back().x < kShapeApart)
        return;
    shapes_.push_back({kind, x});
}

void RowPainter::finish() {
    if (has_folded_) draw_folded();
    for (const QRectF& bar : bars_) painter_.fillRect(bar, theme_.call);
    for (const QRectF& bar : failed_) {
        // Hollow, so that it is not told by its colour alone.
        QColor fill = theme_.failed_call;
        fill.setAlpha(110);
        painter_.fillRect(bar, fill);
        if (bar.width() < 3) continue;
        painter_.fillRect(QRectF(bar.left(), bar.top(), bar.width(), 1.5), theme_.failed_call);
        painter_.fillRect(QRectF(bar.left(), bar.bottom() - 1.5, bar.width(), 1.5),
                          theme_.failed_call);
        painter_.fillRect(QRectF(bar.left(), bar.top(), 1, bar.height()), theme_.failed_call);
        painter_.fillRect(QRectF(bar.right() - 1, bar.top(), 1, bar.height()), theme_.failed_call);
    }
    for (const QRectF& tick : ticks_) painter_.fillRect(tick, theme_.hook);
    if (!labels_.empty()) draw_labels();
    if (!shapes_.empty()) draw_shapes();
    if (has_severities_) draw_severities();
}

void RowPainter::draw_folded() {
    size_t at = first_folded_;
    while (at < end_folded_) {
        while (at < end_folded_ && folded_[at] <= 0) ++at;
        size_t end = at;
        // A gap of a pixel or two does not end a run.
        while (end < end_folded_ &&
               (folded_[end] > 0 || (end + 1 < end_folded_ && folded_[end + 1] > 0) ||
                (end + 2 < end_folded_ && folded_[end + 2] > 0)))
            ++end;
        if (end > at) draw_run(at, end);
        at = std::max(end, at + 1);
    }
    if (hatch_.empty()) return;
    QColor over = theme_.background;
    over.setAlpha(130);
    painter_.setPen(QPen(over, 1));
    // Qt has threads fill what takes 96 lines of pixels and more, and waits for them, which takes
    // far longer than so little does (QT_THREAD_PARALLEL_FILLS in its qdrawhelper.cpp).
    const double lines_of_pixels = area_.height() * painter_.deviceTransform().m22();
    const auto at_once = static_cast<size_t>(std::max(90 / std::max(lines_of_pixels, 1.0), 1.0));
    for (size_t i = 0; i < hatch_.size(); i += at_once)
        painter_.drawLines(hatch_.data() + i,
                           static_cast<int>(std::min(at_once, hatch_.size() - i)));
    painter_.setFont(names_.font());
    painter_.setPen(theme_.text);
    for (const auto& [area, text] : counts_) {
        painter_.fillRect(area, theme_.raised);
        painter_.drawText(area, Qt::AlignCenter, text);
    }
}

void RowPainter::draw_run(size_t first, size_t end) {
    const QRectF whole = bar_area(area_.left() + static_cast<double>(first),
                                  area_.left() + static_cast<double>(end));
    double count = 0;
    const auto height_of = [&](float events) {
        const double part = (1 + std::log10(std::max(events, 1.0F))) / 6;
        return events <= 0 ? 0.0 : std::round(whole.height() * std::clamp(0.25 + part, 0.3, 1.0));
    };
    for (size_t column = first; column < end;) {
        const double height = height_of(folded_[column]);
        size_t same = column;
        for (; same < end && height_of(folded_[same]) == height; ++same)
            count += static_cast<double>(folded_[same]);
        if (height > 0)
            painter_.fillRect(
                QRectF(area_.left() + static_cast<double>(column), whole.bottom() - height,
                       static_cast<double>(same - column), height),
                theme_.call);
        column = same;
    }
    // Lines that stand still when the run moves, cut to it.
    const double low = std::floor((whole.left() - whole.height()) / kHatchStep) * kHatchStep;
    for (double x = low; x < whole.right() && whole.width() >= 4; x += kHatchStep) {
        const double cut_left = std::max(0.0, whole.left() - x);
        const double cut_right = std::min(whole.height(), whole.right() - x);
        if (cut_left < cut_right)
            hatch_.emplace_back(x + cut_left, whole.bottom() - cut_left, x + cut_right,
                                whole.bottom() - cut_right);
    }
    const QString text = grouped(static_cast<uint64_t>(std::llround(count)));
    const double width = names_.metrics().horizontalAdvance(text) + 8;
    if (whole.width() < width + 16) return;
    counts_.push_back(
        {QRectF(whole.center().x() - width / 2, whole.top() + 1, width, whole.height() - 2), text});
}

QString RowPainter::more_of(EventIndex event) const {
    if (events_.kind(event) == EventKind::kHook) return thread_name(events_, events_.thread(event));
    const FileRow* file = file_of_call(events_, event);
    if (file == nullptr) return {};
    return file_name(events_, static_cast<uint32_t>(file - events_.files().data()));
}

void RowPainter::draw_labels() {
    painter_.setFont(names_.font());
    painter_.setPen(theme_.text);
    const double rise = names_.metrics().height() / 2;
    double free_from = area_.left();
    for (const Label& label : labels_) {
        // Of a hook's bar, which is in a file's row, the call's name.
        const EventIndex entry = events_.partner(label.event);
        const CallNames::Name& name = names_.of(events_, entry != kNoEvent ? entry : label.event);
        const QRectF& bar = label.bar;
        if (bar.left() < free_from) continue;
        const QPointF at(uncovered(bar.left() + 4, name.width), bar.center().y() - rise);
        if (at.x() + name.width + 3 > bar.right()) continue;
        painter_.drawStaticText(at, name.text);
        free_from = bar.right();
        const double more = uncovered(at.x() + name.width + 6, kLeastForMore);
        const double room = std::min(bar.right() - 4, next_covered(more) - 2) - more;
        if (bar.width() < kLeastForFile || room < kLeastForMore) continue;
        painter_.drawText(QPointF(more, at.y() + names_.metrics().ascent()),
                          names_.metrics().elidedText(more_of(label.event), Qt::ElideMiddle, room));
    }
}

void RowPainter::draw_shapes() {
    painter_.save();
    painter_.setRenderHint(QPainter::Antialiasing);
    const double top = area_.top() + kBarMargin, bottom = area_.bottom() - kBarMargin;
    const double middle = area_.center().y();
    for (const Shape& shape : shapes_) {
        const double x = shape.x;
        painter_.setPen(QPen(theme_.text, 1.3));
        painter_.setBrush(Qt::NoBrush);
        if (shape.kind == EventKind::kFork) {  // a branch
            painter_.drawLine(QPointF(x, top), QPointF(x, bottom));
            painter_.drawLine(QPointF(x, middle), QPointF(x + 5, bottom));
        } else if (shape.kind == EventKind::kExit) {  // an end
            painter_.drawLine(QPointF(x, top), QPointF(x, bottom));
            painter_.drawLine(QPointF(x - 4, middle - 3), QPointF(x, middle));
            painter_.drawLine(QPointF(x - 4, middle + 3), QPointF(x, middle));
        } else {  // exec: a program that starts
            painter_.setBrush(theme_.text);
            painter_.setPen(Qt::NoPen);
            const QPointF corners[] = {{x, middle - 4}, {x + 6, middle}, {x, middle + 4}};
            painter_.drawPolygon(corners, 3);
        }
    }
    painter_.restore();
}

bool RowPainter::is_quiet(double x) const {
    return std::any_of(quiet_.begin(), quiet_.end(), [x](const std::pair<double, double>& span) {
        return span.first - 2 <= x && x <= span.second + 2;
    });
}

double RowPainter::uncovered(double left, double width) const {
    for (const auto& [from, to] : covered_)
        if (left < to && left + width > from) left = to + 2;
    return left;
}

double RowPainter::next_covered(double left) const {
    for (const auto& [from, to] : covered_)
        if (from >= left) return from;
    return area_.right() + 2;
}

void RowPainter::draw_severities() {
    // Each column is lit; a shape stands for the gravest of some.
    const auto columns = static_cast<int>(severities_.size());
    for (int start = 0; start < columns; start += kSeverityApart) {
        int gravest = -1;
        for (int i = start; i < std::min(start + kSeverityApart, columns); ++i) {
            const int8_t at = severities_[static_cast<size_t>(i)];
            if (at < 0 || is_quiet(area_.left() + i)) continue;
            const QColor& colour = theme_.of(static_cast<Severity>(at));
            painter_.fillRect(
                QRectF(area_.left() + i - 0.5, area_.top() + 2, 2, area_.height() - 4), colour);
            if (gravest < 0 || at > severities_[static_cast<size_t>(gravest)]) gravest = i;
        }
        if (gravest < 0) continue;
        const auto severity = static_cast<Severity>(severities_[static_cast<size_t>(gravest)]);
        draw_severity(painter_, severity, {area_.left() + gravest + 0.5, area_.top() + 5}, 9,
                      theme_.of(severity));
    }
}

}  // namespace tocsin::gui
