// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "formats/hooks.h"

namespace tocsin {

// The value of an argument that is no memory, spelled as its call demands: O_RDWR|O_CREAT, 0644,
// AT_FDCWD, R_OK|W_OK, a number. `call` nullptr: not known.
std::string register_text(OperandInfo operand, uint64_t value, const SyscallInfo* call);

}  // namespace tocsin
