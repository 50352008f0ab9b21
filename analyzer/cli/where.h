// SPDX-License-Identifier: Apache-2.0
//
// --where, the option by which rows are chosen.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/query/filter.h"
#include "analyzer/replay/operation.h"
#include "formats/trace_reader.h"

namespace tocsin {

// `where` must live as long as `command`.
void add_where_option(CLI::App& command, std::string& where, RowKind rows);

// `where` is the filter, or @ and the file that holds it: an argument has at most 128 KiB. nullopt:
// without the option all rows are wanted. Errors begin with "--where, " and the place.
Result<std::optional<Filter>> filter_of(const std::string& where, RowKind rows);

// The records of the calls that the filter takes, in ascending order. One pass over the trace.
std::vector<EventRef> records_of_calls(const TraceReader& trace, const Filter& filter);

}  // namespace tocsin
