// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QSaveFile>
#include <QString>

#include "analyzer/report/output.h"

namespace tocsin::gui {

// A file that is there as a whole or not at all: what was there before stays until the new one is
// complete. For its owner alone. Errors are sentences that say why and what became of the file.
class SafeFile : public Output {
  public:
    explicit SafeFile(const QString& path) : file_(path) {}

    // Errors: a symbolic link, which is never followed; a folder where nothing can be created.
    Result<> open();
    Result<> write(std::string_view text) override;
    // Only then is it there.
    Result<> commit();
    QIODevice& device() { return file_; }

  private:
    Error failure() const;
    QSaveFile file_;
};

}  // namespace tocsin::gui
