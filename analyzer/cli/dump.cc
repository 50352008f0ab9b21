// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <vector>

#include "analyzer/cli/command.h"
#include "analyzer/cli/output_file.h"
#include "analyzer/cli/trace_inputs.h"
#include "analyzer/replay/event_order.h"
#include "analyzer/report/escape.h"
#include "formats/text_form.h"

namespace tocsin {
namespace {

// Prints in the text form's canonical order, so that a dump that is read and printed again stays
// the same. Clock samples stand before the events: they are fetched in a pass of their own.
class Dumper {
  public:
    Dumper(const TraceReader& trace, Output& output) : trace_(trace), output_(output) {}

    // How many chunks did not decode; their messages have been complained about.
    Result<size_t> run() {
        std::string text;
        form_.print(trace_.header(), text);
        print_clocks(text);
        EventOrder order(trace_);
        std::vector<RecordsLost> losses;
        while (const auto item = order.next()) {
            if (const auto* event = std::get_if<const Event*>(&*item)) form_.print(**event, text);
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
    Result<> pass_on(std::string& text) {
        auto written = output_.write(text);
        text.clear();
        return written;
    }

    const TraceReader& trace_;
    Output& output_;
    TextFormWriter form_;
};

ExitStatus run_dump(const std::string& path) {
    const auto fail = [](const std::string& sentence) {
        complain(sentence);
        return ExitStatus::kTrouble;
    };
    const std::string name = quote(display_name(path));
    const auto trace = TraceReader::open(path);
    if (!trace) return fail("cannot dump " + name + ": " + trace.error().message);
    OutputFile output = OutputFile::standard_output();
    const auto damaged = Dumper(*trace, output).run();
    if (!damaged) return fail(damaged.error().message);
    if (auto closed = output.close(); !closed) return fail(closed.error().message);
    if (trace->end() == TraceEnd::kSealed && *damaged == 0) return ExitStatus::kDone;
    if (trace->end() != TraceEnd::kSealed) complain(name + ": " + trace->end_reason());
    return ExitStatus::kDamaged;
}

}  // namespace

void add_dump_command(CLI::App& app, const SetRun& set_run) {
    auto* command = app.add_subcommand("dump", "Print every record of a trace as text");
    const auto trace = std::make_shared<std::string>();
    command->add_option("TRACE", *trace, "The trace, or - for stdin")->required()->option_text(" ");
    command->footer("Example:\n  tocsin dump victim.tocsin | grep execve");
    command->callback([trace, set_run] { set_run([trace] { return run_dump(*trace); }); });
}

}  // namespace tocsin
