// SPDX-License-Identifier: Apache-2.0
//
// What a report for people shows of a result's findings, and what of them it counts alone.
#pragma once

#include <string>
#include <vector>

#include "analyzer/report/fields.h"
#include "analyzer/report/report_writer.h"

namespace tocsin {

// Findings that are the same race, by where they stand in the result, in time order; never empty.
using FindingGroup = std::vector<const Finding*>;

// Most severe first, then by time. The set-aside ones, if shown, after all others.
std::vector<FindingGroup> groups_of(const AnalysisResult& result, const ReportOptions& options);
// Findings of the group, with those that were counted and not kept.
uint64_t count_of(const FindingGroup& group);
// How many more there are beside the first, when and of how many threads; empty: none.
std::string repetitions_text(const TraceFacts& trace, const FindingGroup& group);

// What was set aside or not kept, and by which options the findings were chosen where they are not
// the defaults. `groups` are the result's.
void put_choices(Fields& fields, const AnalysisResult& result, const ReportOptions& options,
                 const std::vector<FindingGroup>& groups);

}  // namespace tocsin
