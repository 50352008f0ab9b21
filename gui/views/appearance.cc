// SPDX-License-Identifier: Apache-2.0
#include "gui/views/appearance.h"

#include <QApplication>
#include <QSettings>

#include "gui/views/outlined_style.h"
#include "gui/views/system_colours.h"

namespace tocsin::gui {
namespace {

QString key() {
    return QStringLiteral("appearance");
}

// Before the program sets a palette of its own.
bool& system_is_dark() {
    static bool is_dark = false;
    return is_dark;
}

QColor between(const QColor& a, const QColor& b, qreal part) {
    return QColor::fromRgbF(static_cast<float>(a.redF() + (b.redF() - a.redF()) * part),
                            static_cast<float>(a.greenF() + (b.greenF() - a.greenF()) * part),
                            static_cast<float>(a.blueF() + (b.blueF() - a.blueF()) * part));
}

void apply(Appearance appearance) {
    const bool is_dark =
        appearance == Appearance::kDark || (appearance == Appearance::kSystem && system_is_dark());
    QApplication::setPalette(palette_of(is_dark ? Theme::dark() : Theme::light()));
}

}  // namespace

QPalette palette_of(const Theme& theme) {
    QPalette palette;
    const QColor faint = between(theme.muted, theme.raised, 0.35);
    palette.setColor(QPalette::Window, theme.raised);
    palette.setColor(QPalette::WindowText, theme.text);
    palette.setColor(QPalette::Base, theme.background);
    palette.setColor(QPalette::AlternateBase, between(theme.background, theme.raised, 0.6));
    palette.setColor(QPalette::Text, theme.text);
    palette.setColor(QPalette::PlaceholderText, theme.muted);
    palette.setColor(QPalette::Button, between(theme.raised, theme.line, 0.35));
    palette.setColor(QPalette::ButtonText, theme.text);
    palette.setColor(QPalette::BrightText, theme.change);
    palette.setColor(QPalette::ToolTipBase, theme.background);
    palette.setColor(QPalette::ToolTipText, theme.text);
    palette.setColor(QPalette::Highlight, theme.selection);
    palette.setColor(QPalette::HighlightedText, theme.text);
    palette.setColor(QPalette::Link, theme.check);
    palette.setColor(QPalette::LinkVisited, theme.check);
    palette.setColor(QPalette::Light, between(theme.raised, theme.background, 0.5));
    palette.setColor(QPalette::Midlight, between(theme.raised, theme.line, 0.4));
    palette.setColor(QPalette::Mid, theme.line);
    palette.setColor(QPalette::Dark, between(theme.line, theme.muted, 0.4));
    palette.setColor(QPalette::Shadow, between(theme.line, theme.muted, 0.7));
    for (const auto role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        palette.setColor(QPalette::Disabled, role, faint);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, theme.line);
    return palette;
}

Appearance chosen_appearance() {
    const QString kept = QSettings().value(key()).toString();
    if (kept == QStringLiteral("light")) return Appearance::kLight;
    if (kept == QStringLiteral("dark")) return Appearance::kDark;
    return Appearance::kSystem;
}

void choose_appearance(Appearance appearance) {
    switch (appearance) {
        case Appearance::kSystem:
            QSettings().remove(key());
            break;
        case Appearance::kLight:
            QSettings().setValue(key(), QStringLiteral("light"));
            break;
        case Appearance::kDark:
            QSettings().setValue(key(), QStringLiteral("dark"));
            break;
    }
    apply(appearance);
}

void set_up_appearance() {
    system_is_dark() = QApplication::palette().color(QPalette::Window).lightness() < 128;
    QApplication::setStyle(new OutlinedStyle);
    apply(chosen_appearance());
    auto* system = new SystemColours(QApplication::instance());
    QObject::connect(system, &SystemColours::isDark, system, [](bool is_dark) {
        system_is_dark() = is_dark;
        apply(chosen_appearance());
    });
    system->ask();
}

}  // namespace tocsin::gui
