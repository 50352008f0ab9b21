// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "analyzer/cli/command.h"
#include "analyzer/cli/output_file.h"
#include "analyzer/cli/replay_pace.h"
#include "analyzer/cli/span_options.h"
#include "analyzer/cli/trace_inputs.h"
#include "analyzer/cli/where.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/replay_text.h"
#include "formats/quantity.h"

namespace tocsin {
namespace {

struct ReplayOptions {
    std::string trace;
    std::string output;  // empty or -: standard output
    std::string speed = "0";
    SpanWords span;
    std::vector<int32_t> pids;
    std::string where;
    std::string color = "auto";
};

Result<double> parse_speed(const std::string& text) {
    const auto speed = parse_quantity(text);
    if (speed && speed->unit.empty() && speed->number >= 0 && std::isfinite(speed->number))
        return speed->number;
    return Error{quote(text) +
                 " is not a speed; write 1 for as it happened, 10 for ten times faster, "
                 "0 for no waiting"};
}

// What is to be shown; the colour is not settled yet.
Result<ReplayTextOptions> text_options(const ReplayOptions& options) {
    ReplayTextOptions text;
    const auto span = span_of(options.span);
    if (!span) return span.error();
    text.from_ns = span->from_ns;
    text.to_ns = span->to_ns;
    for (const int32_t pid : options.pids)
        if (pid <= 0)
            return Error{"--pid " + std::to_string(pid) +
                         " is not the id of a process or thread; ids begin at 1"};
    text.pids = options.pids;
    return text;
}

Result<> show(ReplayText& lines, double speed, OutputFile& output) {
    ReplayPace pace(speed);
    while (const auto step = lines.next()) {
        if (speed > 0) {
            const auto now = ReplayPace::Clock::now();
            const auto due = pace.due(step->time, now);
            if (due > now) {
                if (auto flushed = output.flush(); !flushed) return flushed;
                std::this_thread::sleep_until(due);
            }
        }
        if (auto written = output.write(step->text); !written) return written;
    }
    return output.close();
}

ExitStatus run_replay(const ReplayOptions& options) {
    const auto speed = parse_speed(options.speed);
    if (!speed) return fail(speed.error());
    auto text = text_options(options);
    if (!text) return fail(text.error());
    const auto filter = filter_of(options.where, RowKind::kCall);
    if (!filter) return fail(filter.error());
    const std::string name = quote(display_name(options.trace));
    const auto trace = TraceReader::open(options.trace);
    if (!trace) return fail({"cannot replay " + name + ": " + trace.error().message});
    if (const auto in_span = expect_in(*trace, {text->from_ns, text->to_ns}); !in_span)
        return fail({name + ": " + in_span.error().message});
    auto output = OutputFile::open(options.output);
    if (!output) return fail(output.error());
    if (*filter) text->records = records_of_calls(*trace, **filter);
    text->colour = output->colour_for(options.color);
    // What comes before is read, too: calls and places are known from it.
    EventOrder order(*trace, 1, {0, text->to_ns});
    ReplayText lines(order, std::move(*text));
    if (auto shown = show(lines, *speed, *output); !shown) return fail(shown.error());
    for (const int32_t pid : lines.pids_missing())
        complain(
            fmt::format("{}: no record is of process or thread {}; tocsin stats lists those "
                        "that made calls",
                        name, pid));
    for (const DamagedChunk& chunk : order.damage()) complain(chunk.message);
    if (trace->end() != TraceEnd::kSealed) complain(name + ": " + trace->end_reason());
    return trace->end() == TraceEnd::kSealed && order.damage().empty() ? ExitStatus::kDone
                                                                       : ExitStatus::kDamaged;
}

}  // namespace

void add_replay_command(CLI::App& app, const SetRun& set_run) {
    auto* command = app.add_subcommand("replay", "Show what happened, call by call, in time order");
    const auto options = std::make_shared<ReplayOptions>();
    command->add_option("TRACE", options->trace, "The trace, or - for stdin")
        ->required()
        ->option_text(" ");
    command
        ->add_option("--speed", options->speed,
                     "Wait as long as it took, N times faster; 0 (default)\ndoes not wait")
        ->option_text("N");
    add_span_options(*command, options->span);
    command->add_option("--pid", options->pids, "Only this process or thread; repeatable")
        ->allow_extra_args(false)
        ->option_text("PID");
    add_where_option(*command, options->where, RowKind::kCall);
    add_output_option(*command, options->output);
    add_colour_option(*command, options->color);
    command->footer(
        "Marks before the kernel's copies: == as claimed at entry, != other bytes,\n"
        "~ changed by the kernel for an interpreter, ? no claim to compare with.\n"
        "\n"
        "Examples:\n"
        "  tocsin replay victim.tocsin | less\n"
        "  tocsin replay --from 1.5s --to 1750ms --pid 812 victim.tocsin\n"
        "  tocsin replay --where 'path glob \"/tmp/**\" && !error' victim.tocsin\n"
        "  tocsin replay --speed 0.1 victim.tocsin      ten times slower than it was");
    command->callback([options, set_run] { set_run([options] { return run_replay(*options); }); });
}

}  // namespace tocsin
