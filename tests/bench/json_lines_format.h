// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>

#include "formats/event.h"
#include "tests/bench/zstd_blocks.h"

namespace tocsin::bench {

// Baseline: one JSON object a line, with all that an Event says, in order of arrival. Bytes that
// are no ASCII become the characters U+0080 to U+00FF.
void encode_json_lines(std::span<const Event> events, ZstdBlocks& out);
// The events' views end with the next event.
void decode_json_lines(ZstdBlocks& blocks, const std::function<void(const Event&)>& consume);

}  // namespace tocsin::bench
