// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/where.h"

#include <algorithm>
#include <cstdint>
#include <span>

#include "analyzer/replay/event_order.h"
#include "analyzer/replay/operation_assembler.h"
#include "analyzer/replay/world_state.h"
#include "analyzer/report/escape.h"
#include "formats/byte_source.h"

namespace tocsin {

void add_where_option(CLI::App& command, std::string& where, RowKind rows) {
    command
        .add_option("--where", where,
                    "Only the " + std::string(plural_of(rows)) +
                        " that the filter takes, or that in\nFILE as @FILE; `tocsin fields` says "
                        "what it may ask")
        ->check(CLI::Validator(
            [](const std::string& filter) {
                return filter.empty() ? "the filter is empty; without the option all is taken" : "";
            },
            ""))
        ->option_text("FILTER");
}

namespace {

constexpr uint64_t kMostBytes = uint64_t{16} << 20U;

Result<std::string> text_in(const std::string& path) {
    const auto cannot = [&path](const Error& error) {
        return Error{"--where: cannot read the filter in " + quote(path) + ": " + error.message};
    };
    const auto source = ByteSource::open(path, kMostBytes);
    if (!source) return cannot(source.error());
    std::string text((*source)->size(), '\0');
    auto read =
        (*source)->read_at(0, std::span(reinterpret_cast<uint8_t*>(text.data()), text.size()));
    if (!read) return cannot(read.error());
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    return text;
}

}  // namespace

Result<std::optional<Filter>> filter_of(const std::string& where, RowKind rows) {
    if (where.empty()) return std::optional<Filter>();
    const bool is_in_file = where.starts_with('@');
    auto text = is_in_file ? text_in(where.substr(1)) : Result<std::string>(where);
    if (!text) return text.error();
    auto filter = Filter::parse(*text, rows);
    if (!filter)
        return Error{"--where, " + (is_in_file ? quote(where.substr(1)) + ", " : "") +
                     filter.error().message};
    return std::optional<Filter>(std::move(*filter));
}

std::vector<EventRef> records_of_calls(const TraceReader& trace, const Filter& filter) {
    std::vector<EventRef> records;
    WorldState world;
    EventOrder order(trace);
    const BootTime start = order.first_time().value_or(BootTime{});
    OperationAssembler assembler(world, [&](const std::shared_ptr<const Operation>& call) {
        world.observe(*call);
        if (!filter.matches(Row::of(*call, start))) return;
        for (const auto& end : {call->entry_event, call->exit_event})
            if (end) records.push_back(*end);
        records.insert(records.end(), call->hook_events.begin(), call->hook_events.end());
    });
    while (const auto item = order.next()) {
        const auto* event = std::get_if<const Event*>(&*item);
        if (event == nullptr) continue;
        world.observe(**event);
        assembler.observe(**event);
    }
    assembler.finish();
    std::sort(records.begin(), records.end());
    return records;
}

}  // namespace tocsin
