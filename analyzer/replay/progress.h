// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace tocsin {

// How far a pass over a trace has come, and whether it is to go on. The pass writes the one, any
// other thread reads it and says the other.
class Progress {
  public:
    void begin(uint64_t events) { in_all_ = events; }
    void add(uint64_t events) { done_ += events; }
    void cancel() { is_cancelled_ = true; }

    // By the chunks' headers, those that do not decode included.
    uint64_t events_in_all() const { return in_all_; }
    uint64_t events_done() const { return done_; }
    bool is_cancelled() const { return is_cancelled_; }

  private:
    std::atomic<uint64_t> in_all_{0}, done_{0};
    std::atomic<bool> is_cancelled_{false};
};

}  // namespace tocsin
