// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "formats/trace_reader.h"

namespace tocsin {

// Decodes chunks on threads of its own before they are asked for. What read() gives is the same
// whatever their number. The trace must outlive this. For one thread to use.
class ReadAhead {
  public:
    // Of `threads` one is the caller's: with 1, as for a short trace, nothing is decoded ahead.
    ReadAhead(const TraceReader& trace, size_t threads);
    ~ReadAhead();
    ReadAhead(const ReadAhead&) = delete;
    ReadAhead& operator=(const ReadAhead&) = delete;

    // That read() is going to be asked for the chunk.
    void expect(size_t chunk);
    // Waits for it. Errors as of TraceReader::read.
    Result<Chunk> read(size_t chunk);

  private:
    using Decoding = std::packaged_task<Result<Chunk>()>;
    void work();

    const TraceReader& trace_;
    std::unordered_map<size_t, std::future<Result<Chunk>>> expected_;  // by chunk
    std::mutex mutex_;                                                 // of the two below
    std::deque<Decoding> waiting_;
    bool is_over_ = false;
    std::condition_variable changed_;
    std::vector<std::thread> workers_;
};

}  // namespace tocsin
