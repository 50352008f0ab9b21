// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPixmap>
#include <QTimer>
#include <QWidget>
#include <memory>
#include <utility>
#include <vector>

#include "gui/session/view_state.h"
#include "gui/timeline/density.h"
#include "gui/timeline/overview_renderer.h"

namespace tocsin::gui {

// The whole trace: density of events, findings, lost records, and the part that is shown.
class OverviewStrip : public QWidget {
    Q_OBJECT

  public:
    // The state must outlive this.
    explicit OverviewStrip(ViewState& state, QWidget* parent = nullptr);

    QSize sizeHint() const override { return {400, 64}; }
    QSize minimumSizeHint() const override { return {160, 48}; }

  protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool event(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    enum class Drag : uint8_t { kNone, kMove, kLeftEdge, kRightEdge };
    OverviewScene scene() const;
    void set_looks();
    void take_headers();
    void take_findings();
    void repaint_ground();
    Drag what_is_at(double x) const;
    void move_by(double parts);

    ViewState& state_;
    Density density_;
    std::vector<std::pair<uint64_t, Severity>> findings_;
    std::unique_ptr<OverviewRenderer> renderer_;
    QPixmap ground_;
    bool is_ground_good_ = false;
    Drag drag_ = Drag::kNone;
    double pressed_x_ = 0;
    TimeRange pressed_viewport_;
    QTimer taking_findings_;
};

}  // namespace tocsin::gui
