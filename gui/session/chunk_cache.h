// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analyzer/replay/operation.h"
#include "formats/trace_reader.h"

namespace tocsin::gui {

// An event and what its strings and objects live in.
struct EventInFull {
    std::shared_ptr<const EventBatch> batch;
    const Event* event = nullptr;
    size_t chunk = 0;  // of the trace's
};

// The chunks of a trace that were looked into last, decoded. For one thread.
class ChunkCache {
  public:
    explicit ChunkCache(std::shared_ptr<const TraceReader> trace);

    // The event of this CPU and number, which was at this time. Errors: no chunk has it, or the one
    // that has cannot be decoded. `is_found`: it is one of the start-up snapshot's.
    Result<EventInFull> find(const EventRef& event, BootTime time, bool is_found);

  private:
    static constexpr size_t kMostChunks = 32;
    using Batch = std::shared_ptr<const EventBatch>;
    Result<Batch> decoded(size_t chunk);

    std::shared_ptr<const TraceReader> trace_;
    std::list<std::pair<size_t, Batch>> recent_;  // the latest first
    std::unordered_map<size_t, std::list<std::pair<size_t, Batch>>::iterator> places_;
};

}  // namespace tocsin::gui
