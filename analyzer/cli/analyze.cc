// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <optional>

#include "analyzer/cli/command.h"
#include "analyzer/cli/output_file.h"
#include "analyzer/cli/trace_inputs.h"
#include "analyzer/judge/analysis.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/report_writer.h"
#include "formats/quantity.h"

namespace tocsin {
namespace {

struct AnalyzeOptions {
    std::vector<std::string> traces;
    std::string format = "text";
    std::string output;  // empty: standard output
    std::vector<std::string> rules;
    std::vector<std::string> windows;
    std::string fail_on;
    std::string color = "auto";
    bool all = false;
};

// The report's output and writer, made when the first trace turns out to be readable: a run that
// finds none leaves no empty file behind.
class Report {
  public:
    explicit Report(const AnalyzeOptions& options) : options_(options) {}

    Result<> start() {
        if (output_) return {};
        auto opened = OutputFile::open(options_.output);
        if (!opened) return opened.error();
        output_ = std::make_unique<OutputFile>(std::move(*opened));
        writer_ = make_report_writer(options_.format,
                                     {output_->colour_for(options_.color),
                                      options_.all ? SetAside::kShown : SetAside::kCounted});
        return writer_->begin(*output_);
    }
    Result<> add(const AnalysisResult& result) { return writer_->write(result, *output_); }
    Result<> finish() {
        if (!output_) return {};
        if (auto ended = writer_->end(*output_); !ended) return ended;
        return output_->close();
    }

  private:
    const AnalyzeOptions& options_;
    std::unique_ptr<OutputFile> output_;
    std::unique_ptr<ReportWriter> writer_;
};

// "orphan=10ms".
Result<> set_window(const std::string& text, AnalysisOptions& analysis) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || text.substr(0, equals) != "orphan")
        return Error{"'" + escape(text) + "' is not a window; write for example orphan=10ms"};
    const auto parsed = parse_duration(text.substr(equals + 1), std::chrono::nanoseconds(0));
    if (!parsed) return Error{escape(parsed.error().message)};
    analysis.orphan_window = *parsed;
    return {};
}

Result<AnalysisOptions> analysis_options(const AnalyzeOptions& options) {
    AnalysisOptions analysis;
    for (const std::string& window : options.windows)
        if (auto set = set_window(window, analysis); !set) return set.error();
    if (options.rules.empty()) return analysis;
    analysis.rules.fill(false);
    for (const std::string& name : options.rules)
        analysis.rules[static_cast<size_t>(*rule_named(name))] = true;
    return analysis;
}

ExitStatus status_of(const AnalysisResult& result, const std::optional<Severity>& fail_on) {
    ExitStatus status = result.is_damaged() ? ExitStatus::kDamaged : ExitStatus::kDone;
    if (!fail_on) return status;
    for (const Severity severity : kAllSeverities)
        if (severity >= *fail_on && result.by_severity[static_cast<size_t>(severity)] != 0)
            status = worse_of(status, ExitStatus::kFindings);
    return status;
}

ExitStatus fail(const Error& error) {
    complain(error.message);
    return ExitStatus::kTrouble;
}

ExitStatus run_analyze(const AnalyzeOptions& options) {
    const auto paths = trace_paths(options.traces);
    if (!paths) return fail(paths.error());
    const auto analysis = analysis_options(options);
    if (!analysis) return fail(analysis.error());
    const std::optional<Severity> fail_on =
        options.fail_on.empty() ? std::nullopt : severity_named(options.fail_on);
    Report report(options);
    ExitStatus status = ExitStatus::kDone;
    for (const std::string& path : *paths) {
        const auto trace = TraceReader::open(path);
        if (!trace) {
            status = fail(
                {"cannot analyze " + quote(display_name(path)) + ": " + trace.error().message});
            continue;
        }
        if (auto started = report.start(); !started) return fail(started.error());
        const AnalysisResult result = analyze(*trace, display_name(path), *analysis);
        if (auto added = report.add(result); !added) return fail(added.error());
        status = worse_of(status, status_of(result, fail_on));
    }
    if (auto finished = report.finish(); !finished) return fail(finished.error());
    return status;
}

std::vector<std::string> rule_names() {
    std::vector<std::string> names;
    for (size_t i = 0; i < kRules; ++i) names.emplace_back(name_of(static_cast<Rule>(i)));
    return names;
}

}  // namespace

void add_analyze_command(CLI::App& app, const SetRun& set_run) {
    auto* command = app.add_subcommand("analyze", "Find races and report them");
    const auto options = std::make_shared<AnalyzeOptions>();
    command->add_option("TRACE", options->traces, "Traces, directories of *.tocsin, - for stdin")
        ->required()
        ->option_text("...");
    command->add_option("--format", options->format, "text (default) or json")
        ->check(CLI::IsMember(report_formats()))
        ->option_text("FORMAT");
    command->add_option("-o,--output", options->output, "Write to this file, which must not exist")
        ->option_text("FILE");
    command->add_flag("--all", options->all, "Show findings that a rule set aside, too");
    command->add_option("--rule", options->rules, "Only these classes, as in A1,A4")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(CLI::IsMember(rule_names()))
        ->option_text("RULE,...");
    command
        ->add_option("--window", options->windows,
                     "orphan=10ms (default): a hook's record without a call is taken for\n"
                     "the call that its thread is in, if that began at most so long before")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->option_text("NAME=TIME");
    command
        ->add_option("--fail-on", options->fail_on,
                     "Exit with 1 for findings from that severity on:\n"
                     "low, medium, high or critical")
        ->check(CLI::IsMember({"low", "medium", "high", "critical"}))
        ->option_text("LEVEL");
    add_colour_option(*command, options->color);
    command->footer(
        "Examples:\n"
        "  tocsin analyze victim.tocsin\n"
        "  tocsin analyze --rule A1,A4 --fail-on high traces/\n"
        "  ssh host tocsin-record -o - -d 30s | tocsin analyze --format json -");
    command->callback([options, set_run] { set_run([options] { return run_analyze(*options); }); });
}

}  // namespace tocsin
