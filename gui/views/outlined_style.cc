// SPDX-License-Identifier: Apache-2.0
#include "gui/views/outlined_style.h"

#include <QStyleOption>

#include "gui/timeline/theme.h"

namespace tocsin::gui {
namespace {

// qfusionstyle.cpp: the outline is the window's colour, darker by 140, and the highlighted one the
// highlight's, darker by 125; these elements use both roles for nothing else.
constexpr int kOutlineDarker = 140, kFocusDarker = 125;

QPalette with_outlines(QPalette palette) {
    const Theme& theme = Theme::of(palette);
    palette.setColor(QPalette::Window, theme.outline.lighter(kOutlineDarker));
    palette.setColor(QPalette::Highlight, theme.check.lighter(kFocusDarker));
    return palette;
}

template <typename Option>
Option outlined(const Option& option) {
    Option copy(option);
    copy.palette = with_outlines(option.palette);
    return copy;
}

}  // namespace

OutlinedStyle::OutlinedStyle() : QProxyStyle(QStringLiteral("Fusion")) {}

void OutlinedStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option,
                                  QPainter* painter, const QWidget* widget) const {
    if (element == PE_IndicatorCheckBox || element == PE_IndicatorRadioButton ||
        element == PE_PanelButtonCommand)
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option)) {
            const auto copy = outlined(*button);
            return QProxyStyle::drawPrimitive(element, &copy, painter, widget);
        }
    if (element == PE_FrameLineEdit || element == PE_Frame)
        if (const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option)) {
            const auto copy = outlined(*frame);
            return QProxyStyle::drawPrimitive(element, &copy, painter, widget);
        }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

void OutlinedStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                                       QPainter* painter, const QWidget* widget) const {
    if (const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option);
        slider != nullptr && control == CC_Slider) {
        const auto copy = outlined(*slider);
        return QProxyStyle::drawComplexControl(control, &copy, painter, widget);
    }
    if (const auto* box = qstyleoption_cast<const QStyleOptionComboBox*>(option);
        box != nullptr && control == CC_ComboBox) {
        const auto copy = outlined(*box);
        return QProxyStyle::drawComplexControl(control, &copy, painter, widget);
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

}  // namespace tocsin::gui
