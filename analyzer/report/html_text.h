// SPDX-License-Identifier: Apache-2.0
//
// Pieces of an HTML page made of escaped text.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/report/fields.h"

namespace tocsin {

// markup() with what stands between double quotes as code.
std::string prose(std::string_view escaped);

// Both as markup(), what lies between their first and their last difference marked, in whole words;
// of a text with nothing there, what comes next.
std::pair<std::string, std::string> with_difference_marked(std::string_view one,
                                                           std::string_view other);

// A list of labels with one or more texts each, those of one label after the other together. Labels
// that belong to another one, see Fields, are set in from it.
class HtmlFields : public Fields {
  public:
    // As steps each label that belongs to no other one begins a list of its own.
    enum class Steps { kNo, kYes };
    explicit HtmlFields(Steps steps = Steps::kNo) : steps_(steps) {}

    void put(std::string_view label, std::string_view text) override;
    // Empty where nothing was put.
    std::string text() const;

  private:
    struct Field {
        std::string label;
        std::vector<std::string> texts;
    };
    Steps steps_;
    std::vector<Field> fields_;
};

}  // namespace tocsin
