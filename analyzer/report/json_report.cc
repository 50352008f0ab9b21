// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/json_report.h"

#include "analyzer/report/asked.h"
#include "analyzer/report/json_values.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/sensitivity.h"

namespace tocsin {
namespace {

Json head_of(const AnalysisResult& result) {
    Json severities = Json::object();
    for (const Severity severity : kAllSeverities)
        severities[std::string(name_of(severity))] =
            result.by_severity[static_cast<size_t>(severity)];
    Json set_aside = Json::object();
    for (const auto& [rule, count] : result.set_aside) set_aside[std::string(rule)] = count;

    Json sensitivity = Json::array();
    for (const SensitivityTable& table : sensitivities_of(result))
        sensitivity.push_back(json_sensitivity(table));

    Json out;
    out["trace"] = json_trace(result.trace);
    out.update(json_asked(result));
    out["verdict"] = verdict_text(result);
    out["damaged"] = result.is_damaged();
    out["records_missing"] = result.is_lossy();
    out["severities"] = std::move(severities);
    out["set_aside"] = std::move(set_aside);
    out["findings_not_kept"] = result.not_kept;
    out["outside_window"] = result.outside_window;
    out["superseded"] = result.superseded;
    out["sensitivity"] = std::move(sensitivity);
    out["coverage"] = json_coverage(result.coverage);
    return out;
}

}  // namespace

Json json_head() {
    Json head;
    head["schema_version"] = kJsonSchemaVersion;
    head["tool"] = {{"name", "tocsin"}, {"version", TOCSIN_VERSION}};
    return head;
}

std::string json_of_results(Json results) {
    Json document = json_head();
    document["results"] = std::move(results);
    return document.dump() + '\n';
}

Result<> JsonReport::begin(Output& output) {
    std::string text = json_head().dump();
    text.pop_back();  // the document goes on
    return output.write(text + ",\"results\":[");
}

Result<> JsonReport::write(const AnalysisResult& result, Output& output) {
    std::string text = is_first_ ? "\n" : ",\n";
    is_first_ = false;
    Json head = head_of(result);
    if (!filter_.text.empty()) head["where"] = json_bytes(filter_.text);
    text += head.dump();
    text.pop_back();
    text += ",\"findings\":[";
    if (auto written = output.write(text); !written) return written;
    bool is_first_finding = true;
    for (const Finding& finding : result.findings) {
        if (!filter_.shows(finding, result.trace)) continue;
        text = is_first_finding ? "\n" : ",\n";
        is_first_finding = false;
        text += json_finding(result.trace, finding).dump();
        if (auto written = output.write(text); !written) return written;
    }
    return output.write(is_first_finding ? "]}" : "\n]}");
}

Result<> JsonReport::end(Output& output) {
    return output.write("\n]}\n");
}

}  // namespace tocsin
