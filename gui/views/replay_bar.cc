// SPDX-License-Identifier: Apache-2.0
#include "gui/views/replay_bar.h"

#include <QComboBox>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <array>
#include <cmath>

#include "gui/views/tool_button.h"

namespace tocsin::gui {
namespace {

constexpr int kTickMs = 16;
constexpr int kSliderSteps = 10000;
constexpr std::array kSpeeds = {0.001, 0.01, 0.1, 0.5, 1.0, 2.0, 10.0, 100.0, 1000.0};
constexpr int kUsualSpeed = 4;
// A part of a second that the interface was busy is not made up for.
constexpr qint64 kLongestTickNs = 250'000'000;

}  // namespace

ReplayBar::ReplayBar(ViewState& state, QWidget* parent) : QWidget(parent), state_(state) {
    make_widgets();
    ticking_.setInterval(kTickMs);
    ticking_.setTimerType(Qt::PreciseTimer);
    connect(&ticking_, &QTimer::timeout, this, &ReplayBar::advance);
    connect(&state_, &ViewState::playheadMoved, this, &ReplayBar::show_playhead);
    connect(&state_, &ViewState::timeModeChanged, this, &ReplayBar::show_playhead);
    connect(&state_.session(), &TraceSession::opened, this, &ReplayBar::show_playhead);
    pause();
    show_playhead();
}

void ReplayBar::make_widgets() {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(6, 3, 6, 3);
    const auto add = [&](ToolIcon icon, const QString& tip, auto slot) {
        auto* button = new ToolButton(icon, tip, this);
        connect(button, &QToolButton::clicked, this, slot);
        row->addWidget(button);
        return button;
    };
    add(ToolIcon::kToStart, QStringLiteral("To the first event"), &ReplayBar::to_start);
    add(ToolIcon::kBack, QStringLiteral("Previous event"), &ReplayBar::step_back);
    play_ = add(ToolIcon::kPlay, QStringLiteral("Play (Space)"), &ReplayBar::toggle);
    add(ToolIcon::kForward, QStringLiteral("Next event"), &ReplayBar::step_forward);
    add(ToolIcon::kToEnd, QStringLiteral("To the last event"), &ReplayBar::to_end);
    speed_ = new QComboBox(this);
    for (const double speed : kSpeeds)
        speed_->addItem(QString::number(speed) + QStringLiteral("×"), speed);
    speed_->setCurrentIndex(kUsualSpeed);
    speed_->setToolTip(QStringLiteral("Seconds of the trace in one of yours"));
    speed_->setAccessibleName(QStringLiteral("Speed"));
    row->addWidget(speed_);
    position_ = new QSlider(Qt::Horizontal, this);
    position_->setRange(0, kSliderSteps);
    position_->setPageStep(kSliderSteps / 20);
    position_->setAccessibleName(QStringLiteral("Position in the trace"));
    row->addWidget(position_, 1);
    time_ = new QLabel(this);
    time_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    time_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    time_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    row->addWidget(time_);
    connect(position_, &QSlider::valueChanged, this, [this](int value) {
        const uint64_t first = state_.session().first().ns, last = state_.session().last().ns;
        const double part = static_cast<double>(value) / kSliderSteps;
        state_.set_playhead(first +
                            static_cast<uint64_t>(part * static_cast<double>(last - first)));
    });
}

double ReplayBar::speed() const {
    return speed_->currentData().toDouble();
}

void ReplayBar::set_speed(double speed) {
    int nearest = 0;
    for (int i = 1; i < speed_->count(); ++i) {
        const auto away = [&](int at) {
            return std::abs(std::log(speed_->itemData(at).toDouble()) - std::log(speed));
        };
        if (away(i) < away(nearest)) nearest = i;
    }
    speed_->setCurrentIndex(nearest);
}

void ReplayBar::toggle() {
    if (is_playing()) return pause();
    play();
}

void ReplayBar::play() {
    if (!state_.session().is_open()) return;
    if (state_.playhead_ns() >= state_.session().last().ns) to_start();
    rest_ns_ = 0;
    since_.start();
    ticking_.start();
    play_->show_as(ToolIcon::kPause, QStringLiteral("Pause (Space)"));
}

void ReplayBar::pause() {
    ticking_.stop();
    play_->show_as(ToolIcon::kPlay, QStringLiteral("Play (Space)"));
}

void ReplayBar::advance() {
    const auto passed = static_cast<double>(std::min(since_.nsecsElapsed(), kLongestTickNs));
    since_.start();
    const double by = passed * speed() + rest_ns_;
    rest_ns_ = by - std::floor(by);
    state_.set_playhead(state_.playhead_ns() + static_cast<uint64_t>(by));
    keep_in_view();
    if (state_.playhead_ns() >= state_.session().last().ns) pause();
}

void ReplayBar::keep_in_view() {
    const TimeRange view = state_.viewport();
    const uint64_t now = state_.playhead_ns();
    if (view.contains(now)) return;
    // A page on, so that the eye has a moment of rest.
    const uint64_t before = view.length() / 10;
    const uint64_t from = now > before ? now - before : 0;
    state_.set_viewport({from, from + view.length()});
}

void ReplayBar::step_forward() {
    step(Step::kForward);
}

void ReplayBar::step_back() {
    step(Step::kBack);
}

// From the selected event where the playhead stands on it: many may be of the same time.
void ReplayBar::step(Step direction) {
    const EventStore& events = state_.session().events();
    const std::vector<EventIndex>* shown = state_.filter().events();
    const auto count = static_cast<int64_t>(shown != nullptr ? shown->size() : events.size());
    const auto place_of = [&](EventIndex event) {
        return shown == nullptr
                   ? static_cast<int64_t>(event)
                   : std::lower_bound(shown->begin(), shown->end(), event) - shown->begin();
    };
    const uint64_t now = state_.playhead_ns();
    const auto& selected = state_.event();
    const bool is_on_it = selected && *selected < events.size() && events.time_ns(*selected) == now;
    const auto event_at = [&](int64_t place) {
        return shown != nullptr ? (*shown)[static_cast<size_t>(place)]
                                : static_cast<EventIndex>(place);
    };
    const int64_t at = place_of(is_on_it ? *selected : events.first_at(now));
    const bool is_shown = is_on_it && at < count && event_at(at) == *selected;
    const int64_t to = direction == Step::kBack ? at - 1 : is_shown ? at + 1 : at;
    if (to < 0 || to >= count) return;
    const EventIndex event = event_at(to);
    if (event >= events.size()) return;
    pause();
    state_.select_event(event);
    state_.set_playhead(events.time_ns(event));
    keep_in_view();
}

void ReplayBar::to_start() {
    state_.set_playhead(state_.session().first().ns);
    keep_in_view();
}

void ReplayBar::to_end() {
    state_.set_playhead(state_.session().last().ns);
    keep_in_view();
}

void ReplayBar::show_playhead() {
    const uint64_t first = state_.session().first().ns, last = state_.session().last().ns;
    const uint64_t now = state_.playhead_ns();
    const double part = last > first ? static_cast<double>(now - std::min(now, first)) /
                                           static_cast<double>(last - first)
                                     : 0;
    const QSignalBlocker blocker(position_);
    position_->setValue(static_cast<int>(std::lround(part * kSliderSteps)));
    time_->setText(state_.time_text(now));
    // As wide as the last time of the trace, so that nothing moves while it plays.
    const int wide = time_->fontMetrics().horizontalAdvance(state_.time_text(last));
    time_->setMinimumWidth(std::max(wide, time_->minimumWidth()));
    setEnabled(state_.session().is_open());
}

}  // namespace tocsin::gui
