// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <optional>

#include "gui/session/view_state.h"
#include "gui/timeline/histogram_renderer.h"

namespace tocsin::gui {

// The histogram, drawn, with what mouse and keyboard do on it: the handle is dragged or stepped,
// dragging elsewhere brushes gaps, a double click brings the handle.
class HistogramPlot : public QWidget {
    Q_OBJECT

  public:
    explicit HistogramPlot(ViewState& state, QWidget* parent = nullptr);

    void set_scale(CountScale scale);
    CountScale scale() const { return scale_; }
    // nullptr: there is nothing to draw yet.
    const HistogramRenderer* renderer() const { return renderer_ ? &*renderer_ : nullptr; }

    QSize sizeHint() const override { return {720, 200}; }
    QSize minimumSizeHint() const override { return {260, 110}; }

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool event(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    enum class Drag : uint8_t { kNone, kHandle, kBrush };

    void prepare();
    bool is_on_handle(QPointF at) const;
    void step_bars(int bars);
    void step_marks(int marks);
    void set_limit(std::chrono::nanoseconds limit);
    QString bar_text(size_t bar) const;
    QString sentence() const;

    ViewState& state_;
    CountScale scale_ = CountScale::kLinear;
    std::optional<HistogramRenderer> renderer_;
    std::optional<HistogramRenderer::Layers> layers_;
    Drag drag_ = Drag::kNone;
    QPointF pressed_at_;
};

}  // namespace tocsin::gui
