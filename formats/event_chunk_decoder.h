// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "formats/codec.h"
#include "formats/trace.capnp.h"

namespace tocsin {

// The part of the codec that turns one EventChunk into an EventBatch. The batch's strings point
// into the message that `in` reads, so it takes the message's memory over. Throws what Cap'n Proto
// throws.
Result<std::shared_ptr<const EventBatch>> decode_event_chunk(schema::EventChunk::Reader in,
                                                             bool is_snapshot, Words& message);

}  // namespace tocsin
