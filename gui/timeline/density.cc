// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/density.h"

#include <algorithm>

namespace tocsin::gui {

Density::Density(uint64_t first_ns, uint64_t last_ns)
    : first_ns_(first_ns), last_ns_(std::max(first_ns, last_ns)) {}

size_t Density::bin_of(uint64_t ns) const {
    if (ns <= first_ns_ || last_ns_ == first_ns_) return 0;
    const double part =
        static_cast<double>(ns - first_ns_) / static_cast<double>(last_ns_ - first_ns_);
    return std::min(static_cast<size_t>(part * kBins), kBins - 1);
}

void Density::estimate(const std::vector<TraceReader::ChunkEntry>& chunks) {
    // By differences of neighbouring bins, so that a long chunk costs no more than a short one.
    std::vector<double> steps(kBins + 1);
    for (const TraceReader::ChunkEntry& chunk : chunks) {
        if (chunk.header.kind != ChunkKind::kEvents || chunk.header.events == 0) continue;
        const size_t first = bin_of(chunk.header.first_time.ns);
        const size_t end = std::max(bin_of(chunk.header.last_time.ns), first) + 1;
        const double each =
            static_cast<double>(chunk.header.events) / static_cast<double>(end - first);
        steps[first] += each;
        steps[end] -= each;
    }
    double sum = 0;
    for (size_t bin = 0; bin < kBins; ++bin) {
        sum += steps[bin];
        estimated_[bin] = std::max(sum, 0.0);
    }
}

void Density::count(const EventStore& events) {
    uint64_t latest = 0;
    for (; counted_events_ < events.size(); ++counted_events_) {
        const auto event = static_cast<EventIndex>(counted_events_);
        if (events.kind(event) == EventKind::kFound) continue;
        latest = std::max(latest, events.time_ns(event));
        counted_[bin_of(events.time_ns(event))] += 1;
    }
    if (latest > 0) exact_bins_ = std::max(exact_bins_, bin_of(latest));
}

double Density::most(uint64_t from_ns, uint64_t to_ns) const {
    if (to_ns < first_ns_ || from_ns > last_ns_) return 0;
    double most = 0;
    for (size_t bin = bin_of(from_ns); bin <= bin_of(to_ns); ++bin) most = std::max(most, of(bin));
    return most;
}

}  // namespace tocsin::gui
