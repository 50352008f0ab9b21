// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <optional>

#include "analyzer/cli/analysis_options.h"
#include "analyzer/cli/command.h"
#include "analyzer/cli/output_file.h"
#include "analyzer/cli/where.h"
#include "analyzer/report/report_writer.h"

namespace tocsin {
namespace {

struct AnalyzeOptions {
    std::string format = "text";
    std::string output;  // empty: standard output
    AnalysisWords analysis;
    std::string fail_on;
    std::string where;
    std::string color = "auto";
    bool all = false;
};

// The report's output and writer, made when the first trace was analyzed: a run that finds none, or
// is stopped before, leaves no empty file behind.
class Report {
  public:
    Report(const AnalyzeOptions& options, const std::optional<Filter>& filter)
        : options_(options), filter_(filter) {}

    Result<> start() {
        if (output_) return {};
        auto opened = OutputFile::open(options_.output);
        if (!opened) return opened.error();
        output_ = std::make_unique<OutputFile>(std::move(*opened));
        ReportOptions options{output_->colour_for(options_.color),
                              options_.all ? SetAside::kShown : SetAside::kCounted,
                              {filter_ ? filter_->text() : std::string(), {}}};
        options.filter.takes = [this](const Finding& finding, BootTime start) {
            return filter_->matches(Row::of(finding, start));
        };
        writer_ = make_report_writer(options_.format, options);
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
    const std::optional<Filter>& filter_;
    std::unique_ptr<OutputFile> output_;
    std::unique_ptr<ReportWriter> writer_;
};

bool has_findings_from(Severity least, const AnalysisResult& result) {
    return std::any_of(kAllSeverities.begin(), kAllSeverities.end(), [&](Severity severity) {
        return severity >= least && result.by_severity[static_cast<size_t>(severity)] != 0;
    });
}

ExitStatus run_analyze(const AnalyzeOptions& options) {
    const auto analysis = analysis_options(options.analysis);
    if (!analysis) return fail(analysis.error());
    const std::optional<Severity> fail_on =
        options.fail_on.empty() ? std::nullopt : severity_named(options.fail_on);
    const auto filter = filter_of(options.where, RowKind::kFinding);
    if (!filter) return fail(filter.error());
    Report report(options, *filter);
    if (auto expected = OutputFile::expect_to_create(options.output); !expected)
        return fail(expected.error());
    const auto take = [&](const AnalysisResult& result, const TraceReader&) -> Result<ExitStatus> {
        if (auto started = report.start(); !started) return started.error();
        if (auto added = report.add(result); !added) return added.error();
        return fail_on && has_findings_from(*fail_on, result) ? ExitStatus::kFindings
                                                              : status_of(result);
    };
    const auto status = for_each_result(options.analysis, *analysis, take);
    if (!status) return fail(status.error());
    if (auto finished = report.finish(); !finished) return fail(finished.error());
    return *status;
}

}  // namespace

void add_analyze_command(CLI::App& app, const SetRun& set_run) {
    auto* command = app.add_subcommand("analyze", "Find races and report them");
    const auto options = std::make_shared<AnalyzeOptions>();
    add_analysis_options(*command, options->analysis);
    command->add_option("--format", options->format, "text (default), json or html")
        ->check(CLI::IsMember(report_formats()))
        ->option_text("FORMAT");
    add_output_option(*command, options->output);
    command->add_flag("--all", options->all, "Show findings that a rule set aside, too");
    add_where_option(*command, options->where, RowKind::kFinding);
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
        "  tocsin analyze --where 'severity >= high && gap < 5ms' victim.tocsin\n"
        "  tocsin analyze --window 50ms victim.tocsin\n"
        "  tocsin analyze --window check-use=2s,mutation-use=100ms victim.tocsin\n"
        "  ssh host tocsin-record -o - -d 30s | tocsin analyze --format json -");
    command->callback([options, set_run] { set_run([options] { return run_analyze(*options); }); });
}

}  // namespace tocsin
