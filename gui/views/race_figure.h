// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <optional>

#include "gui/timeline/race_card_renderer.h"

namespace tocsin::gui {

// The drawing of a race, as high as it needs to be.
class RaceFigure : public QWidget {
    Q_OBJECT

  public:
    explicit RaceFigure(QWidget* parent = nullptr);
    void show_race(std::optional<RaceDrawing> drawing);

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override {
        return {static_cast<int>(RaceCardRenderer::kLeastWidth), 40};
    }

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool event(QEvent* event) override;

  private:
    void prepare();

    std::optional<RaceDrawing> drawing_;
    std::optional<RaceCardRenderer> renderer_;
};

}  // namespace tocsin::gui
