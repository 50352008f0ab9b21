// SPDX-License-Identifier: Apache-2.0
#include "gui/models/recent_files.h"

#include <QFileInfo>
#include <QSettings>

namespace tocsin::gui {
namespace {

constexpr qsizetype kMostKept = 50;

QString key() {
    return QStringLiteral("recent/traces");
}

}  // namespace

QStringList RecentFiles::paths() const {
    QStringList paths;
    for (const QString& path : QSettings().value(key()).toStringList())
        if (paths.size() < kMost && QFileInfo(path).isFile()) paths.push_back(path);
    return paths;
}

void RecentFiles::add(const QString& path) {
    QSettings settings;
    QStringList kept = settings.value(key()).toStringList();
    kept.removeAll(path);
    kept.push_front(path);
    if (kept.size() > kMostKept) kept.resize(kMostKept);
    settings.setValue(key(), kept);
    emit changed();
}

void RecentFiles::clear() {
    QSettings().remove(key());
    emit changed();
}

}  // namespace tocsin::gui
