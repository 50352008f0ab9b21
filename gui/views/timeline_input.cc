// SPDX-License-Identifier: Apache-2.0
//
// What mouse and keys do to the timeline.
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "gui/timeline/event_text.h"
#include "gui/views/timeline_view.h"

namespace tocsin::gui {
namespace {

constexpr double kZoomStep = 1.25;
constexpr double kPanStep = 0.15;  // of what is shown
constexpr double kWheelStep = 120;
constexpr int kTwiceWithinMs = 600;

uint64_t moved(uint64_t ns, double by) {
    if (by >= 0) return ns + static_cast<uint64_t>(by);
    const auto back = static_cast<uint64_t>(-by);
    return ns > back ? ns - back : 0;
}

}  // namespace

void TimelineView::zoom_at(double x, double factor) {
    const TimeRange before = state_.viewport();
    const double width = std::max(geometry_.width - geometry_.label_width, 1.0);
    const double part = std::clamp((x - geometry_.label_width) / width, 0.0, 1.0);
    const auto length = static_cast<double>(before.length());
    const double wanted = std::clamp(length * factor, static_cast<double>(ViewState::kShortest),
                                     std::max(static_cast<double>(state_.whole().length()),
                                              static_cast<double>(ViewState::kShortest)));
    const uint64_t from = moved(before.from, part * (length - wanted));
    state_.set_viewport({from, from + static_cast<uint64_t>(wanted)});
}

void TimelineView::zoom(double factor) {
    const double middle = (geometry_.label_width + geometry_.width) / 2;
    zoom_at(is_mouse_in_ && mouse_at_.x() > geometry_.label_width ? mouse_at_.x() : middle, factor);
}

void TimelineView::pan(double part) {
    const TimeRange before = state_.viewport();
    const uint64_t from = moved(before.from, part * static_cast<double>(before.length()));
    state_.set_viewport({from, from + before.length()});
}

std::optional<TimeRange> TimelineView::selection() const {
    if (state_.range()) return state_.range();
    if (const auto& event = state_.event(); event && *event < state_.session().events().size()) {
        const EventStore& events = state_.session().events();
        return TimeRange{std::min(events.begin_ns(*event), events.time_ns(*event)),
                         events.time_ns(*event)};
    }
    if (const Finding* finding = state_.selected_finding()) return span_of(*finding);
    return std::nullopt;
}

void TimelineView::centre_selection() {
    const bool is_twice = since_centred_.isValid() && since_centred_.elapsed() < kTwiceWithinMs;
    since_centred_.start();
    if (is_twice) {
        since_centred_.invalidate();
        fit_selection();
        return;
    }
    const auto selected = selection();
    if (!selected) return;
    const uint64_t middle = selected->from + selected->length() / 2;
    const uint64_t length = state_.viewport().length();
    const uint64_t from = moved(middle, -static_cast<double>(length) / 2);
    state_.jump_to({from, from + length});
    if (state_.event()) show_event(*state_.event());
}

void TimelineView::fit_selection() {
    const auto selected = selection();
    if (!selected) {
        state_.jump_to(state_.whole());
        return;
    }
    if (!state_.range() && !state_.event()) {
        state_.fit_finding();
        return;
    }
    const uint64_t room = std::max<uint64_t>(selected->length() / 8, 500);
    state_.jump_to({moved(selected->from, -static_cast<double>(room)), selected->to + room});
}

void TimelineView::show_event(EventIndex event) {
    const EventStore& events = state_.session().events();
    const uint64_t at = events.time_ns(event);
    const TimeRange viewport_before = state_.viewport();
    if (!viewport_before.contains(at)) {
        const uint64_t from = moved(at, -static_cast<double>(viewport_before.length()) / 2);
        state_.set_viewport({from, from + viewport_before.length()});
    }
    const auto row = rows_.grouping() == Grouping::kByProcess
                         ? rows_.row_of_thread(events.thread(event))
                         : rows_.row_of_file(events.file(event));
    if (row) scroll_to_rows(*row, *row);
}

void TimelineView::step_event(Towards towards) {
    const EventStore& events = state_.session().events();
    if (events.empty()) return;
    const bool by_file = rows_.grouping() == Grouping::kByFile;
    const SegmentForest& forest = by_file ? events.by_file() : events.by_thread();
    uint32_t row = kNoRow;
    EventIndex from = events.first_at(state_.viewport().from);
    if (state_.event()) {
        from = *state_.event();
        row = by_file ? events.file(from) : events.thread(from);
    } else if (const auto current = current_row()) {
        const TimelineRow& at = rows_.at(*current);
        const std::vector<uint32_t> threads = rows_.threads_of(at);
        row = by_file ? at.id.index : threads.empty() ? kNoRow : threads.front();
    }
    if (row == kNoRow || row >= forest.rows()) return;
    const ChunkedColumn<EventIndex>& of = forest.events(row);
    size_t at = forest.place_from(row, from);
    if (towards == Towards::kLater) {
        if (at != of.size() && of[at] == from && state_.event()) ++at;
        if (at == of.size()) return;
    } else {
        if (at == 0) return;
        --at;
    }
    state_.select_event(of[at]);
    show_event(of[at]);
}

void TimelineView::cycle_calls() {
    if (!finding_) return;
    const std::optional<size_t> order[] = {finding_->check, finding_->change, finding_->use};
    for (size_t tries = 0; tries < std::size(order); ++tries) {
        const auto mark = order[next_call_];
        next_call_ = (next_call_ + 1) % std::size(order);
        if (!mark || finding_->marks[*mark].event == kNoEvent) continue;
        const EventIndex event = finding_->marks[*mark].event;
        state_.select_event(event);
        state_.set_playhead(finding_->marks[*mark].at_ns);
        show_event(event);
        return;
    }
}

void TimelineView::wheelEvent(QWheelEvent* event) {
    const double steps =
        (event->angleDelta().y() != 0 ? event->angleDelta().y() : event->angleDelta().x()) /
        kWheelStep;
    if (event->modifiers() & Qt::ControlModifier) {
        zoom_at(event->position().x(), std::pow(kZoomStep, -steps));
    } else if (event->modifiers() & (Qt::ShiftModifier | Qt::AltModifier)) {
        pan(-steps * kPanStep);
    } else if (event->angleDelta().x() != 0 && event->angleDelta().y() == 0) {
        pan(-steps * kPanStep);  // a touchpad's second axis
    } else {
        const int pixels = event->pixelDelta().isNull()
                               ? static_cast<int>(steps * 3 * geometry_.row_height)
                               : event->pixelDelta().y();
        verticalScrollBar()->setValue(verticalScrollBar()->value() - pixels);
    }
    event->accept();
}

void TimelineView::mousePressEvent(QMouseEvent* event) {
    setFocus(Qt::MouseFocusReason);
    pressed_at_ = event->position();
    pressed_viewport_ = state_.viewport();
    const bool is_right_of_labels = pressed_at_.x() >= geometry_.label_width;
    if (event->button() == Qt::MiddleButton && is_right_of_labels) {
        drag_ = Drag::kPan;
        viewport()->setCursor(Qt::ClosedHandCursor);
    } else if (event->button() == Qt::LeftButton && !is_right_of_labels) {
        press_label(pressed_at_);
    } else if (event->button() == Qt::LeftButton) {
        drag_ = pressed_at_.y() < geometry_.ruler_height ? Drag::kPlayhead : Drag::kMayBegin;
        drag_to(pressed_at_);
    }
}

void TimelineView::press_label(const QPointF& at) {
    const auto row = geometry_.row_at(rows_, at.y());
    if (!row) return;
    current_ = rows_.at(*row).id;
    repaint_ground();
    if (rows_.at(*row).has_rows_below) set_collapsed(*row, !rows_.at(*row).is_collapsed);
}

void TimelineView::set_collapsed(size_t row, bool is_collapsed) {
    const RowId id = rows_.at(row).id;
    rows_.set_collapsed(id, is_collapsed);
    update_scrolling();
}

void TimelineView::drag_to(const QPointF& at) {
    const TimeScale scale = geometry_.scale(scene());
    const double x = std::clamp(at.x(), geometry_.label_width, geometry_.width);
    if (drag_ == Drag::kMayBegin &&
        std::abs(at.x() - pressed_at_.x()) >= QApplication::startDragDistance() / 2.0)
        drag_ = Drag::kRange;
    switch (drag_) {
        case Drag::kPlayhead:
            state_.set_playhead(scale.ns_of(x));
            break;
        case Drag::kRange: {
            const uint64_t a = scale.ns_of(pressed_at_.x()), b = scale.ns_of(x);
            state_.set_range(TimeRange{std::min(a, b), std::max(a, b)});
            break;
        }
        case Drag::kPan: {
            const double by = (pressed_at_.x() - at.x()) * scale.ns_per_pixel();
            const uint64_t from = moved(pressed_viewport_.from, by);
            state_.set_viewport({from, from + pressed_viewport_.length()});
            break;
        }
        case Drag::kNone:
        case Drag::kMayBegin:
            break;
    }
}

void TimelineView::hover_at(const QPointF& at) {
    const EventIndex event = event_at(scene(), geometry_, at.x(), at.y());
    state_.hover(event != kNoEvent ? std::optional(event) : std::nullopt);
}

void TimelineView::mouseMoveEvent(QMouseEvent* event) {
    mouse_at_ = event->position();
    is_mouse_in_ = true;
    if (drag_ != Drag::kNone)
        drag_to(mouse_at_);
    else
        hover_at(mouse_at_);
}

void TimelineView::mouseReleaseEvent(QMouseEvent* event) {
    const Drag was = std::exchange(drag_, Drag::kNone);
    if (was == Drag::kPan) viewport()->unsetCursor();
    if (was != Drag::kMayBegin) return;
    const EventIndex hit =
        event_at(scene(), geometry_, event->position().x(), event->position().y());
    state_.set_range(std::nullopt);
    state_.select_event(hit != kNoEvent ? std::optional(hit) : std::nullopt);
    if (const auto row = geometry_.row_at(rows_, event->position().y()))
        current_ = rows_.at(*row).id;
    repaint_ground();
}

void TimelineView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && event->position().x() < geometry_.label_width)
        press_label(event->position());
    else if (event->button() == Qt::LeftButton && state_.event())
        fit_selection();
}

bool TimelineView::key_pressed(const QKeyEvent& event) {
    if (event.modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier))
        return false;
    const auto current = current_row();
    switch (event.key()) {
        case Qt::Key_W:
            zoom(1 / kZoomStep);
            return true;
        case Qt::Key_S:
            zoom(kZoomStep);
            return true;
        case Qt::Key_A:
            pan(-kPanStep);
            return true;
        case Qt::Key_D:
            pan(kPanStep);
            return true;
        case Qt::Key_F:
            centre_selection();
            return true;
        case Qt::Key_Comma:
            step_event(Towards::kEarlier);
            return true;
        case Qt::Key_Period:
            step_event(Towards::kLater);
            return true;
        case Qt::Key_J:
            cycle_calls();
            return true;
        case Qt::Key_Up:
            move_current(-1);
            return true;
        case Qt::Key_Down:
            move_current(1);
            return true;
        case Qt::Key_Left:
        case Qt::Key_Right:
            if (current && rows_.at(*current).has_rows_below)
                set_collapsed(*current, event.key() == Qt::Key_Left);
            return true;
        case Qt::Key_P:
            if (current) {
                const RowId id = rows_.at(*current).id;
                change_pinned(id);
            }
            return true;
        case Qt::Key_Escape:
            if (!state_.range()) return false;
            state_.set_range(std::nullopt);
            return true;
        default:
            return false;
    }
}

void TimelineView::keyPressEvent(QKeyEvent* event) {
    if (!key_pressed(*event)) QAbstractScrollArea::keyPressEvent(event);
}

void TimelineView::change_pinned(RowId row) {
    if (row.kind == RowKind::kHost) return;
    rows_.set_pinned(row, !rows_.is_pinned(row));
    update_scrolling();
}

void TimelineView::move_current(int by) {
    if (rows_.size() == 0) return;
    const auto current = current_row();
    const auto last = static_cast<int64_t>(rows_.size()) - 1;
    const int64_t next =
        current ? std::clamp<int64_t>(static_cast<int64_t>(*current) + by, 0, last) : 0;
    current_ = rows_.at(static_cast<size_t>(next)).id;
    scroll_to_rows(static_cast<size_t>(next), static_cast<size_t>(next));
    repaint_ground();
    notice_current();
}

QString TimelineView::tip_at(const QPointF& at) const {
    const TimelineScene shown = scene();
    const auto row = geometry_.row_at(rows_, at.y());
    const auto time_text = [this](uint64_t ns) { return state_.time_text(ns); };
    if (at.y() < geometry_.ruler_height && at.x() >= geometry_.label_width)
        return tr("%1. Drag to move the playhead.")
            .arg(time_text(geometry_.scale(shown).ns_of(at.x())));
    if (!row) return {};
    if (at.x() < geometry_.label_width) return row_text_of(*row);
    const EventIndex event = event_at(shown, geometry_, at.x(), at.y());
    if (event != kNoEvent) return event_sentence(*shown.events, event, time_text);
    const uint64_t near = events_near(shown, geometry_, at.x(), at.y());
    if (near < 2) return {};
    return tr("%1 events are folded here. Zoom in with W or Ctrl+wheel to tell them apart.")
        .arg(grouped(near));
}

bool TimelineView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto& help = static_cast<QHelpEvent&>(*event);
        // Plain text, whatever a name looks like.
        const QString tip = tip_at(help.pos());
        if (tip.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(help.globalPos(),
                               QStringLiteral("<p>") + tip.toHtmlEscaped() + QStringLiteral("</p>"),
                               viewport());
        return true;
    }
    if (event->type() == QEvent::Leave) {
        is_mouse_in_ = false;
        state_.hover(std::nullopt);
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void TimelineView::contextMenuEvent(QContextMenuEvent* event) {
    const QPointF at = event->reason() == QContextMenuEvent::Keyboard
                           ? QPointF(0, current_row() ? geometry_.top_of(rows_, *current_row()) + 2
                                                      : geometry_.ruler_height + 1)
                           : QPointF(event->pos());
    QMenu menu(this);
    if (const auto row = geometry_.row_at(rows_, at.y())) add_row_actions(menu, *row);
    const EventIndex hit = event_at(scene(), geometry_, at.x(), at.y());
    if (hit != kNoEvent) {
        menu.addAction(tr("Zoom to event"), this, [this, hit] {
            state_.set_range(std::nullopt);
            state_.select_event(hit);
            fit_selection();
        });
        menu.addAction(tr("Copy event as text"), this, [this, hit] {
            QApplication::clipboard()->setText(
                event_sentence(state_.session().events(), hit,
                               [this](uint64_t ns) { return state_.time_text(ns); }));
        });
    }
    if (state_.range())
        menu.addAction(tr("Zoom to range"), this, [this] { state_.jump_to(*state_.range()); });
    if (finding_)
        menu.addAction(tr("Copy finding's times as text"), this,
                       [this] { QApplication::clipboard()->setText(finding_text()); });
    menu.addSeparator();
    const auto add_choice = [&menu](const QString& text, bool is_on) {
        QAction* action = menu.addAction(text);
        action->setCheckable(true);
        action->setChecked(is_on);
        return action;
    };
    connect(add_choice(tr("Hide rows without events in view"),
                       rows_.empty_rows() == EmptyRows::kHidden),
            &QAction::toggled, this, [this](bool hidden) {
                set_empty_rows(hidden ? EmptyRows::kHidden : EmptyRows::kShown);
            });
    connect(add_choice(tr("Arrows of all findings in view"), arrows_ == Arrows::kAllInViewport),
            &QAction::toggled, this,
            [this](bool all) { set_arrows(all ? Arrows::kAllInViewport : Arrows::kOfSelection); });
    connect(add_choice(tr("Rows by file"), state_.grouping() == Grouping::kByFile),
            &QAction::toggled, this, [this](bool by_file) {
                state_.set_grouping(by_file ? Grouping::kByFile : Grouping::kByProcess);
            });
    menu.addAction(tr("Fit the whole trace"), this, [this] { state_.jump_to(state_.whole()); });
    menu.exec(event->reason() == QContextMenuEvent::Keyboard ? viewport()->mapToGlobal(at.toPoint())
                                                             : event->globalPos());
}

void TimelineView::add_row_actions(QMenu& menu, size_t row) {
    const TimelineRow at = rows_.at(row);
    if (at.id.kind != RowKind::kHost)
        menu.addAction(at.is_pinned ? tr("Unpin row") : tr("Pin row to the top"), this,
                       [this, at] { change_pinned(at.id); });
    if (at.has_rows_below)
        menu.addAction(at.is_collapsed ? tr("Expand") : tr("Collapse"), this, [this, at] {
            if (const auto now = rows_.find(at.id)) set_collapsed(*now, !at.is_collapsed);
        });
    menu.addAction(tr("Copy row as text"), this,
                   [text = row_text_of(row)] { QApplication::clipboard()->setText(text); });
}

}  // namespace tocsin::gui
