// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDockWidget>
#include <QToolButton>
#include <vector>

namespace tocsin::gui {

// A dock's handle: slim, with its name; dots alone where a tab has the name, and where it stands
// beside a view that is lower than a name is long. Drags as a title bar does.
class DockTitle : public QWidget {
    Q_OBJECT

  public:
    explicit DockTitle(QDockWidget& dock);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    bool stands() const;
    void adapt();
    QDockWidget& dock_;
    std::vector<QToolButton*> buttons_;
    bool has_tab_ = false;
};

}  // namespace tocsin::gui
