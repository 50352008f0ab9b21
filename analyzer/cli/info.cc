// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "analyzer/cli/command.h"
#include "analyzer/cli/output_file.h"
#include "analyzer/cli/trace_inputs.h"
#include "analyzer/judge/analysis.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/json_report.h"
#include "analyzer/report/json_values.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/text_coverage.h"
#include "analyzer/report/text_page.h"

namespace tocsin {
namespace {

// What the chunks' headers say, without decoding any but the first clock sample.
struct Extent {
    uint64_t events = 0;
    uint64_t found = 0;
    uint64_t event_chunk_bytes = 0;
    std::optional<BootTime> first, last;
    std::optional<ClockSample> clock;
};

Extent extent_of(const TraceReader& trace) {
    Extent extent;
    for (size_t i = 0; i < trace.chunks().size(); ++i) {
        const ChunkHeader& header = trace.chunks()[i].header;
        if (header.kind == ChunkKind::kSnapshot) extent.found += header.events;
        if (header.kind == ChunkKind::kEvents) {
            extent.events += header.events;
            extent.event_chunk_bytes += header.compressed_bytes;
            extent.first = std::min(extent.first.value_or(header.first_time), header.first_time);
            extent.last = std::max(extent.last.value_or(header.last_time), header.last_time);
        }
        if (header.kind != ChunkKind::kClock || extent.clock) continue;
        const auto chunk = trace.read(i);
        if (!chunk) continue;
        if (const auto* sample = std::get_if<ClockSample>(&*chunk)) extent.clock = *sample;
    }
    return extent;
}

void put(TextPage& page, std::string_view label, std::string_view text) {
    page.field(label, text, 2, kFieldColumn);
}

void add_header(TextPage& page, const TraceHeader& header) {
    const auto fact = [](const std::string& text) {
        return text.empty() ? std::string("not recorded") : elide(escape(text), 200);
    };
    put(page, "host", fact(header.host));
    put(page, "kernel",
        fact(header.kernel_release) + " " + fact(header.machine) + ", " +
            fact(header.kernel_version));
    put(page, "CPUs", std::to_string(header.cpus));
    put(page, "boot id", fact(header.boot_id));
    std::string command;
    for (const std::string& option : header.options) command += " " + escape(option);
    put(page, "recorder",
        fact(header.recorder_version) +
            ", options:" + (command.empty() ? " none" : elide(command, 300)));
    std::string_view label = "settings";
    for (const Setting& setting : header.sysctls) {
        put(page, label, fact(setting.name) + " = " + fact(setting.value));
        label = "";
    }
}

void add_extent(TextPage& page, const TraceReader& trace, const Extent& extent) {
    put(page, "began",
        extent.first && extent.clock ? utc_text(*extent.clock, *extent.first)
                                     : "not known: no clock sample");
    if (extent.first)
        put(page, "span",
            fmt::format("{}, from {} to {} after boot",
                        seconds_text(extent.last->ns - extent.first->ns),
                        seconds_text(extent.first->ns), seconds_text(extent.last->ns)));
    put(page, "events",
        fmt::format("{}, and {} found running at the start", extent.events,
                    count_text(extent.found, "thread", "threads")));
    put(page, "size",
        fmt::format("{} in {}", count_text(trace.file_bytes(), "byte", "bytes"),
                    count_text(trace.chunks().size(), "chunk", "chunks")));
    if (extent.events != 0) {
        const uint64_t tenths = extent.event_chunk_bytes * 10 / extent.events;
        put(page, "", fmt::format("{}.{} bytes for an event", tenths / 10, tenths % 10));
    }
}

void add_end(TextPage& page, const TraceReader& trace) {
    if (trace.seal())
        put(page, "end", "sealed: " + elide(escape(trace.seal()->reason), 200));
    else
        put(page, "end",
            std::string(name_of(trace.end())) + ": " + elide(escape(trace.end_reason()), 400));
    put(page, "chain hash", hex(trace.chain_hash()));
}

std::string describe(const TraceReader& trace, const std::string& name) {
    TextPage page;
    TextFields fields(page, 2, kFieldColumn);
    page.heading(elide(quote(name), kPageWidth), "", "");
    put(page, "format", std::to_string(trace.header().format_version));
    add_header(page, trace.header());
    put_hooks(fields, trace.header());
    add_extent(page, trace, extent_of(trace));
    put_losses(fields, trace.lost());
    add_end(page, trace);
    return page.text();
}

Json json_of(const TraceReader& trace, const std::string& name) {
    const Extent extent = extent_of(trace);
    TraceFacts facts = facts_of(trace, name);
    facts.first = extent.first;
    facts.last = extent.last;
    facts.clock = extent.clock;
    return {{"trace", json_trace(facts)},
            {"damaged", trace.end() != TraceEnd::kSealed},
            {"lost", json_losses(trace.lost())},
            {"events", extent.events},
            {"threads_found_running", extent.found},
            {"event_chunk_bytes", extent.event_chunk_bytes}};
}

struct InfoOptions {
    std::vector<std::string> traces;
    std::string format = "text";
};

ExitStatus run_info(const InfoOptions& options) {
    const auto paths = trace_paths(options.traces);
    if (!paths) return fail(paths.error());
    OutputFile output = OutputFile::standard_output();
    ExitStatus status = ExitStatus::kDone;
    Json results = Json::array();
    bool is_first = true;
    for (const std::string& path : *paths) {
        const auto trace = TraceReader::open(path);
        if (!trace) {
            status =
                fail({"cannot read " + quote(display_name(path)) + ": " + trace.error().message});
            continue;
        }
        if (trace->end() != TraceEnd::kSealed) status = worse_of(status, ExitStatus::kDamaged);
        if (options.format == "json") {
            results.push_back(json_of(*trace, display_name(path)));
            continue;
        }
        auto written = output.write((is_first ? "" : "\n") + describe(*trace, display_name(path)));
        if (!written) return fail(written.error());
        is_first = false;
    }
    if (!results.empty())
        if (auto written = output.write(json_of_results(std::move(results))); !written)
            return fail(written.error());
    if (auto closed = output.close(); !closed) return fail(closed.error());
    return status;
}

}  // namespace

void add_info_command(CLI::App& app, const SetRun& set_run) {
    auto* command = app.add_subcommand("info", "Say what a trace is and what it lacks");
    const auto options = std::make_shared<InfoOptions>();
    command->add_option("TRACE", options->traces, "Traces, directories of *.tocsin, - for stdin")
        ->required()
        ->option_text("...");
    command->add_option("--format", options->format, "text (default) or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->option_text("FORMAT");
    command->footer("Example:\n  tocsin info victim.tocsin");
    command->callback([options, set_run] { set_run([options] { return run_info(*options); }); });
}

}  // namespace tocsin
