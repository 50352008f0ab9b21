// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "formats/file_descriptor.h"
#include "formats/result.h"
#include "formats/trace_writer.h"

namespace tocsin {

// The file, or standard output, that a trace goes to. One write(2) a frame; a frame that did not
// fit is taken back, so that what is there ends with a whole frame.
class TraceFile : public ByteSink {
  public:
    // "-" is standard output, which must not be a terminal. A file must not exist, is never reached
    // through a symbolic link and is readable by its owner alone. Errors: it exists, no such
    // directory, not permitted.
    static Result<std::unique_ptr<TraceFile>> create(const std::string& path);

    Result<> write(std::span<const uint8_t> bytes) override;
    // Makes the file durable. Nothing to do for a pipe.
    Result<> sync();
    // Removes a file that never became a trace.
    void discard();
    bool is_stream() const { return path_ == "-"; }

  private:
    TraceFile(std::string path, FileDescriptor file)
        : path_(std::move(path)), file_(std::move(file)) {}
    int fd() const;

    std::string path_;
    FileDescriptor file_;
    uint64_t good_bytes_ = 0;
};

}  // namespace tocsin
