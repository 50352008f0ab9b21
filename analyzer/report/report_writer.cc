// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/report_writer.h"

#include "analyzer/report/html_report.h"
#include "analyzer/report/json_report.h"
#include "analyzer/report/text_report.h"

namespace tocsin {
namespace {

struct Format {
    std::string_view name;
    std::unique_ptr<ReportWriter> (*make)(const ReportOptions&);
};

template <typename Writer>
std::unique_ptr<ReportWriter> make(const ReportOptions& options) {
    return std::make_unique<Writer>(options);
}

// Every format there is.
constexpr Format kFormats[] = {
    {"text", make<TextReport>},
    {"json", make<JsonReport>},
    {"html", make<HtmlReport>},
};

}  // namespace

std::vector<std::string> report_formats() {
    std::vector<std::string> names;
    for (const Format& format : kFormats) names.emplace_back(format.name);
    return names;
}

std::unique_ptr<ReportWriter> make_report_writer(std::string_view name,
                                                 const ReportOptions& options) {
    for (const Format& format : kFormats)
        if (format.name == name) return format.make(options);
    return nullptr;
}

}  // namespace tocsin
