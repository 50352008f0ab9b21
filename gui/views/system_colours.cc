// SPDX-License-Identifier: Apache-2.0
#include "gui/views/system_colours.h"

#include <QDBusConnection>
#include <QFile>

namespace tocsin::gui {
namespace {

const QString& service() {
    static const QString name = QStringLiteral("org.freedesktop.portal.Desktop");
    return name;
}
const QString& path() {
    static const QString name = QStringLiteral("/org/freedesktop/portal/desktop");
    return name;
}
const QString& settings() {
    static const QString name = QStringLiteral("org.freedesktop.portal.Settings");
    return name;
}
const QString& appearance() {
    static const QString name = QStringLiteral("org.freedesktop.appearance");
    return name;
}
const QString& scheme() {
    static const QString name = QStringLiteral("color-scheme");
    return name;
}

// Without one, asking for the bus would start one.
bool has_bus() {
    return !qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS") ||
           QFile::exists(qEnvironmentVariable("XDG_RUNTIME_DIR") + QStringLiteral("/bus"));
}

}  // namespace

SystemColours::SystemColours(QObject* parent) : QObject(parent) {
    if (!has_bus()) return;
    QDBusConnection::sessionBus().connect(service(), path(), settings(),
                                          QStringLiteral("SettingChanged"), this,
                                          SLOT(take_change(QString, QString, QDBusVariant)));
}

void SystemColours::ask() {
    if (!has_bus()) return;
    QDBusMessage question =
        QDBusMessage::createMethodCall(service(), path(), settings(), QStringLiteral("Read"));
    question << appearance() << scheme();
    QDBusConnection::sessionBus().callWithCallback(question, this, SLOT(take_reply(QDBusMessage)));
}

void SystemColours::take_reply(const QDBusMessage& reply) {
    if (reply.type() == QDBusMessage::ReplyMessage && !reply.arguments().isEmpty())
        take(reply.arguments().front());
}

void SystemColours::take_change(const QString& group, const QString& key,
                                const QDBusVariant& value) {
    if (group == appearance() && key == scheme()) take(value.variant());
}

void SystemColours::take(QVariant value) {
    while (value.canConvert<QDBusVariant>()) value = value.value<QDBusVariant>().variant();
    const uint preferred = value.toUInt();
    if (preferred == 1 || preferred == 2) emit isDark(preferred == 1);
}

}  // namespace tocsin::gui
