// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/where.h"

#include <algorithm>

#include "analyzer/replay/event_order.h"
#include "analyzer/replay/operation_assembler.h"
#include "analyzer/replay/world_state.h"

namespace tocsin {

void add_where_option(CLI::App& command, std::string& where, RowKind rows) {
    command
        .add_option("--where", where,
                    "Only the " + std::string(plural_of(rows)) +
                        " that the filter takes;\n`tocsin fields` says what it may ask for")
        ->option_text("FILTER");
}

Result<std::optional<Filter>> filter_of(const std::string& where, RowKind rows) {
    if (where.empty()) return std::optional<Filter>();
    auto filter = Filter::parse(where, rows);
    if (!filter) return Error{"--where, " + filter.error().message};
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
