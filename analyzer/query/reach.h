// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/query/filter.h"
#include "analyzer/query/literals.h"
#include "formats/codec.h"

namespace tocsin {

// Where in a trace the rows can be that a filter takes, as far as the headers of its chunks tell:
// by time and process. It may be more than the filter takes, never less.
struct Reach {
    NumberRange time{0, INT64_MAX};                     // ns since the trace's first record
    std::optional<std::vector<NumberRange>> pids = {};  // nullopt: any
    // What was recorded before a row decides, too: which program its process runs.
    bool asks_what_came_before = false;

    static Reach of(const Filter::Node& node);
    bool may_be_in(const ChunkHeader& header, BootTime start) const;
};

}  // namespace tocsin
