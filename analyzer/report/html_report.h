// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include "analyzer/report/finding_groups.h"

namespace tocsin {

// The report to be passed on: one HTML page with nothing from elsewhere and no script. For each
// trace the verdict, a list of the findings, a card for each, how their number depends on the
// window, and what all of it rests on. Findings with equal fingerprints are shown once, with their
// number. Of more than kMostCards the most severe ones are shown and the others counted, so that a
// browser can open the page. Written card by card: no report is held in memory.
class HtmlReport : public ReportWriter {
  public:
    static constexpr size_t kMostCards = 2000;  // of a trace
    explicit HtmlReport(const ReportOptions& options) : options_(options) {}
    Result<> begin(Output& output) override;
    Result<> write(const AnalysisResult& result, Output& output) override;
    Result<> end(Output& output) override;

  private:
    // By the fingerprint; one that comes again, such as in another trace, has its number behind it.
    std::string new_id(const FindingGroup& group);

    ReportOptions options_;
    size_t traces_ = 0;
    std::unordered_map<std::string, uint64_t> ids_;  // by fingerprint, how many there are
};

}  // namespace tocsin
