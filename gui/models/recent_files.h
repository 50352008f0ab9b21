// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QStringList>

namespace tocsin::gui {

// The traces that were opened last, the latest first, each once; kept in QSettings, for all
// windows. What is no longer there is left out when they are asked for, and kept: a medium may
// come back.
class RecentFiles : public QObject {
    Q_OBJECT

  public:
    static constexpr qsizetype kMost = 10;
    explicit RecentFiles(QObject* parent = nullptr) : QObject(parent) {}

    // Absolute paths.
    QStringList paths() const;
    void add(const QString& path);
    void clear();

  signals:
    void changed();
};

}  // namespace tocsin::gui
