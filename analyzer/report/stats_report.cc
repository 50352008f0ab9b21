// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/stats_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/report/escape.h"
#include "analyzer/report/finding_text.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/text_coverage.h"
#include "analyzer/report/text_page.h"

namespace tocsin {
namespace {

constexpr size_t kIndent = 2, kPathColumn = 24, kMostOfFilter = 300;

using NamedCall = std::pair<std::string_view, CallStats>;

// What is most first; of equals the smaller key.
template <typename Item>
struct Top {
    std::vector<Item> rows;
    size_t left_out = 0;
};
template <typename Item, typename Count, typename Key>
Top<Item> most_of(std::vector<Item> items, size_t top, Count count, Key key) {
    std::sort(items.begin(), items.end(), [&](const Item& a, const Item& b) {
        return count(a) != count(b) ? count(a) > count(b) : key(a) < key(b);
    });
    std::erase_if(items, [&](const Item& item) { return count(item) == 0; });
    const size_t left_out = items.size() - std::min(items.size(), top);
    items.resize(items.size() - left_out);
    return {std::move(items), left_out};
}

Top<NamedCall> top_calls(const TraceStats& stats, size_t top) {
    return most_of(
        std::vector<NamedCall>(stats.calls().begin(), stats.calls().end()), top,
        [](const NamedCall& call) { return call.second.calls; },
        [](const NamedCall& call) { return call.first; });
}
Top<std::pair<int32_t, uint64_t>> top_errors(const TraceStats& stats, size_t top) {
    using Error = std::pair<int32_t, uint64_t>;
    return most_of(
        std::vector<Error>(stats.errors().begin(), stats.errors().end()), top,
        [](const Error& error) { return error.second; },
        [](const Error& error) { return error.first; });
}
auto key_of(const ProcessStats& process) {
    return std::pair(process.id.tgid, process.id.started.ns);
}
Top<ProcessStats> top_processes(const TraceStats& stats, size_t top) {
    return most_of(
        stats.processes(), top, [](const ProcessStats& process) { return process.calls; }, key_of);
}
Top<ProcessStats> top_writers(const TraceStats& stats, size_t top) {
    return most_of(
        stats.processes(), top, [](const ProcessStats& process) { return process.changes; },
        key_of);
}
Top<FileStats> top_files(const TraceStats& stats, size_t top) {
    return most_of(
        stats.files(), top, [](const FileStats& file) { return file.calls; },
        [](const FileStats& file) { return std::pair(file.file->path(), file.file->link.id); });
}

// "3.1 µs", "12 ms", "1.5 s".
std::string latency_text(std::optional<uint64_t> ns) {
    if (!ns) return "-";
    constexpr std::pair<uint64_t, std::string_view> kUnits[] = {
        {1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "µs"}};
    for (const auto& [unit, name] : kUnits)
        if (*ns >= unit)
            return *ns / unit >= 10
                       ? fmt::format("{} {}", *ns / unit, name)
                       : fmt::format("{}.{} {}", *ns / unit, *ns % unit * 10 / unit, name);
    return fmt::format("{} ns", *ns);
}

// A column of text that stands at its right side.
std::string right(std::string_view text, size_t columns) {
    const size_t width = width_of(text);
    return std::string(width < columns ? columns - width : 0, ' ') + std::string(text);
}
std::string right(uint64_t number, size_t columns) {
    return right(std::to_string(number), columns);
}

// One sign an interval, as high as its number beside the largest.
std::string rate_text(const TraceStats& stats) {
    constexpr std::string_view kSigns[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const uint64_t most = *std::max_element(stats.rate().begin(), stats.rate().end());
    std::string text;
    for (const uint64_t calls : stats.rate())
        text += calls == 0 ? " " : kSigns[(calls * std::size(kSigns) - 1) / most];
    return text;
}

// That there are more rows than shown.
void add_left_out(TextPage& page, size_t count) {
    if (count != 0) page.paragraph(fmt::format("and {} more; --top N shows N", count), kIndent);
}

void add_title(TextPage& page, std::string_view title, Colour colour) {
    page.blank_line();
    page.heading(title, "", colour == Colour::kYes ? "1" : "");
}

void add_calls(TextPage& page, const TraceStats& stats, size_t top, Colour colour) {
    add_title(page, "Calls, and how long they took", colour);
    page.line("  call                   calls    failed     half below  99 % below        most");
    const auto calls = top_calls(stats, top);
    for (const auto& [name, call] : calls.rows)
        page.line(fmt::format(
            "  {:<18}{}{}{}{}{}", name, right(call.calls, 10), right(call.failed, 10),
            right(latency_text(call.latencies.quantile_ns(50)), 15),
            right(latency_text(call.latencies.quantile_ns(99)), 12),
            right(call.latencies.count() == 0 ? "-" : latency_text(call.latencies.most_ns()), 12)));
    add_left_out(page, calls.left_out);
}

void add_errors(TextPage& page, const TraceStats& stats, size_t top, Colour colour) {
    if (stats.errors().empty()) return;
    add_title(page, "Why calls failed", colour);
    const auto errors = top_errors(stats, top);
    for (const auto& [error, count] : errors.rows)
        page.field(errno_text(error), std::to_string(count), kIndent, kFieldColumn);
    add_left_out(page, errors.left_out);
}

std::string program_of(const ProcessStats& process) {
    const FileObject* executable =
        process.image != nullptr ? process.image->executable.get() : nullptr;
    const std::string program =
        executable != nullptr ? path_shown(*executable) : "comm " + quote(process.comm);
    return fmt::format("{} uid {}", program, process.credentials.euid);
}

void add_processes(TextPage& page, const TraceStats& stats, size_t top, Colour colour) {
    add_title(page, "Processes with the most calls", colour);
    page.line("       calls      pid   program");
    const auto processes = top_processes(stats, top);
    for (const ProcessStats& process : processes.rows)
        page.field(fmt::format("{}{:>9}", right(process.calls, 10), process.id.tgid),
                   program_of(process), kIndent, kPathColumn);
    add_left_out(page, processes.left_out);
    const auto writers = top_writers(stats, top);
    if (writers.rows.empty()) return;
    add_title(page, "Processes that changed the most: names, contents, rights", colour);
    page.line("     changes      pid   program");
    for (const ProcessStats& process : writers.rows)
        page.field(fmt::format("{}{:>9}", right(process.changes, 10), process.id.tgid),
                   program_of(process), kIndent, kPathColumn);
    add_left_out(page, writers.left_out);
}

void add_files(TextPage& page, const TraceStats& stats, size_t top, Colour colour) {
    const auto files = top_files(stats, top);
    if (files.rows.empty()) return;
    add_title(page, "Files with the most calls, and how many of these changed something", colour);
    page.line("       calls  changes   file");
    for (const FileStats& file : files.rows)
        page.field(fmt::format("{}{}", right(file.calls, 10), right(file.changes, 9)),
                   path_shown(*file.file), kIndent, kPathColumn);
    add_left_out(page, files.left_out);
    if (stats.calls_on_other_files() != 0)
        page.paragraph(fmt::format("{} on files beyond the first {} are in no line.",
                                   count_text(stats.calls_on_other_files(), "call", "calls"),
                                   TraceStats::kMostFiles),
                       kIndent);
}

Json json_ns(const std::optional<uint64_t>& ns) {
    return ns ? Json(std::to_string(*ns)) : Json(nullptr);
}

Json json_process(const ProcessStats& process) {
    const FileObject* executable =
        process.image != nullptr ? process.image->executable.get() : nullptr;
    return {{"pid", process.id.tgid},
            {"comm", json_bytes(process.comm)},
            {"executable", executable != nullptr ? json_bytes(executable->path()) : Json(nullptr)},
            {"euid", process.credentials.euid},
            {"calls", process.calls},
            {"failed", process.failed},
            {"changes", process.changes}};
}

// Which calls were counted, and what is missing of them.
void put_basis(TextPage& page, const CountedTrace& counted) {
    TextFields fields(page, kIndent, kFieldColumn);
    if (!counted.where.empty()) fields.put("where", elide(readable(counted.where), kMostOfFilter));
    if (const TimeSpan& span = counted.span; !span.is_whole())
        fields.put("span",
                   "from " + seconds_text(span.from_ns) +
                       (span.to_ns == UINT64_MAX ? " on" : " to " + seconds_text(span.to_ns)) +
                       " of the trace");
    put_losses(fields, counted.lost);
    if (counted.records_missing != 0)
        fields.put("missing", count_text(counted.records_missing, "record", "records"));
    if (counted.is_damaged())
        fields.put("end", fmt::format("{}, {} not readable: what is sound was counted",
                                      name_of(counted.trace.end),
                                      count_text(counted.damage.size(), "chunk", "chunks")));
}

}  // namespace

std::string text_of_stats(const CountedTrace& counted, size_t top, Colour colour) {
    const TraceFacts& trace = counted.trace;
    const TraceStats& stats = counted.stats;
    TextPage page;
    page.heading(elide("Tocsin " TOCSIN_VERSION ", trace " + quote(trace.name), kPageWidth), "",
                 colour == Colour::kYes ? "1" : "");
    page.blank_line();
    page.field("calls",
               fmt::format("{} by {}", count_text(stats.all_calls(), "call", "calls"),
                           count_text(stats.processes().size(), "process", "processes")),
               kIndent, kFieldColumn);
    put_basis(page, counted);
    if (stats.all_calls() == 0) return page.text();
    page.line(fmt::format("{:<{}}{}", "  rate", kFieldColumn, rate_text(stats)));
    page.field("",
               fmt::format("{} each; at most {}", seconds_text(stats.interval_ns()),
                           count_text(*std::max_element(stats.rate().begin(), stats.rate().end()),
                                      "call", "calls")),
               kIndent, kFieldColumn);
    add_calls(page, stats, top, colour);
    add_errors(page, stats, top, colour);
    add_processes(page, stats, top, colour);
    add_files(page, stats, top, colour);
    return page.text();
}

Json json_of_stats(const CountedTrace& counted, size_t top) {
    const TraceStats& stats = counted.stats;
    Json calls = Json::array(), errors = Json::array(), processes = Json::array(),
         writers = Json::array(), files = Json::array(), rate = Json::array();
    const auto most_calls = top_calls(stats, top);
    const auto most_errors = top_errors(stats, top);
    const auto most_processes = top_processes(stats, top);
    const auto most_writers = top_writers(stats, top);
    const auto most_files = top_files(stats, top);
    for (const auto& [name, call] : most_calls.rows)
        calls.push_back({{"call", name},
                         {"calls", call.calls},
                         {"failed", call.failed},
                         {"unfinished", call.unfinished},
                         {"latency_ns",
                          {{"of", call.latencies.count()},
                           {"median", json_ns(call.latencies.quantile_ns(50))},
                           {"p90", json_ns(call.latencies.quantile_ns(90))},
                           {"p99", json_ns(call.latencies.quantile_ns(99))},
                           {"most", json_ns(call.latencies.most_ns())}}}});
    for (const auto& [error, count] : most_errors.rows)
        errors.push_back({{"error", errno_text(error)}, {"count", count}});
    for (const ProcessStats& process : most_processes.rows)
        processes.push_back(json_process(process));
    for (const ProcessStats& process : most_writers.rows) writers.push_back(json_process(process));
    for (const FileStats& file : most_files.rows)
        files.push_back({{"path", json_bytes(file.file->path())},
                         {"device", device_text(file.file->link.id.device)},
                         {"inode", std::to_string(file.file->link.id.inode)},
                         {"calls", file.calls},
                         {"changes", file.changes}});
    for (const uint64_t count : stats.rate()) rate.push_back(count);
    Json out = {{"trace", json_trace(counted.trace)}};
    if (!counted.where.empty()) out["where"] = json_bytes(counted.where);
    if (!counted.span.is_whole()) out["span"] = json_span(counted.span);
    out["damaged"] = counted.is_damaged();
    out["lost"] = json_losses(counted.lost);
    out["records_missing"] = counted.records_missing;
    out.update({{"calls", stats.all_calls()},
                {"processes", stats.processes().size()},
                {"interval_ns", json_ns(stats.interval_ns())},
                {"calls_by_interval", std::move(rate)},
                {"by_call", std::move(calls)},
                {"by_error", std::move(errors)},
                {"by_process", std::move(processes)},
                {"writers", std::move(writers)},
                {"by_file", std::move(files)},
                {"calls_on_other_files", stats.calls_on_other_files()}});
    return out;
}

}  // namespace tocsin
