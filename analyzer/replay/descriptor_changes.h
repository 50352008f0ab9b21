// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "analyzer/replay/fd_table.h"
#include "analyzer/replay/operation.h"

namespace tocsin {

// What a finished call made of its caller's descriptors; only close_range, unless it failed, and
// exec put another table in the place of one that others may share.
//
// What a call may have changed is not known afterwards where its return is not recorded, or where
// its entry is not: its descriptors are registers, which only the entry's record has. A failed call
// changes nothing, except close.
void change_descriptors(const Operation& operation, std::shared_ptr<FdTable>& fds);

// The descriptor that the call has given another meaning; nullopt: none, a whole range, or it is
// not recorded.
std::optional<int> descriptor_changed_by(const Operation& operation);

}  // namespace tocsin
