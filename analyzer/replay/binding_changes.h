// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "analyzer/replay/operation.h"

namespace tocsin {

// One entry of a directory that a call changed, or that leads elsewhere since a mount covered or
// uncovered it. An id of all zeros: nothing had the name; nullopt: not known.
struct BindingChange {
    ObjectId directory;
    SharedBytes name;
    std::optional<ObjectId> before, after;
    std::shared_ptr<const FileObject> entry;  // in its directory, as it was before; never nullptr
};

// What a call, or a hook without one, changed of what names are bound to; none where it failed or
// where hooks did not record what its names led to. Whether it succeeded may not be known.
std::vector<BindingChange> binding_changes(const Operation& operation);

}  // namespace tocsin
