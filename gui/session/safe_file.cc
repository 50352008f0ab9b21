// SPDX-License-Identifier: Apache-2.0
#include "gui/session/safe_file.h"

#include <QFile>
#include <QFileInfo>

#include "analyzer/report/escape.h"

namespace tocsin::gui {
namespace {

std::string shown(const QString& path) {
    return quote(QFile::encodeName(path).toStdString());
}

}  // namespace

Error SafeFile::failure() const {
    const std::string before = QFileInfo::exists(file_.fileName())
                                   ? "what was there before is as it was"
                                   : "nothing was left there";
    return {"cannot write " + shown(file_.fileName()) + ": " + file_.errorString().toStdString() +
            "; " + before + ". Choose another place."};
}

Result<> SafeFile::open() {
    if (QFileInfo(file_.fileName()).isSymLink())
        return Error{
            shown(file_.fileName()) +
            " is a symbolic link, and what it leads to is left alone. Choose another name."};
    if (!file_.open(QIODevice::WriteOnly)) return failure();
    file_.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    return {};
}

Result<> SafeFile::write(std::string_view text) {
    const auto size = static_cast<qint64>(text.size());
    if (file_.write(text.data(), size) != size) return failure();
    return {};
}

Result<> SafeFile::commit() {
    if (!file_.commit()) return failure();
    return {};
}

}  // namespace tocsin::gui
