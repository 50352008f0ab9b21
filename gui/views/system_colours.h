// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDBusMessage>
#include <QDBusVariant>
#include <QObject>

namespace tocsin::gui {

// Whether the desktop wants dark programs, as its portal says (org.freedesktop.portal.Settings,
// color-scheme of org.freedesktop.appearance). Says nothing where there is no portal or it has no
// preference.
class SystemColours : public QObject {
    Q_OBJECT

  public:
    explicit SystemColours(QObject* parent = nullptr);
    // Answers by isDark(), if at all.
    void ask();

  signals:
    void isDark(bool is_dark);

  private slots:
    void take_reply(const QDBusMessage& reply);
    void take_change(const QString& group, const QString& key, const QDBusVariant& value);

  private:
    void take(QVariant value);
};

}  // namespace tocsin::gui
