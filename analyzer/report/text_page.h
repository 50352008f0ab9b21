// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/report/fields.h"

namespace tocsin {

inline constexpr size_t kPageWidth = 80;
// Where the labelled lines of a finding and their text begin.
inline constexpr size_t kFindingIndent = 4;
inline constexpr size_t kFindingColumn = 15;

// The words of escaped text in lines of at most `width` columns. A word that is longer is broken
// inside, between characters.
std::vector<std::string> wrap(std::string_view escaped, size_t width);

// Lines of text, none wider than the page. All text given must be escaped already.
class TextPage {
  public:
    // A paragraph, each line indented.
    void paragraph(std::string_view text, size_t indent);
    // "  label   text", the text in lines below each other. The label may be empty.
    void field(std::string_view label, std::string_view text, size_t indent, size_t text_column);
    // Left and right text on one line where they fit, else on two. `colour` is an SGR parameter
    // such as "1;31"; empty: none.
    void heading(std::string_view left, std::string_view right, std::string_view colour);
    // As it is; no wider than the page.
    void line(std::string_view text) { (text_ += text) += '\n'; }
    void blank_line() { text_ += '\n'; }

    const std::string& text() const { return text_; }

  private:
    std::string text_;
};

// Lines of a page whose labels and texts begin in the same columns.
class TextFields : public Fields {
  public:
    TextFields(TextPage& page, size_t indent, size_t text_column)
        : page_(page), indent_(indent), text_column_(text_column) {}
    void put(std::string_view label, std::string_view text) override {
        page_.field(label, text, indent_, text_column_);
    }

  private:
    TextPage& page_;
    const size_t indent_, text_column_;
};

}  // namespace tocsin
