// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include "analyzer/cli/analysis_options.h"
#include "analyzer/cli/command.h"
#include "analyzer/cli/each_trace.h"
#include "analyzer/cli/output_file.h"
#include "analyzer/cli/where.h"
#include "analyzer/replay/clock.h"
#include "analyzer/replay/operation_assembler.h"
#include "analyzer/replay/world_state.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/json_report.h"
#include "analyzer/report/stats_report.h"

namespace tocsin {
namespace {

constexpr size_t kMostRows = 1'000'000;

struct StatsOptions {
    std::vector<std::string> traces;
    std::string where;
    size_t top = 10;
    std::string format = "text";
    std::string output;
    std::string color = "auto";
    SpanWords span;
    size_t jobs = 0;  // not said
};

BootTime end_of(const TraceReader& trace) {
    BootTime end;
    for (const auto& chunk : trace.chunks())
        if (chunk.header.kind == ChunkKind::kEvents) end = std::max(end, chunk.header.last_time);
    return end;
}

CountedTrace count(const TraceReader& trace, const std::string& name,
                   const std::optional<Filter>& filter, const TimeSpan& span, Progress& progress) {
    EventOrder order(trace, 1, {0, span.to_ns}, &progress);
    const BootTime start = order.first_time().value_or(BootTime{});
    const BootTime from = later(start, span.from_ns);
    const BootTime to = std::min(end_of(trace), later(start, span.to_ns));
    CountedTrace counted{facts_of(trace, name), TraceStats(from, std::max(from, to)),
                         filter ? filter->text() : "", span, trace.lost()};
    WorldState world;
    OperationAssembler assembler(world, [&](const std::shared_ptr<const Operation>& call) {
        world.observe(*call);
        if (call->last_time() < from) return;
        if (!filter || filter->matches(Row::of(*call, start))) counted.stats.observe(*call);
    });
    while (const auto item = order.next()) {
        const auto* event = std::get_if<const Event*>(&*item);
        if (event == nullptr) continue;
        world.observe(**event);
        assembler.observe(**event);
    }
    assembler.finish();
    counted.damage = order.damage();
    for (const LossInterval& loss : order.losses()) counted.records_missing += loss.count;
    return counted;
}

ExitStatus run_stats(const StatsOptions& options) {
    const auto filter = filter_of(options.where, RowKind::kCall);
    if (!filter) return fail(filter.error());
    const auto span = span_of(options.span);
    if (!span) return fail(span.error());
    auto output = OutputFile::open(options.output);
    if (!output) return fail(output.error());
    Json results = Json::array();
    bool is_first = true;
    const auto take = [&](const CountedTrace& counted) -> Result<ExitStatus> {
        const TraceFacts& trace = counted.trace;
        for (const DamagedChunk& chunk : counted.damage) complain(chunk.message);
        if (trace.end != TraceEnd::kSealed) complain(quote(trace.name) + ": " + trace.end_reason);
        if (options.format == "json") {
            results.push_back(json_of_stats(counted, options.top));
        } else {
            std::string text = is_first ? "" : "\n";
            text += text_of_stats(counted, options.top, output->colour_for(options.color));
            if (auto written = output->write(text); !written) return written.error();
        }
        is_first = false;
        return counted.is_damaged() ? ExitStatus::kDamaged : ExitStatus::kDone;
    };
    const auto status = for_each_trace(
        {options.traces, *span, jobs_for(options.jobs, options.traces)},
        [&](const TraceReader& trace, const std::string& name, Progress& progress) -> Finish {
            const auto counted =
                std::make_shared<const CountedTrace>(count(trace, name, *filter, *span, progress));
            return [counted, &take] { return take(*counted); };
        });
    if (!status) return fail(status.error());
    if (!results.empty())
        if (auto written = output->write(json_of_results(std::move(results))); !written)
            return fail(written.error());
    if (auto closed = output->close(); !closed) return fail(closed.error());
    return *status;
}

}  // namespace

void add_stats_command(CLI::App& app, const SetRun& set_run) {
    auto* command = app.add_subcommand("stats", "Say what a trace holds: calls, processes, files");
    const auto options = std::make_shared<StatsOptions>();
    command->add_option("TRACE", options->traces, "Traces, directories of *.tocsin, - for stdin")
        ->required()
        ->option_text("...");
    add_where_option(*command, options->where, RowKind::kCall);
    add_span_options(*command, options->span);
    add_jobs_option(*command, options->jobs);
    command->add_option("--top", options->top, "Rows of each list, 10 by default")
        ->check(CLI::Range(size_t{1}, kMostRows))
        ->option_text("N");
    command->add_option("--format", options->format, "text (default) or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->option_text("FORMAT");
    add_output_option(*command, options->output);
    add_colour_option(*command, options->color);
    command->footer(
        "Examples:\n"
        "  tocsin stats victim.tocsin\n"
        "  tocsin stats --where 'proc.uid == 1000' --top 30 victim.tocsin");
    command->callback([options, set_run] { set_run([options] { return run_stats(*options); }); });
}

}  // namespace tocsin
