// SPDX-License-Identifier: Apache-2.0
#include "gui/views/histogram_plot.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <array>
#include <cmath>

#include "analyzer/window/correlation_window.h"
#include "gui/timeline/time_scale.h"

namespace tocsin::gui {
namespace {

using std::chrono::nanoseconds;

constexpr double kGrab = 8;        // pixels around the handle
constexpr double kLeastBrush = 4;  // less is a click

QString text_of_limit(nanoseconds limit) {
    return QString::fromStdString(limit_text(limit));
}

}  // namespace

HistogramPlot::HistogramPlot(ViewState& state, QWidget* parent) : QWidget(parent), state_(state) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&state_, &ViewState::answersChanged, this, &HistogramPlot::prepare);
    connect(&state_, &ViewState::windowChanged, this, [this] {
        setAccessibleDescription(sentence());
        update();
    });
    connect(&state_, &ViewState::brushChanged, this, qOverload<>(&QWidget::update));
    setAccessibleName(tr("Histogram of gaps, with the correlation window"));
    prepare();
}

void HistogramPlot::set_scale(CountScale scale) {
    if (scale == scale_) return;
    scale_ = scale;
    prepare();
}

void HistogramPlot::prepare() {
    renderer_.reset();
    layers_.reset();
    if (state_.gaps() != nullptr)
        renderer_.emplace(*state_.gaps(), *state_.answers(), QRectF(rect()), font(), scale_);
    update();
}

void HistogramPlot::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    const Theme& theme = Theme::of(palette());
    painter.fillRect(rect(), theme.background);
    if (renderer_) {
        const qreal ratio = devicePixelRatioF();
        if (!layers_ || layers_->below.devicePixelRatio() != ratio)
            layers_ = renderer_->layers(theme, ratio);
        renderer_->draw(painter, theme, {state_.limit(), state_.brush(), hasFocus()}, *layers_);
        return;
    }
    painter.setPen(theme.muted);
    const TraceSession& session = state_.session();
    painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap,
                     session.is_partial()   ? tr("The analysis was cancelled.")
                     : session.is_loading() ? tr("Gaps are known when the analysis has ended.")
                                            : QString());
}

void HistogramPlot::resizeEvent(QResizeEvent* /*event*/) {
    prepare();
}

void HistogramPlot::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange) prepare();
    if (event->type() == QEvent::PaletteChange) layers_.reset();
    QWidget::changeEvent(event);
}

QString HistogramPlot::bar_text(size_t bar) const {
    const GapDistribution& gaps = *state_.gaps();
    QString text = tr("%1 to %2")
                       .arg(duration_text(static_cast<uint64_t>(gaps.from_of(bar).count())),
                            duration_text(static_cast<uint64_t>(gaps.to_of(bar).count())));
    const auto alive = gaps.alive(bar, state_.limit());
    uint64_t left_out = 0;
    for (const Severity severity : kAllSeverities) {
        const auto i = static_cast<size_t>(severity);
        left_out += gaps.born(bar)[i] - alive[i];
        if (alive[i] != 0)
            text += tr("\n%1 %2").arg(alive[i]).arg(QString::fromUtf8(
                name_of(severity).data(), static_cast<qsizetype>(name_of(severity).size())));
    }
    if (left_out != 0) text += tr("\n%1 not in this window").arg(left_out);
    return text;
}

bool HistogramPlot::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    if (!renderer_) return true;
    if (is_on_handle(help->pos())) {
        QToolTip::showText(
            help->globalPos(),
            tr("The correlation window: drag it, or step it by arrow keys.\n%1").arg(sentence()),
            this);
    } else if (const auto bar = renderer_->bar_at(help->pos())) {
        QToolTip::showText(help->globalPos(), bar_text(*bar), this);
    } else {
        QToolTip::hideText();
    }
    return true;
}

QString HistogramPlot::sentence() const {
    uint64_t inside = 0;
    for (const uint64_t count : state_.by_severity()) inside += count;
    return tr("%1: %2 findings").arg(text_of_limit(state_.limit())).arg(inside);
}

bool HistogramPlot::is_on_handle(QPointF at) const {
    return renderer_ && std::abs(at.x() - renderer_->x_of(state_.limit())) <= kGrab;
}

void HistogramPlot::set_limit(nanoseconds limit) {
    state_.set_window(state_.axis(), limit);
}

void HistogramPlot::mousePressEvent(QMouseEvent* event) {
    if (!renderer_ || event->button() != Qt::LeftButton) return;
    pressed_at_ = event->position();
    drag_ = is_on_handle(pressed_at_) ? Drag::kHandle : Drag::kBrush;
}

void HistogramPlot::mouseMoveEvent(QMouseEvent* event) {
    if (!renderer_) return;
    const QPointF at = event->position();
    switch (drag_) {
        case Drag::kNone:
            setCursor(is_on_handle(at) ? Qt::SizeHorCursor : Qt::CrossCursor);
            break;
        case Drag::kHandle:
            set_limit(renderer_->limit_at(at.x()));
            break;
        case Drag::kBrush:
            if (std::abs(at.x() - pressed_at_.x()) < kLeastBrush) break;
            const qreal from = std::min(at.x(), pressed_at_.x());
            const qreal to = std::max(at.x(), pressed_at_.x());
            state_.set_brush(GapRange{
                from <= renderer_->plot().left() ? nanoseconds(0) : renderer_->limit_at(from),
                renderer_->limit_at(to)});
            break;
    }
}

void HistogramPlot::mouseReleaseEvent(QMouseEvent* event) {
    if (drag_ == Drag::kBrush && std::abs(event->position().x() - pressed_at_.x()) < kLeastBrush)
        state_.set_brush(std::nullopt);
    drag_ = Drag::kNone;
}

void HistogramPlot::mouseDoubleClickEvent(QMouseEvent* event) {
    if (renderer_) set_limit(renderer_->limit_at(event->position().x()));
}

void HistogramPlot::step_bars(int bars) {
    const GapDistribution& gaps = *state_.gaps();
    const nanoseconds last = gaps.to_of(gaps.bars() - 1), limit = state_.limit();
    if (limit == kUnlimited) {
        if (bars < 0) set_limit(last);
        return;
    }
    const double factor = std::pow(10.0, static_cast<double>(bars) / GapDistribution::kBarsADecade);
    const double moved = static_cast<double>(std::max<nanoseconds::rep>(limit.count(), 1)) * factor;
    if (limit >= last && bars > 0) return set_limit(kUnlimited);
    set_limit(rounded(std::clamp(nanoseconds(std::llround(moved)), gaps.from_of(0), last)));
}

// To the next of 1, 2 and 5 times a power of ten.
void HistogramPlot::step_marks(int marks) {
    const GapDistribution& gaps = *state_.gaps();
    const nanoseconds last = gaps.to_of(gaps.bars() - 1), limit = state_.limit();
    if (limit >= last && marks > 0) return set_limit(kUnlimited);
    if (limit > last) return set_limit(last);
    nanoseconds before(1), at(1);
    static constexpr std::array<int, 3> kFactors = {2, 5, 10};
    nanoseconds decade(1);
    for (size_t i = 0; marks > 0 ? at <= limit : at < limit; ++i) {
        before = at;
        at = decade * kFactors[i % 3];
        if (i % 3 == 2) decade = at;
    }
    set_limit(marks > 0 ? std::min(at, last) : std::max(before, gaps.from_of(0)));
}

void HistogramPlot::keyPressEvent(QKeyEvent* event) {
    const bool is_coarse = event->modifiers().testFlag(Qt::ShiftModifier);
    if (!renderer_ || (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier)) != 0)
        return QWidget::keyPressEvent(event);
    switch (event->key()) {
        case Qt::Key_Left:
            return is_coarse ? step_marks(-1) : step_bars(-1);
        case Qt::Key_Right:
            return is_coarse ? step_marks(1) : step_bars(1);
        case Qt::Key_Home:
            return set_limit(state_.gaps()->from_of(0));
        case Qt::Key_End:
            return set_limit(kUnlimited);
        case Qt::Key_Escape:
            return state_.set_brush(std::nullopt);
        default:
            return QWidget::keyPressEvent(event);
    }
}

void HistogramPlot::focusInEvent(QFocusEvent* event) {
    update();
    QWidget::focusInEvent(event);
}

void HistogramPlot::focusOutEvent(QFocusEvent* event) {
    update();
    QWidget::focusOutEvent(event);
}

}  // namespace tocsin::gui
