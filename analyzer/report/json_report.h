// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/report/json_values.h"
#include "analyzer/report/report_writer.h"

namespace tocsin {

// Version of the layout below. It grows when a member changes its meaning or goes, not when one
// is added.
inline constexpr int kJsonSchemaVersion = 1;

// What every document begins with: the schema's version, and the program's.
Json json_head();
// A whole document, its line's end included: the head, and each trace's part as "results".
std::string json_of_results(Json results);

// The report for programs: one JSON document, one line for each finding, set-aside ones included
// and marked. Nanoseconds are decimal strings (they exceed what a double holds), and so are
// inodes; a limit without end is "unlimited". Bytes from a trace are {"text": T}, or {"text":
// escaped, "hex": H} where they are not plain printable UTF-8.
class JsonReport : public ReportWriter {
  public:
    explicit JsonReport(const ReportOptions& options) : filter_(options.filter) {}
    Result<> begin(Output& output) override;
    Result<> write(const AnalysisResult& result, Output& output) override;
    Result<> end(Output& output) override;

  private:
    ReportFilter filter_;
    bool is_first_ = true;
};

}  // namespace tocsin
