// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPainter>
#include <QRectF>
#include <QSizeF>
#include <QString>

namespace tocsin::gui {

// Something that can be drawn at any size and on anything: a screen, an image, paper.
class Drawing {
  public:
    virtual ~Drawing() = default;
    virtual QString name() const = 0;  // "Timeline"
    // In pixels of a screen at 1×, at which it looks best.
    virtual QSizeF natural_size() const = 0;
    // Fills the area, background included.
    virtual void paint(QPainter& painter, const QRectF& area) const = 0;
};

}  // namespace tocsin::gui
