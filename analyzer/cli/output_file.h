// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analyzer/report/output.h"
#include "formats/file_descriptor.h"

namespace tocsin {

// A descriptor that reports are written to. Every failure to write is an error: a full disk, a
// closed pipe.
class OutputFile : public Output {
  public:
    // A new file with mode 0600. Errors: it exists (never overwritten, nor a link followed), it
    // cannot be created.
    static Result<OutputFile> create(const std::string& path);
    static OutputFile standard_output();

    Result<> write(std::string_view text) override;
    // Writes what is held back and closes; only after it is all known to be written.
    Result<> close();
    bool is_terminal() const;

  private:
    OutputFile(FileDescriptor descriptor, std::string name);
    Result<> flush();

    FileDescriptor descriptor_;
    std::string name_;
    std::string pending_;
};

}  // namespace tocsin
