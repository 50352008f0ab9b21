// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/judge/analysis.h"

namespace tocsin {

// How many findings of each class there are at every window, as one drawing: limits on a log axis
// from 1 us to 1 d, with what lies outside at its ends, and at the right end the unlimited window.
// A panel for each axis of each trace, one below the other.
class SweepSvg {
  public:
    void add(const AnalysisResult& result, const std::vector<Axis>& axes);
    // An SVG document.
    std::string text() const;
    // The same inside an HTML page, without a style: that of the page has to have one for its
    // classes grid, axis, chosen, count, dashed and c0 to c6. The id must be the page's only one.
    std::string part_of_page(std::string_view id) const;

  private:
    void add_panel(const AnalysisResult& result, Axis axis);
    std::string panels_;
    int height_ = 0;
};

}  // namespace tocsin
