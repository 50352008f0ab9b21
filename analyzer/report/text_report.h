// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/report/report_writer.h"

namespace tocsin {

// The report for people: the verdict in a sentence, what it rests on, then each finding, the most
// severe first. 80 columns. Findings with equal fingerprints are shown once, with their number.
class TextReport : public ReportWriter {
  public:
    explicit TextReport(const ReportOptions& options) : options_(options) {}
    Result<> begin(Output& output) override;
    Result<> write(const AnalysisResult& result, Output& output) override;
    Result<> end(Output& output) override;

  private:
    ReportOptions options_;
    bool is_first_ = true;
};

}  // namespace tocsin
