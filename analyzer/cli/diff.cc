// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <future>
#include <memory>

#include "analyzer/cli/analysis_options.h"
#include "analyzer/cli/command.h"
#include "analyzer/cli/output_file.h"
#include "analyzer/cli/trace_inputs.h"
#include "analyzer/cli/watch.h"
#include "analyzer/report/comparison_report.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/json_report.h"

namespace tocsin {
namespace {

struct DiffOptions {
    AnalysisWords analysis;
    std::vector<std::string> after_windows;
    std::string format = "text";
    std::string fail_on;
    std::string output;
    std::string color = "auto";
    bool all = false;
};

struct Side {
    std::string name;
    TraceReader trace;
};

Result<Side> open(const std::string& path, const TimeSpan& span) {
    const std::string name = display_name(path);
    auto trace = TraceReader::open(path);
    if (!trace) return Error{"cannot analyze " + quote(name) + ": " + trace.error().message};
    if (const auto in_span = expect_in(*trace, span); !in_span)
        return Error{quote(name) + ": " + in_span.error().message};
    return Side{name, std::move(*trace)};
}

ExitStatus run_diff(const DiffOptions& options) {
    const auto before_options = analysis_options(options.analysis);
    if (!before_options) return fail(before_options.error());
    AnalysisOptions after_options = *before_options;
    if (!options.after_windows.empty())
        if (auto set = set_window_words(after_options, options.after_windows); !set)
            return fail(set.error());
    if (auto expected = OutputFile::expect_to_create(options.output); !expected)
        return fail(expected.error());
    const auto& traces = options.analysis.traces;
    if (traces.size() > 2)
        return fail({"diff compares two traces, and these are " + std::to_string(traces.size()) +
                     "; compare each with the first one in a run of its own"});
    if (traces.size() == 1 && options.after_windows.empty())
        return fail({"there is nothing to compare " + quote(display_name(traces[0])) +
                     " with; name another trace, or another window by --after-window"});
    if (traces.size() == 2 && traces[0] == "-" && traces[1] == "-")
        return fail({"standard input holds one trace; name a file for the other"});
    std::vector<Side> sides;
    for (const std::string& path : traces) {
        auto side = open(path, before_options->span);
        if (!side) return fail(side.error());
        sides.push_back(std::move(*side));
    }
    Watch watch(2);
    const auto analyzed = [&watch](const Side& side, const AnalysisOptions& of_side) {
        Progress& progress = watch.begin();
        AnalysisResult result = analyze(side.trace, side.name, of_side, &progress);
        watch.end(progress);
        return result;
    };
    auto pending = std::async(std::launch::async, analyzed, std::cref(sides.front()),
                              std::cref(*before_options));
    const AnalysisResult after = analyzed(sides.back(), after_options);
    const AnalysisResult before = pending.get();
    if (Watch::caught_signal() != 0) return fail(interruption());
    const Watch::Quiet quiet(watch);
    const Comparison comparison = compare(before, after, options.all ? Which::kAll : Which::kShown);
    auto output = OutputFile::open(options.output);
    if (!output) return fail(output.error());
    std::string text;
    if (options.format == "json") {
        Json document = json_head();
        document.update(json_of_comparison(before, after, comparison));
        text = document.dump() + '\n';
    } else {
        text = text_of_comparison(before, after, comparison, output->colour_for(options.color));
    }
    if (auto written = output->write(text); !written) return fail(written.error());
    if (auto closed = output->close(); !closed) return fail(closed.error());
    // What is to fail does not depend on what is shown.
    const auto least = severity_named(options.fail_on);
    const auto added = compare(before, after, Which::kShown).added;
    const bool is_failing =
        least && std::any_of(added.begin(), added.end(), [&](const ComparedFinding& compared) {
            return compared.finding().judgement.severity >= *least;
        });
    return is_failing ? ExitStatus::kFindings : worse_of(status_of(before), status_of(after));
}

}  // namespace

void add_diff_command(CLI::App& app, const SetRun& set_run) {
    auto* command = app.add_subcommand("diff", "Compare the findings of two traces or windows");
    const auto options = std::make_shared<DiffOptions>();
    add_analysis_options(*command, options->analysis);
    command
        ->add_option("--after-window", options->after_windows,
                     "The second one's window, where that is another; with\n"
                     "one TRACE it is compared with that of --window")
        ->allow_extra_args(false)
        ->option_text("LIMIT,...");
    command->add_option("--format", options->format, "text (default) or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->option_text("FORMAT");
    command->add_flag("--all", options->all, "Compare findings that a rule set aside, too");
    command
        ->add_option("--fail-on", options->fail_on,
                     "Exit with 1 for new findings from that severity on:\n"
                     "low, medium, high or critical")
        ->check(CLI::IsMember({"low", "medium", "high", "critical"}))
        ->option_text("LEVEL");
    add_output_option(*command, options->output);
    add_colour_option(*command, options->color);
    command->footer(
        "Examples:\n"
        "  tocsin diff monday.tocsin tuesday.tocsin\n"
        "  tocsin diff --fail-on high accepted.tocsin this-build.tocsin\n"
        "  tocsin diff --window 1s --after-window 5ms victim.tocsin");
    command->callback([options, set_run] { set_run([options] { return run_diff(*options); }); });
}

}  // namespace tocsin
