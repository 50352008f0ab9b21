// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "analyzer/replay/operation.h"
#include "analyzer/replay/world_state.h"

namespace tocsin {

// Whether the kernel looks the operand up as a name. A mount's source is one where it is to be
// mounted elsewhere, too, or moved: mount(2), MS_BIND and MS_MOVE.
bool is_name(const Operation& operation, const Operand& operand);

// Where the kernel begins to look a name up, or the file itself that a descriptor stands for where
// the call takes no name.
struct NameStart {
    enum class From { kRoot, kCwd, kDescriptor };
    From from = From::kCwd;
    std::shared_ptr<const FileObject> directory;  // nullptr: not known
};

// nullopt: the operand is no name and acts as none, or nothing of the name is recorded. `process`
// must be as of the call's entry.
std::optional<NameStart> start_of(const Operation& operation, const Operand& operand,
                                  const Process& process);

// A path operand of the call as an absolute name: what the caller spelled, behind where it started
// from, which is the caller's root, its working directory, or the directory behind the descriptor
// that goes with the name. "//" and "/./" are taken out; ".." and symbolic links stay. The kernel's
// copy counts where there is one, else a claim that did not change during the call.
//
// For telling names of one caller apart, not for opening: a directory that was renamed keeps the
// path that it had when it was last recorded. nullopt: the start is not known, or the name was not
// seen to its end. What begins at a root that is not known stays as it is spelled: it can be told
// from names that begin there, too. `world` must be as of the call's entry.
std::optional<std::string> absolute_name(const Operation& operation, const Operand& operand,
                                         const WorldState& world);

}  // namespace tocsin
