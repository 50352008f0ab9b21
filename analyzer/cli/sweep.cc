// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>

#include "analyzer/cli/analysis_options.h"
#include "analyzer/cli/output_file.h"
#include "analyzer/report/asked.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/json_report.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/sensitivity.h"
#include "analyzer/report/sweep_svg.h"
#include "analyzer/report/text_coverage.h"

namespace tocsin {
namespace {

struct SweepOptions {
    AnalysisWords analysis;
    std::string axis;  // empty: those on which the window has a place
    std::string format = "text";
    std::string output;
};

// Errors: an axis on which the window has no place.
Result<std::vector<Axis>> axes(const SweepOptions& options, const CorrelationWindow& window) {
    const auto axis = axis_named(options.axis);
    if (!axis) return axes_of(window);
    if (!position_of(window, *axis))
        return Error{"--axis both moves two limits together that --window sets apart (" +
                     text_of(window) + "); write --axis check-use or --axis mutation-use"};
    return std::vector{*axis};
}

std::string text_of_sweep(const AnalysisResult& result, const std::vector<Axis>& axes) {
    TextPage page;
    page.heading(elide(quote(result.trace.name), kPageWidth), "", "");
    page.paragraph(verdict_text(result), 2);
    page.blank_line();
    TextFields fields(page, 2, kFieldColumn);
    if (result.options.window == CorrelationWindow() && own_limits_text(result.options).empty())
        fields.put("window", window_text(result));
    put_asked(fields, result);
    bool depends = false;
    for (const Axis axis : axes) {
        const SensitivityTable table = sensitivity_of(result, axis);
        depends = depends || table.depends_on_window;
        page.blank_line();
        add_sensitivity(page, table);
    }
    if (!depends) {
        page.blank_line();
        page.paragraph("No count depends on the window.", 2);
    }
    return page.text();
}

// As in the report of `analyze`, of which each result holds some members.
Json json_of_sweep(const AnalysisResult& result, const std::vector<Axis>& axes) {
    Json tables = Json::array();
    for (const Axis axis : axes) tables.push_back(json_sensitivity(sensitivity_of(result, axis)));
    Json out;
    out["trace"] = json_trace(result.trace);
    out.update(json_asked(result));
    out["verdict"] = verdict_text(result);
    out["damaged"] = result.is_damaged();
    out["records_missing"] = result.is_lossy();
    out["outside_window"] = result.outside_window;
    out["superseded"] = result.superseded;
    out["sensitivity"] = std::move(tables);
    return out;
}

ExitStatus run_sweep(const SweepOptions& options) {
    const auto analysis = analysis_options(options.analysis);
    if (!analysis) return fail(analysis.error());
    const auto moved = axes(options, analysis->window);
    if (!moved) return fail(moved.error());
    if (auto expected = OutputFile::expect_to_create(options.output); !expected)
        return fail(expected.error());
    std::string text;
    SweepSvg drawing;
    Json results = Json::array();
    bool has_any = false;
    const auto status = for_each_result(
        options.analysis, *analysis,
        [&](const AnalysisResult& result, const TraceReader&) -> Result<ExitStatus> {
            has_any = true;
            if (options.format == "json")
                results.push_back(json_of_sweep(result, *moved));
            else if (options.format == "svg")
                drawing.add(result, *moved);
            else
                text += (text.empty() ? "" : "\n") + text_of_sweep(result, *moved);
            return status_of(result);
        });
    if (!status) return fail(status.error());
    if (!results.empty()) text = json_of_results(std::move(results));
    if (options.format == "svg" && has_any) text = drawing.text();
    return has_any ? worse_of(*status, print(text, options.output)) : *status;
}

}  // namespace

void add_sweep_command(CLI::App& app, const SetRun& set_run) {
    auto* command = app.add_subcommand("sweep", "Count the findings at every window");
    const auto options = std::make_shared<SweepOptions>();
    add_analysis_options(*command, options->analysis);
    command
        ->add_option("--axis", options->axis,
                     "The limit that rows move: check-use, mutation-use\n"
                     "or both; the other stays as --window sets it.\n"
                     "Default: both where they are equal, else each")
        ->check(CLI::IsMember({"both", "check-use", "mutation-use"}))
        ->option_text("AXIS");
    command->add_option("--format", options->format, "text (default), json, or svg: a drawing")
        ->check(CLI::IsMember({"text", "json", "svg"}))
        ->option_text("FORMAT");
    add_output_option(*command, options->output);
    command->footer(
        "Counts what no rule set aside. The rows run from 1 us to unlimited, with the\n"
        "chosen window, its half and its double among them.\n"
        "\n"
        "Examples:\n"
        "  tocsin sweep victim.tocsin\n"
        "  tocsin sweep --window 50ms traces/\n"
        "  tocsin sweep --format svg victim.tocsin > sweep.svg\n"
        "  tocsin sweep --axis mutation-use --window check-use=2s victim.tocsin");
    command->callback([options, set_run] { set_run([options] { return run_sweep(*options); }); });
}

}  // namespace tocsin
