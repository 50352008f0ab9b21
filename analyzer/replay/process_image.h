// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "analyzer/replay/owned_views.h"

namespace tocsin {

// The program that a process runs from its fork, or an exec, to the next exec; and so where it
// comes from. Does not change.
struct ProcessImage {
    // Of more ancestors the oldest are left out.
    static constexpr uint32_t kMostAncestors = 32;

    TaskId process;                                // of its leader; `started` 0: not recorded
    std::shared_ptr<const FileObject> executable;  // nullptr: not recorded
    std::optional<KernelView> command_line;        // argv as the program found it
    std::string comm;                              // when it began
    std::optional<Credentials> credentials;        // the same; nullopt: not recorded
    std::optional<TaskId> parent_id;
    std::shared_ptr<const ProcessImage> parent;  // as it was at the fork; nullptr: not recorded
    uint32_t ancestors = 0;
};

// The image of a child that this one forks.
std::shared_ptr<const ProcessImage> forked_from(const std::shared_ptr<const ProcessImage>& parent,
                                                const TaskState& child);

}  // namespace tocsin
