// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/judge/analysis.h"
#include "analyzer/report/output.h"

namespace tocsin {

enum class Colour { kNo, kYes };
enum class SetAside { kCounted, kShown };

// Which findings are shown; the others are counted still.
struct ReportFilter {
    std::string text;  // as it was written; empty: all are shown
    std::function<bool(const Finding& finding, BootTime start)> takes;

    bool shows(const Finding& finding, const TraceFacts& trace) const {
        return text.empty() || takes(finding, trace.first.value_or(BootTime{}));
    }
};

struct ReportOptions {
    Colour colour = Colour::kNo;
    SetAside set_aside = SetAside::kCounted;
    ReportFilter filter = {};
};

// Writes the results of one run: begin(), write() for each trace in turn, end(). What it writes
// depends on the results and options alone, never on locale, time zone or the clock.
// Errors are those of the Output; nothing may be written after one.
class ReportWriter {
  public:
    virtual ~ReportWriter() = default;
    virtual Result<> begin(Output& output) = 0;
    virtual Result<> write(const AnalysisResult& result, Output& output) = 0;
    virtual Result<> end(Output& output) = 0;
};

// The names that make_report_writer() knows.
std::vector<std::string> report_formats();
// nullptr for an unknown format.
std::unique_ptr<ReportWriter> make_report_writer(std::string_view format,
                                                 const ReportOptions& options);

}  // namespace tocsin
