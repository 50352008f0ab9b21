// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/read_ahead.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace tocsin {
namespace {

// A thread takes as long to start as so many events take to decode.
size_t threads_worth(const TraceReader& trace) {
    constexpr uint64_t kEventsOfThread = 10'000;
    uint64_t events = 0;
    for (const auto& chunk : trace.chunks()) events += chunk.header.events;
    return static_cast<size_t>(1 + events / kEventsOfThread);
}

}  // namespace

ReadAhead::ReadAhead(const TraceReader& trace, size_t threads) : trace_(trace) {
    threads = std::min(threads, threads_worth(trace));
    for (size_t worker = 1; worker < threads; ++worker) workers_.emplace_back([this] { work(); });
}

ReadAhead::~ReadAhead() {
    {
        const std::lock_guard lock(mutex_);
        is_over_ = true;
        waiting_.clear();
    }
    changed_.notify_all();
    for (std::thread& worker : workers_) worker.join();
}

void ReadAhead::work() {
    while (true) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return is_over_ || !waiting_.empty(); });
        if (is_over_) return;
        Decoding decoding = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        decoding();
    }
}

void ReadAhead::expect(size_t chunk) {
    if (workers_.empty()) return;
    Decoding decoding([this, chunk] { return trace_.read(chunk); });
    expected_.emplace(chunk, decoding.get_future());
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(decoding));
    }
    changed_.notify_one();
}

Result<Chunk> ReadAhead::read(size_t chunk) {
    const auto at = expected_.find(chunk);
    if (at == expected_.end()) return trace_.read(chunk);
    auto decoded = std::move(at->second);
    expected_.erase(at);
    return decoded.get();
}

}  // namespace tocsin
