// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "analyzer/replay/operation.h"

namespace tocsin {

// open(2), on x86-64.
inline constexpr uint64_t kOpenAccessMode = 3;  // 0 is to read
inline constexpr uint64_t kOpenWriteOnly = 1;
inline constexpr uint64_t kOpenCreate = 0100;
inline constexpr uint64_t kOpenExclusive = 0200;
inline constexpr uint64_t kOpenTruncate = 01000;
inline constexpr uint64_t kOpenCloseOnExec = 02000000;
inline constexpr uint64_t kOpenPath = 010000000;

// The flags in a struct open_how, as its caller stated them; nullopt: not recorded.
std::optional<uint64_t> flags_in(const Operand& open_how);

// The flags of an open, as its caller stated them; 0: not recorded, or the call takes none.
uint64_t open_flags_of(const Operation& operation);

}  // namespace tocsin
