// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

#include "gui/session/view_state.h"

class QComboBox;
class QLabel;
class QSlider;

namespace tocsin::gui {

class ToolButton;

// Moves the playhead: plays the trace at a speed, steps from event to event, jumps. Where it plays
// out of the viewport, that goes along.
class ReplayBar : public QWidget {
    Q_OBJECT

  public:
    // The state must outlive this.
    explicit ReplayBar(ViewState& state, QWidget* parent = nullptr);

    bool is_playing() const { return ticking_.isActive(); }
    double speed() const;
    void set_speed(double speed);  // of those on offer the nearest

  public slots:
    void toggle();
    void step_forward();
    void step_back();
    void to_start();
    void to_end();

  private:
    void make_widgets();
    void play();
    void pause();
    void advance();
    enum class Step { kBack, kForward };
    void step(Step direction);
    void show_playhead();
    void keep_in_view();

    ViewState& state_;
    QTimer ticking_;
    QElapsedTimer since_;
    double rest_ns_ = 0;  // of what was played, less than a nanosecond
    ToolButton* play_;
    QSlider* position_;
    QComboBox* speed_;
    QLabel* time_;
};

}  // namespace tocsin::gui
