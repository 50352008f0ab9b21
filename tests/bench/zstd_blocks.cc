// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/zstd_blocks.h"

#include <zstd.h>

#include "formats/check.h"

namespace tocsin::bench {

ZstdBlocks::ZstdBlocks() : compressor_(ZSTD_createCCtx()), decompressor_(ZSTD_createDCtx()) {
    CHECK(compressor_ != nullptr && decompressor_ != nullptr);
}

ZstdBlocks::~ZstdBlocks() {
    ZSTD_freeCCtx(static_cast<ZSTD_CCtx*>(compressor_));
    ZSTD_freeDCtx(static_cast<ZSTD_DCtx*>(decompressor_));
}

void ZstdBlocks::clear() {
    blocks_.clear();
    bytes_ = 0;
}

void ZstdBlocks::append(std::span<const char> plain) {
    compressed_.resize(ZSTD_compressBound(plain.size()));
    const size_t size = ZSTD_compressCCtx(static_cast<ZSTD_CCtx*>(compressor_), compressed_.data(),
                                          compressed_.size(), plain.data(), plain.size(), 1);
    CHECK(ZSTD_isError(size) == 0);
    const auto end = compressed_.begin() + static_cast<std::ptrdiff_t>(size);
    blocks_.push_back({std::vector<char>(compressed_.begin(), end), plain.size()});
    bytes_ += size;
}

std::span<const char> ZstdBlocks::read(size_t block) {
    const Block& from = blocks_.at(block);
    if (plain_.size() < from.plain_bytes) plain_.resize(from.plain_bytes);
    const size_t size =
        ZSTD_decompressDCtx(static_cast<ZSTD_DCtx*>(decompressor_), plain_.data(), from.plain_bytes,
                            from.compressed.data(), from.compressed.size());
    CHECK(size == from.plain_bytes);
    return {plain_.data(), size};
}

}  // namespace tocsin::bench
