// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "formats/result.h"

namespace tocsin {

// Where a report goes, piece by piece.
class Output {
  public:
    virtual ~Output() = default;
    // Takes all of it or says why it could not.
    virtual Result<> write(std::string_view text) = 0;
};

// Keeps everything in memory.
class StringOutput : public Output {
  public:
    Result<> write(std::string_view text) override {
        text_ += text;
        return {};
    }
    const std::string& text() const { return text_; }

  private:
    std::string text_;
};

}  // namespace tocsin
