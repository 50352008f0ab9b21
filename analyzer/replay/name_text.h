// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include "analyzer/replay/operation.h"
#include "analyzer/replay/world_state.h"
namespace tocsin {
std::optional<std::string> absolute_name(const Operation& operation, const Operand& operand,
                                         const WorldState& world);
}
