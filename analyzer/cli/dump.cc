// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <vector>

#include "analyzer/cli/command.h"
#include "analyzer/cli/output_file.h"
#include "analyzer/cli/span_options.h"
#include "analyzer/cli/trace_inputs.h"
#include "analyzer/cli/where.h"
#include "analyzer/query/reach.h"
#include "analyzer/replay/clock.h"
#include "analyzer/replay/event_order.h"
#include "analyzer/replay/world_state.h"
#include "analyzer/report/escape.h"
#include "formats/text_form.h"

namespace tocsin {
namespace {

// Prints in the text form's canonical order, so that a dump that is read and printed again stays
// the same. Clock samples stand before the events: they are fetched in a pass of their own. Without
// the records that a filter does not take, those that follow name their sequence numbers.
class Dumper {
  public:
    Dumper(const TraceReader& trace, const TimeSpan& span, const std::optional<Filter>& filter,
           Output& output)
        : trace_(trace), span_(span), filter_(filter), output_(output) {}

    // How many chunks did not decode; their messages have been complained about.
    Result<size_t> run() {
        std::string text;
        form_.print(trace_.header(), text);
        print_clocks(text);
        EventOrder order = in_order();
        start_ = order.first_time().value_or(BootTime{});
        from_ = later(start_, span_.from_ns);
        std::vector<RecordsLost> losses;
        while (const auto item = order.next()) {
            if (const auto* event = std::get_if<const Event*>(&*item))
                if (is_wanted(**event)) form_.print(**event, text);
            if (const auto* loss = std::get_if<RecordsLost>(&*item)) losses.push_back(*loss);
            if (auto written = pass_on(text); !written) return written.error();
        }
        for (const RecordsLost& loss : losses) form_.print(loss, text);
        if (trace_.seal()) form_.print_seal(trace_.seal()->reason, text);
        if (auto written = pass_on(text); !written) return written.error();
        for (const DamagedChunk& chunk : order.damage()) complain(chunk.message);
        return order.damage().size();
    }

  private:
    // Chunks that do not decode are met, and counted, again by EventOrder.
    void print_clocks(std::string& text) {
        for (size_t i = 0; i < trace_.chunks().size(); ++i) {
            if (trace_.chunks()[i].header.kind != ChunkKind::kClock) continue;
            const auto chunk = trace_.read(i);
            if (!chunk) continue;
            if (const auto* sample = std::get_if<ClockSample>(&*chunk)) form_.print(*sample, text);
        }
    }
    // Where the filter asks for programs, all that came before is followed; else chunks are left
    // out by their headers.
    EventOrder in_order() {
        if (!filter_) return EventOrder(trace_, 1, span_);
        const Reach reach = filter_->reach();
        follows_ = reach.asks_what_came_before;
        if (follows_) return EventOrder(trace_, 1, {0, span_.to_ns});
        return EventOrder(trace_, 1, span_, nullptr,
                          [reach](const ChunkHeader& header, BootTime start) {
                              return reach.may_be_in(header, start);
                          });
    }
    bool is_wanted(const Event& event) {
        if (!filter_) return true;
        if (follows_) world_.observe(event);
        // The snapshot is from before every span.
        const bool is_in_span =
            event.time >= from_ || std::holds_alternative<TaskFound>(event.body);
        if (event.task == nullptr || !is_in_span) return false;
        const Process* process = world_.find(event.task->id);
        const ProcessImage* image = process != nullptr ? process->image.get() : nullptr;
        return filter_->matches(Row::of(event, image, start_));
    }
    Result<> pass_on(std::string& text) {
        auto written = output_.write(text);
        text.clear();
        return written;
    }

    const TraceReader& trace_;
    const TimeSpan span_;
    const std::optional<Filter>& filter_;
    Output& output_;
    TextFormWriter form_;
    WorldState world_;
    bool follows_ = false;
    BootTime start_, from_;
};

struct DumpOptions {
    std::string trace, where, output;
    SpanWords span;
};

ExitStatus run_dump(const DumpOptions& options) {
    const auto filter = filter_of(options.where, RowKind::kRecord);
    if (!filter) return fail(filter.error());
    const auto span = span_of(options.span);
    if (!span) return fail(span.error());
    const std::string name = quote(display_name(options.trace));
    const auto trace = TraceReader::open(options.trace);
    if (!trace) return fail({"cannot dump " + name + ": " + trace.error().message});
    if (const auto in_span = expect_in(*trace, *span); !in_span)
        return fail({name + ": " + in_span.error().message});
    auto output = OutputFile::open(options.output);
    if (!output) return fail(output.error());
    const auto damaged = Dumper(*trace, *span, *filter, *output).run();
    if (!damaged) return fail(damaged.error());
    if (auto closed = output->close(); !closed) return fail(closed.error());
    if (trace->end() == TraceEnd::kSealed && *damaged == 0) return ExitStatus::kDone;
    if (trace->end() != TraceEnd::kSealed) complain(name + ": " + trace->end_reason());
    return ExitStatus::kDamaged;
}

}  // namespace

void add_dump_command(CLI::App& app, const SetRun& set_run) {
    auto* command = app.add_subcommand("dump", "Print every record of a trace as text");
    const auto options = std::make_shared<DumpOptions>();
    command->add_option("TRACE", options->trace, "The trace, or - for stdin")
        ->required()
        ->option_text(" ");
    add_where_option(*command, options->where, RowKind::kRecord);
    add_span_options(*command, options->span);
    add_output_option(*command, options->output);
    command->footer(
        "Examples:\n"
        "  tocsin dump victim.tocsin | grep execve\n"
        "  tocsin dump --from 1.5s --to 2s victim.tocsin\n"
        "  tocsin dump --where 'proc.pid == 812 && time < 2s' victim.tocsin");
    command->callback([options, set_run] { set_run([options] { return run_dump(*options); }); });
}

}  // namespace tocsin
