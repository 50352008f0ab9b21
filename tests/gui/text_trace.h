// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFile>
#include <QTemporaryDir>
#include <string>
#include <string_view>

#include "tests/support/trace_builder.h"

namespace tocsin::gui {

// A trace in words, as a file while this lives.
class TextTrace {
  public:
    explicit TextTrace(std::string_view text)
        : path_(folder_.filePath(QStringLiteral("t.tocsin"))) {
        const Bytes bytes = test::bytes_of(test::parsed(text));
        QFile file(path_);
        EXPECT_TRUE(file.open(QIODevice::WriteOnly));
        EXPECT_EQ(file.write(reinterpret_cast<const char*>(bytes.data()),
                             static_cast<qint64>(bytes.size())),
                  static_cast<qint64>(bytes.size()));
    }
    std::string path() const { return path_.toStdString(); }

  private:
    QTemporaryDir folder_;
    QString path_;
};

}  // namespace tocsin::gui
