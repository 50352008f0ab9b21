// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tocsin::bench {

// What the formats that Tocsin is compared with share: blocks of as many events as a Tocsin chunk
// has, each a zstd frame of level 1, with neither checksum nor hash.
inline constexpr size_t kEventsPerBlock = 16384;

class ZstdBlocks {
  public:
    ZstdBlocks();
    ~ZstdBlocks();
    ZstdBlocks(const ZstdBlocks&) = delete;
    ZstdBlocks& operator=(const ZstdBlocks&) = delete;

    void clear();
    void append(std::span<const char> plain);
    size_t size() const { return blocks_.size(); }
    size_t bytes() const { return bytes_; }
    // Aligned for any struct; until the next call.
    std::span<const char> read(size_t block);

  private:
    struct Block {
        std::vector<char> compressed;
        size_t plain_bytes;
    };
    void* compressor_;
    void* decompressor_;
    std::vector<Block> blocks_;
    std::vector<char> plain_, compressed_;
    size_t bytes_ = 0;
};

}  // namespace tocsin::bench
