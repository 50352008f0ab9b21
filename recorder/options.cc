// SPDX-License-Identifier: Apache-2.0
#include "recorder/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include "formats/quantity.h"

namespace tocsin {
namespace {

constexpr size_t kMinRing = size_t{64} << 10;
constexpr size_t kMaxRing = size_t{1} << 30;

constexpr const char* kFooter = R"(
Examples:
  tocsin-record -d 30s                       everything for half a minute
  tocsin-record -o case.tocsin -- ./suspect  one program and its children
  tocsin-record -o - | ssh collector 'cat > evidence.tocsin'
Exit status: 0, or that of COMMAND; 2 where the recording failed.
)";

}  // namespace

Result<size_t> parse_ring_bytes(const std::string& text) {
    const auto bad =
        Error{"'" + text + "' is not a buffer size; write a size from 64K to 1G, for example 64M"};
    const auto quantity = parse_quantity(text);
    if (!quantity) return bad;
    double factor = 0;
    if (quantity->unit.empty()) factor = 1;
    if (quantity->unit == "K") factor = 1024;
    if (quantity->unit == "M") factor = 1024 * 1024;
    if (quantity->unit == "G") factor = 1024.0 * 1024 * 1024;
    const double bytes = quantity->number * factor;
    if (!(bytes >= static_cast<double>(kMinRing)) || bytes > static_cast<double>(kMaxRing))
        return bad;
    return std::bit_ceil(static_cast<size_t>(bytes));
}

Result<ParsedOptions> parse_options(int argc, const char* const* argv) {
    CLI::App app("Records system calls and what the kernel made of them, for `tocsin` to analyze.",
                 "tocsin-record");
    RecorderOptions options;
    std::string duration, buffer, source = "auto";
    bool quiet = false, verbose = false;
    app.footer(kFooter);
    app.set_version_flag("--version", "tocsin-record " TOCSIN_VERSION);
    const CLI::Option* output_option =
        app.add_option("-o,--output", options.output,
                       "File to create, or - for standard output [HOST-UTCTIME.tocsin]");
    const CLI::Option* duration_option =
        app.add_option("-d,--duration", duration, "Stop after this time, as 30s or 5m");
    app.add_option("-p,--pid", options.pids,
                   "Record what this process and its children check and use; repeatable")
        ->allow_extra_args(false);
    app.add_option("--source", source,
                   "Where kernel truth comes from: auto, lsm or tracepoint [auto]");
    const CLI::Option* buffer_option =
        app.add_option("--buffer", buffer, "Ring buffer between kernel and recorder [64M]");
    app.add_flag("--list-sources", options.list_sources,
                 "Print what this kernel allows, with its reason for each refusal");
    app.add_flag("-q,--quiet", quiet, "Print errors only");
    app.add_flag("-v,--verbose", verbose, "Print libbpf's messages too");
    app.add_option("command", options.command, "Command to run and record")
        ->option_text("COMMAND…");
    // Everything behind "--" belongs to the command, its own options too.
    std::vector<std::string> own;
    int next = 1;
    for (; next < argc && std::string(argv[next]) != "--"; ++next) own.emplace_back(argv[next]);
    std::vector<std::string> command;
    for (int i = next + 1; i < argc; ++i) command.emplace_back(argv[i]);
    const bool has_separator = next < argc;
    std::reverse(own.begin(), own.end());  // CLI11 takes them last first
    try {
        app.parse(own);
    } catch (const CLI::CallForHelp&) {
        return ParsedOptions{app.help()};
    } catch (const CLI::CallForVersion& version) {
        return ParsedOptions{std::string(version.what()) + "\n"};
    } catch (const CLI::ParseError& error) {
        return Error{std::string(error.what()) + "; see tocsin-record --help"};
    }
    if (!options.command.empty())
        return Error{"'" + options.command.front() +
                     "' is not an option; put -- before a command to run"};
    if (has_separator && command.empty()) return Error{"there is no command after --"};
    options.command = std::move(command);
    if (source == "lsm")
        options.source = SourceChoice::kLsm;
    else if (source == "tracepoint")
        options.source = SourceChoice::kTracepoint;
    else if (source != "auto")
        return Error{"source '" + source +
                     "' is not one that this version records from; use auto, lsm or tracepoint"};
    if (quiet && verbose) return Error{"-q and -v exclude each other"};
    if (quiet) options.verbosity = Verbosity::kQuiet;
    if (verbose) options.verbosity = Verbosity::kVerbose;
    if (!options.pids.empty() && !options.command.empty())
        return Error{"-p and a command exclude each other"};
    for (const int pid : options.pids)
        if (pid <= 0) return Error{"'" + std::to_string(pid) + "' is not the id of a process"};
    if (output_option->count() != 0 && options.output.empty())
        return Error{"there is no file name after -o"};
    if (duration_option->count() != 0) {
        auto parsed = parse_duration(duration);
        if (!parsed) return parsed.error();
        options.duration = *parsed;
    }
    if (buffer_option->count() != 0) {
        auto parsed = parse_ring_bytes(buffer);
        if (!parsed) return parsed.error();
        options.ring_bytes = *parsed;
    }
    return ParsedOptions{std::move(options)};
}

}  // namespace tocsin
