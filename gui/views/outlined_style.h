// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QProxyStyle>

namespace tocsin::gui {

// Fusion, with frames that are seen on a dark ground, too, and a frame in the accent's colour
// around who has the focus. Fusion makes the one by darkening the ground, which leaves nothing to
// see there, and the other by darkening the selection.
class OutlinedStyle : public QProxyStyle {
    Q_OBJECT

  public:
    OutlinedStyle();
    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                            QPainter* painter, const QWidget* widget) const override;
};

}  // namespace tocsin::gui
