// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "analyzer/replay/operation.h"

namespace tocsin {

enum class Aspect : uint8_t {
    kContent,
    kRights,  // mode and owner
};
std::string_view name_of(Aspect aspect);  // "content"

// A file that a call changed, other than by its names.
struct ObjectChange {
    std::shared_ptr<const FileObject> object;  // as it was before; never nullptr
    Aspect aspect = Aspect::kContent;
};

// None where the call failed, or where hooks did not record what it acted on. Whether it succeeded
// may not be known.
std::vector<ObjectChange> object_changes(const Operation& operation);

}  // namespace tocsin
