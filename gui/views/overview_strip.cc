// SPDX-License-Identifier: Apache-2.0
#include "gui/views/overview_strip.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "gui/timeline/event_text.h"

namespace tocsin::gui {
namespace {

constexpr double kReach = 5;  // pixels around an edge that take hold of it
constexpr double kZoomStep = 1.25;
constexpr double kWheelStep = 120;
constexpr double kKeyStep = 0.15;
constexpr int kTakeAfterMs = 60;

uint64_t moved(uint64_t ns, double by) {
    if (by >= 0) return ns + static_cast<uint64_t>(by);
    const auto back = static_cast<uint64_t>(-by);
    return ns > back ? ns - back : 0;
}

}  // namespace

OverviewStrip::OverviewStrip(ViewState& state, QWidget* parent) : QWidget(parent), state_(state) {
    setAccessibleName(tr("Overview of the trace"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    set_looks();
    taking_findings_.setSingleShot(true);
    taking_findings_.setInterval(kTakeAfterMs);
    connect(&taking_findings_, &QTimer::timeout, this, &OverviewStrip::take_findings);
    TraceSession& session = state.session();
    connect(&session, &TraceSession::opened, this, &OverviewStrip::take_headers);
    connect(&session, &TraceSession::eventsAdded, this, [this] {
        density_.count(state_.session().events());
        repaint_ground();
    });
    connect(&session, &TraceSession::eventsComplete, this, [this] {
        density_.count(state_.session().events());
        // What a cancelled loading has not reached keeps its estimate.
        if (!state_.session().is_partial()) density_.complete();
        repaint_ground();
    });
    connect(&session, &TraceSession::findingsAdded, this, &OverviewStrip::take_findings);
    connect(&state, &ViewState::windowChanged, this, [this] {
        if (!taking_findings_.isActive()) taking_findings_.start();
    });
    for (const auto signal : {&ViewState::viewportChanged, &ViewState::rangeChanged,
                              &ViewState::findingSelected, &ViewState::playheadMoved})
        connect(&state, signal, this, [this] { update(); });
    if (session.is_open()) take_headers();
}

void OverviewStrip::take_headers() {
    TraceSession& session = state_.session();
    density_ = Density(session.first().ns, session.last().ns);
    density_.estimate(session.reader().chunks());
    density_.count(session.events());
    if (!session.is_loading() && !session.is_partial()) density_.complete();
    take_findings();
}

void OverviewStrip::take_findings() {
    findings_.clear();
    const TraceSession& session = state_.session();
    if (const AnalysisResult* analysis = session.analysis()) {
        for (const uint32_t index : state_.alive()) {
            if (state_.is_set_aside(index)) continue;
            const Finding& finding = analysis->findings[index];
            findings_.emplace_back(finding.candidate.operation->began.ns,
                                   finding.judgement.severity);
        }
    } else {
        for (const FoundSoFar& found : session.found_so_far())
            if (!found.is_set_aside) findings_.emplace_back(found.time.ns, found.severity);
    }
    repaint_ground();
}

void OverviewStrip::set_looks() {
    renderer_ = std::make_unique<OverviewRenderer>(Theme::of(palette()), font());
    repaint_ground();
}

void OverviewStrip::repaint_ground() {
    is_ground_good_ = false;
    update();
}

OverviewScene OverviewStrip::scene() const {
    const TraceSession& session = state_.session();
    OverviewScene scene;
    if (!session.is_open()) return scene;
    const TimeRange whole = state_.whole();
    if (session.first() == session.last() && session.reader().chunks().empty())
        scene.note = tr("The trace holds no events.");
    scene.density = &density_;
    scene.from_ns = whole.from;
    scene.to_ns = std::max(whole.to, whole.from + 1);
    scene.findings = findings_;
    scene.losses = session.losses();
    scene.viewport = {state_.viewport().from, state_.viewport().to};
    if (const auto& range = state_.range()) scene.range = {range->from, range->to};
    scene.playhead_ns = state_.playhead_ns();
    if (const Finding* finding = state_.selected_finding())
        scene.selected_ns = finding->candidate.operation->began.ns;
    return scene;
}

void OverviewStrip::paintEvent(QPaintEvent*) {
    const OverviewScene shown = scene();
    const QSize pixels = size() * devicePixelRatioF();
    if (!is_ground_good_ || ground_.size() != pixels) {
        ground_ = QPixmap(pixels);
        ground_.setDevicePixelRatio(devicePixelRatioF());
        QPainter painter(&ground_);
        renderer_->paint_ground(painter, shown, size());
        is_ground_good_ = true;
    }
    QPainter painter(this);
    painter.drawPixmap(0, 0, ground_);
    renderer_->paint_overlay(painter, shown, size());
    if (!hasFocus()) return;
    painter.setPen(QPen(palette().color(QPalette::Highlight), 1, Qt::DotLine));
    painter.drawRect(rect().adjusted(1, 1, -2, -2));
}

void OverviewStrip::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) set_looks();
}

OverviewStrip::Drag OverviewStrip::what_is_at(double x) const {
    const TimeScale time = OverviewRenderer::scale(scene(), size());
    const double left = time.x_of(state_.viewport().from);
    const double right = std::max(time.x_of(state_.viewport().to), left + 2);
    // Of a viewport that is hardly wide the middle stays to be moved by.
    const double inside = std::min(kReach, (right - left) / 4);
    if (x >= left - kReach && x <= left + inside) return Drag::kLeftEdge;
    if (x >= right - inside && x <= right + kReach) return Drag::kRightEdge;
    return x > left && x < right ? Drag::kMove : Drag::kNone;
}

void OverviewStrip::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !state_.session().is_open()) return;
    pressed_x_ = event->position().x();
    drag_ = what_is_at(pressed_x_);
    if (drag_ == Drag::kNone) {
        // What is clicked on comes to the middle, and may be dragged on from there.
        const uint64_t at = OverviewRenderer::scale(scene(), size()).ns_of(pressed_x_);
        const uint64_t length = state_.viewport().length();
        const uint64_t from = moved(at, -static_cast<double>(length) / 2);
        state_.jump_to({from, from + length});
        drag_ = Drag::kMove;
    }
    pressed_viewport_ = state_.viewport();
}

void OverviewStrip::mouseMoveEvent(QMouseEvent* event) {
    if (!state_.session().is_open()) return;
    if (drag_ == Drag::kNone) {
        const Drag over = what_is_at(event->position().x());
        setCursor(over == Drag::kMove   ? Qt::OpenHandCursor
                  : over == Drag::kNone ? Qt::ArrowCursor
                                        : Qt::SizeHorCursor);
        return;
    }
    const TimeScale time = OverviewRenderer::scale(scene(), size());
    const double by = (event->position().x() - pressed_x_) * time.ns_per_pixel();
    TimeRange range = pressed_viewport_;
    const uint64_t least = ViewState::kShortest;
    if (drag_ == Drag::kMove) {
        const uint64_t length = range.length();
        range.from = moved(range.from, by);
        range.to = range.from + length;
    } else if (drag_ == Drag::kLeftEdge) {
        range.from = std::min(moved(range.from, by), range.to > least ? range.to - least : 0);
        range.from = std::max(range.from, state_.whole().from);
    } else {
        range.to = std::max(moved(range.to, by), range.from + least);
        range.to = std::min(range.to, std::max(state_.whole().to, range.from + least));
    }
    state_.set_viewport(range);
}

void OverviewStrip::mouseReleaseEvent(QMouseEvent*) {
    drag_ = Drag::kNone;
}

void OverviewStrip::mouseDoubleClickEvent(QMouseEvent*) {
    if (state_.session().is_open()) state_.jump_to(state_.whole());
}

void OverviewStrip::wheelEvent(QWheelEvent* event) {
    if (!state_.session().is_open()) return;
    const double steps = event->angleDelta().y() / kWheelStep;
    const TimeScale time = OverviewRenderer::scale(scene(), size());
    const TimeRange before = state_.viewport();
    // Into the viewport where the mouse is over it, else into where the mouse is.
    const uint64_t at = time.ns_of(event->position().x());
    const auto length = static_cast<double>(before.length());
    const double wanted =
        std::clamp(length * std::pow(kZoomStep, -steps), static_cast<double>(ViewState::kShortest),
                   static_cast<double>(std::max(state_.whole().length(), ViewState::kShortest)));
    const double part =
        before.contains(at) && length > 0 ? static_cast<double>(at - before.from) / length : 0.5;
    const uint64_t from = moved(at, -part * wanted);
    state_.set_viewport({from, from + static_cast<uint64_t>(wanted)});
    event->accept();
}

void OverviewStrip::move_by(double parts) {
    const TimeRange before = state_.viewport();
    const uint64_t from = moved(before.from, parts * static_cast<double>(before.length()));
    state_.set_viewport({from, from + before.length()});
}

void OverviewStrip::keyPressEvent(QKeyEvent* event) {
    if (!state_.session().is_open()) return QWidget::keyPressEvent(event);
    switch (event->key()) {
        case Qt::Key_Left:
            return move_by(-kKeyStep);
        case Qt::Key_Right:
            return move_by(kKeyStep);
        case Qt::Key_Home:
            return state_.jump_to(state_.whole());
        default:
            QWidget::keyPressEvent(event);
    }
}

bool OverviewStrip::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip || !state_.session().is_open())
        return QWidget::event(event);
    const auto& help = static_cast<QHelpEvent&>(*event);
    const TimeScale time = OverviewRenderer::scale(scene(), size());
    const uint64_t from = time.ns_of(help.pos().x()), to = time.ns_of(help.pos().x() + 1.0);
    QToolTip::showText(
        help.globalPos(),
        tr("%1: about %2 events in the busiest part of this pixel's %3")
            .arg(state_.time_text(from),
                 grouped(static_cast<uint64_t>(std::llround(density_.most(from, to)))),
                 duration_text(to - from)),
        this);
    return true;
}

}  // namespace tocsin::gui
