// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Qt>
#include <cstdint>
#include <vector>

#include "analyzer/judge/finding.h"
#include "gui/session/case_file.h"

namespace tocsin::gui {

// All findings, by their indices, in the order of a column of FindingsModel. What is alike stays in
// the order of time, whichever way it goes; what has nothing in the column comes last.
std::vector<uint32_t> order_of(const std::vector<Finding>& findings, const CaseFile& case_file,
                               int column, Qt::SortOrder direction);

}  // namespace tocsin::gui
