// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analyzer/report/output.h"
#include "analyzer/report/report_writer.h"
#include "formats/file_descriptor.h"

namespace tocsin {

// A descriptor that reports are written to. Every failure to write is an error: a full disk, a
// closed pipe.
class OutputFile : public Output {
  public:
    // A new file with mode 0600. Errors: it exists (never overwritten, nor a link followed), it
    // cannot be created.
    static Result<OutputFile> create(const std::string& path);
    // What create() would say by what is there now, without making anything.
    static Result<> expect_to_create(const std::string& path);
    static OutputFile standard_output();
    // What an -o option means: standard output for "" and "-", else create().
    static Result<OutputFile> open(const std::string& operand);

    Result<> write(std::string_view text) override;
    // Writes what is held back.
    Result<> flush();
    // Writes what is held back and closes; only after it is all known to be written.
    Result<> close();
    // What a --color option means here: "always"; "auto", for terminals unless NO_COLOR is set and
    // not empty (https://no-color.org); anything else: no.
    Colour colour_for(std::string_view when) const;

  private:
    OutputFile(FileDescriptor descriptor, std::string name);

    FileDescriptor descriptor_;
    std::string name_;
    std::string pending_;
};

}  // namespace tocsin
