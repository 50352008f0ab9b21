// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace tocsin::gui {

// Values in a line that grow at its end without ever being copied as a whole: no value added to
// millions costs a pause. A short line takes little more than a vector does.
template <typename T>
class ChunkedColumn {
  public:
    static constexpr size_t kChunk = 1024;  // values

    void push_back(const T& value) {
        if (size_ % kChunk == 0) {
            chunks_.emplace_back();
            if (size_ != 0) chunks_.back().reserve(kChunk);
        }
        chunks_.back().push_back(value);
        ++size_;
    }

    size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    const T& operator[](size_t at) const { return chunks_[at / kChunk][at % kChunk]; }
    T& operator[](size_t at) { return chunks_[at / kChunk][at % kChunk]; }
    T& back() { return chunks_.back().back(); }

    // What it holds on the heap.
    size_t bytes() const {
        size_t bytes = chunks_.capacity() * sizeof(std::vector<T>);
        for (const std::vector<T>& chunk : chunks_) bytes += chunk.capacity() * sizeof(T);
        return bytes;
    }

  private:
    std::vector<std::vector<T>> chunks_;
    size_t size_ = 0;
};

}  // namespace tocsin::gui
