// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "formats/trace_reader.h"
#include "gui/timeline/event_store.h"

namespace tocsin::gui {

// How many events a trace has at what time, in bins of equal length from its first to its last:
// estimated by the headers of its chunks, and exactly as far as events are there.
class Density {
  public:
    static constexpr size_t kBins = 4096;

    Density() = default;
    Density(uint64_t first_ns, uint64_t last_ns);
    // Spreads what each chunk has evenly over its time. O(chunks + bins).
    void estimate(const std::vector<TraceReader::ChunkEntry>& chunks);
    // Counts what the store has more than at the last call. O(that).
    void count(const EventStore& events);
    // Nothing more will be counted: what was not is not there.
    void complete() { is_complete_ = true; }

    uint64_t first_ns() const { return first_ns_; }
    uint64_t last_ns() const { return last_ns_; }
    // Events in the bin; of a later time than what was counted an estimate.
    double of(size_t bin) const {
        return is_complete_ || bin < exact_bins_ ? counted_[bin] : estimated_[bin];
    }
    size_t bin_of(uint64_t ns) const;
    // The most of any bin between two times.
    double most(uint64_t from_ns, uint64_t to_ns) const;

  private:
    uint64_t first_ns_ = 0, last_ns_ = 0;
    std::vector<double> estimated_ = std::vector<double>(kBins), counted_ = estimated_;
    size_t exact_bins_ = 0;
    uint64_t counted_events_ = 0;
    bool is_complete_ = false;
};

}  // namespace tocsin::gui
