// SPDX-License-Identifier: Apache-2.0
//
// How a replay spells arguments and files.
#pragma once

#include <string_view>
#include <vector>

#include "analyzer/report/replay_lines.h"
#include "formats/event.h"

namespace tocsin {

// What was read of an argument's memory, as its kind demands; hex of a kind without a spelling
// here. What could not be read is said.
Pieces memory_pieces(OperandKind kind, const CapturedBytes& memory);

// The memory, or the register where nothing was read: a number, a flag word, an address. `call`
// says what flags and numbers mean; nullptr: not known.
Pieces claim_pieces(const Claim& claim, const SyscallInfo* call);

// NAME(ARGUMENT, …), in the order given.
Pieces call_pieces(std::string_view name, const std::vector<Pieces>& arguments);

// Path, device/inode, mode, owner, generation where there is one.
Pieces object_pieces(const ObjectNode& node);

}  // namespace tocsin
