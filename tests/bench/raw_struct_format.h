// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "formats/event.h"
#include "tests/bench/zstd_blocks.h"

namespace tocsin::bench {

// Baseline: what a C program writes that keeps all that an Event says. A fixed struct per event
// with its task inlined, then a struct and the bytes of each view, then of each object its nodes.
// In order of arrival, padded to 8 bytes.
void encode_raw_structs(std::span<const Event> events, ZstdBlocks& out);
// Reads the structs where they were decompressed to, as C would: no Event is built. The same sum
// as touch() gives.
uint64_t touch_raw_structs(ZstdBlocks& blocks);
void decode_raw_structs(ZstdBlocks& blocks, const std::function<void(const Event&)>& consume);

// Baseline that says less: one fixed struct (time, sequence, call, thread, user, name of the
// program, number, result, flags, leaf object) and one path, of the claim or of the object. No
// ancestors, further credentials, registers, arguments or environment.
void encode_short_structs(std::span<const Event> events, ZstdBlocks& out);
uint64_t touch_short_structs(ZstdBlocks& blocks);
// What touch_short_structs() must give.
uint64_t touch_short(std::span<const Event> events);

}  // namespace tocsin::bench
