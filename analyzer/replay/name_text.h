// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "analyzer/replay/operation.h"
#include "analyzer/replay/world_state.h"

namespace tocsin {

// A path operand of the call as an absolute name: what the caller spelled, behind where it started
// from, which is the caller's root, its working directory, or the directory behind the descriptor
// that goes with the name. "//" and "/./" are taken out; ".." and symbolic links stay. The kernel's
// copy counts where there is one, else a claim that did not change during the call.
//
// For telling names of one caller apart, not for opening: a directory that was renamed keeps the
// path that it had when it was last recorded. nullopt: the start is not known, or the name was not
// seen to its end. `world` must be as of the call's entry.
std::optional<std::string> absolute_name(const Operation& operation, const Operand& operand,
                                         const WorldState& world);

}  // namespace tocsin
