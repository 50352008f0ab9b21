// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sample_list.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QRegularExpression>

namespace tocsin::gui {
namespace {

constexpr qint64 kMostRead = 4096;

QString without_markup(QString text) {
    return text.remove(QLatin1Char('`')).simplified();
}

// Up to the full stop that ends it. One within a name or a bracket does not.
QString first_sentence(const QString& text) {
    static const QRegularExpression end(QStringLiteral(R"(\.(?=\s+[A-Z]|$))"));
    const auto match = end.match(text);
    return match.hasMatch() ? text.left(match.capturedStart()) + QLatin1Char('.') : text;
}

void read_story(Sample& sample, const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return;
    const QStringList paragraphs =
        QString::fromUtf8(file.read(kMostRead)).split(QStringLiteral("\n\n"));
    QString title = paragraphs.value(0);
    title.remove(QRegularExpression(QStringLiteral("^#+ *")));
    if (const qsizetype colon = title.indexOf(QStringLiteral(": ")); colon >= 0)
        title.remove(0, colon + 2);
    title = without_markup(title);
    if (!title.isEmpty()) sample.title = title.left(1).toUpper() + title.mid(1);
    sample.story = first_sentence(without_markup(paragraphs.value(1)));
}

}  // namespace

std::vector<Sample> samples_in(const QString& directory) {
    std::vector<Sample> samples;
    const QDir all(directory);
    for (const QString& name : all.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name)) {
        Sample sample{name, name, {}, all.filePath(name + QStringLiteral("/recorded.tocsin"))};
        if (!QFile::exists(sample.trace)) continue;
        read_story(sample, all.filePath(name + QStringLiteral("/README.md")));
        samples.push_back(std::move(sample));
    }
    return samples;
}

QString samples_directory() {
    return QDir::cleanPath(QCoreApplication::applicationDirPath() +
                           QStringLiteral("/" TOCSIN_DATA_FROM_PROGRAM "/samples"));
}

}  // namespace tocsin::gui
