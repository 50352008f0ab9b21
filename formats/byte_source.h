// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "formats/result.h"

namespace tocsin {

// Random access to the bytes of a trace.
class ByteSource {
  public:
    virtual ~ByteSource() = default;
    virtual uint64_t size() const = 0;
    // Fills `out` from `offset`. Asking beyond size() is a bug; a file that shrank or cannot be
    // read is an error.
    virtual Result<> read_at(uint64_t offset, std::span<uint8_t> out) const = 0;

    // "-" reads standard input to its end into memory. Errors: missing, unreadable, a directory.
    // More than `most` bytes are an error before they are read.
    static Result<std::unique_ptr<ByteSource>> open(const std::string& path,
                                                    uint64_t most = UINT64_MAX);
    static std::unique_ptr<ByteSource> from_memory(std::vector<uint8_t> bytes);
};

}  // namespace tocsin
