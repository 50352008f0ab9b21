// SPDX-License-Identifier: Apache-2.0
#include "gui/session/report_export.h"

#include <algorithm>
#include <memory>

#include "analyzer/query/filter.h"
#include "analyzer/report/report_writer.h"
#include "analyzer/report/text_finding.h"
#include "analyzer/report/text_page.h"
#include "formats/check.h"

namespace tocsin::gui {

Result<> write_report(const AnalysisResult& result, const std::string& format,
                      const std::string& where, Output& output) {
    ReportOptions options;
    std::shared_ptr<const Filter> filter;
    if (!where.empty()) {
        auto parsed = Filter::parse(where, RowKind::kFinding);
        if (!parsed) return parsed.error();
        filter = std::make_shared<const Filter>(std::move(*parsed));
        options.filter = {where, [filter](const Finding& finding, BootTime start) {
                              return filter->matches(Row::of(finding, start));
                          }};
    }
    const auto writer = make_report_writer(format, options);
    CHECK(writer != nullptr);
    if (auto begun = writer->begin(output); !begun) return begun;
    if (auto written = writer->write(result, output); !written) return written;
    return writer->end(output);
}

std::string text_of_finding(const AnalysisResult& result, const Finding& finding) {
    const auto at =
        std::find_if(result.findings.begin(), result.findings.end(),
                     [&](const Finding& one) { return one.fingerprint == finding.fingerprint; });
    const auto number = static_cast<size_t>(std::distance(result.findings.begin(), at)) + 1;
    TextPage page;
    add_finding(page, result.trace, finding, number, Colour::kNo);
    return page.text();
}

std::string extension_of(const std::string& format) {
    if (format == "text") return "txt";
    if (format == "markdown") return "md";
    return format;
}

}  // namespace tocsin::gui
