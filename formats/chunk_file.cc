// SPDX-License-Identifier: Apache-2.0
#include "formats/chunk_file.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "formats/check.h"
#include "formats/sha256.h"

namespace tocsin {
namespace {

constexpr uint32_t kSkippableMagic = 0x184D2A54;  // zstd: 0x184D2A50 to 0x184D2A5F are skipped
constexpr std::array<uint8_t, 12> kSync = {0xF3, 'T',  'O',  'C',  'S',  'I',
                                           'N',  0x0D, 0x0A, 0x1A, 0x0A, 0xC7};
constexpr std::array<std::string_view, 3> kKinds = {"HEAD", "CHNK", "SEAL"};
constexpr std::string_view kTraceDomain = "tocsin-trace-1";
constexpr std::string_view kChunkDomain = "tocsin-chunk-1";

std::span<const uint8_t> as_bytes(std::string_view text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// The file is little-endian, as are the machines that this builds for.
template <typename T>
void put(Bytes& out, T value) {
    const auto* at = reinterpret_cast<const uint8_t*>(&value);
    out.insert(out.end(), at, at + sizeof value);
}

template <typename T>
T get(std::span<const uint8_t> bytes, size_t offset) {
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

uint64_t short_digest(std::span<const uint8_t> message) {
    return get<uint64_t>(sha256({message}), 0);
}

}  // namespace

std::span<const uint8_t> as_bytes(const Words& words) {
    return {reinterpret_cast<const uint8_t*>(words.data()), words.size() * sizeof(uint64_t)};
}

Bytes metadata_frame(FrameKind kind, const Words& message) {
    const auto bytes = as_bytes(message);
    CHECK(bytes.size() <= kMaxMetadataBytes);
    Bytes frame;
    put(frame, kSkippableMagic);
    put(frame, static_cast<uint32_t>(kFramePrefixBytes - 8 + bytes.size()));
    frame.insert(frame.end(), kSync.begin(), kSync.end());
    const std::string_view name = kKinds[static_cast<size_t>(kind)];
    frame.insert(frame.end(), name.begin(), name.end());
    put(frame, short_digest(bytes));
    CHECK(frame.size() == kFramePrefixBytes);
    frame.insert(frame.end(), bytes.begin(), bytes.end());
    return frame;
}

Result<FramePrefix> parse_frame_prefix(std::span<const uint8_t> bytes) {
    CHECK(bytes.size() == kFramePrefixBytes);
    if (get<uint32_t>(bytes, 0) != kSkippableMagic ||
        std::memcmp(bytes.data() + 8, kSync.data(), kSync.size()) != 0)
        return Error{"there is no Tocsin frame here"};
    const size_t size = get<uint32_t>(bytes, 4);
    if (size < kFramePrefixBytes - 8 || size - (kFramePrefixBytes - 8) > kMaxMetadataBytes ||
        size % 8 != 0)
        return Error{"a frame header states an impossible size of " + std::to_string(size) +
                     " bytes"};
    const std::string_view name(reinterpret_cast<const char*>(bytes.data()) + 20, 4);
    for (size_t i = 0; i < kKinds.size(); ++i)
        if (kKinds[i] == name)
            return FramePrefix{static_cast<FrameKind>(i),
                               static_cast<uint32_t>(size - (kFramePrefixBytes - 8)),
                               get<uint64_t>(bytes, 24)};
    return Error{"a frame is of a kind that this version does not know"};
}

bool digest_matches(const FramePrefix& prefix, std::span<const uint8_t> message) {
    return short_digest(message) == prefix.message_digest;
}

Digest first_hash(std::span<const uint8_t> header_message) {
    return sha256({as_bytes(kTraceDomain), header_message});
}

Digest next_hash(const Digest& previous, std::span<const uint8_t> chunk_header_message,
                 std::span<const uint8_t> compressed) {
    return sha256({as_bytes(kChunkDomain), previous, chunk_header_message, compressed});
}

Result<> SizeLimits::admit(const ChunkHeader& header) {
    if (header.plain_bytes > kMaxPlainBytes || header.plain_bytes % 8 != 0 ||
        header.compressed_bytes > ZSTD_compressBound(kMaxPlainBytes))
        return Error{"a chunk states impossible sizes: " + std::to_string(header.compressed_bytes) +
                     " bytes holding " + std::to_string(header.plain_bytes)};
    const uint64_t compressed = compressed_ + header.compressed_bytes;
    const uint64_t plain = plain_ + header.plain_bytes;
    if (plain > kMaxRatio * compressed + kTraceSlack)
        return Error{"the chunks so far state " + std::to_string(plain) + " bytes from " +
                     std::to_string(compressed) + " compressed ones, as no recording does"};
    compressed_ = compressed;
    plain_ = plain;
    return {};
}

Compressor::Compressor() : context_(ZSTD_createCCtx()) {
    CHECK(context_ != nullptr);
    auto* context = static_cast<ZSTD_CCtx*>(context_);
    CHECK(ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kLevel)) == 0);
    CHECK(ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)) == 0);
}

Compressor::~Compressor() {
    ZSTD_freeCCtx(static_cast<ZSTD_CCtx*>(context_));
}

const Bytes& Compressor::compress(const Words& words) {
    const auto bytes = as_bytes(words);
    buffer_.resize(ZSTD_compressBound(bytes.size()));
    const size_t size = ZSTD_compress2(static_cast<ZSTD_CCtx*>(context_), buffer_.data(),
                                       buffer_.size(), bytes.data(), bytes.size());
    CHECK(ZSTD_isError(size) == 0);
    buffer_.resize(size);
    return buffer_;
}

const Bytes& Compressor::compress_little(const Words& words) {
    // A flush ends a zstd block, and no block that holds anything is below 4 bytes (RFC 8878,
    // 3.1.1.2): 3 of header, 1 of content.
    constexpr size_t kBlockBytes = 128;
    constexpr size_t kBytesPerFlush = kBlockBytes + 64;
    const auto bytes = as_bytes(words);
    auto* context = static_cast<ZSTD_CCtx*>(context_);
    buffer_.resize(ZSTD_compressBound(0) + (bytes.size() / kBlockBytes + 1) * kBytesPerFlush);
    CHECK(ZSTD_isError(ZSTD_CCtx_reset(context, ZSTD_reset_session_only)) == 0);
    CHECK(ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(context, bytes.size())) == 0);
    ZSTD_outBuffer out{buffer_.data(), buffer_.size(), 0};
    ZSTD_inBuffer in{bytes.data(), 0, 0};
    do {
        in.size = std::min(bytes.size(), in.size + kBlockBytes);
        const auto end = in.size == bytes.size() ? ZSTD_e_end : ZSTD_e_flush;
        CHECK(ZSTD_compressStream2(context, &out, &in, end) == 0);
    } while (in.size < bytes.size());
    buffer_.resize(out.pos);
    return buffer_;
}

Result<Words> decompress(std::span<const uint8_t> frame, size_t plain_bytes) {
    CHECK(plain_bytes % 8 == 0 && plain_bytes <= kMaxPlainBytes);
    if (ZSTD_getFrameContentSize(frame.data(), frame.size()) != plain_bytes)
        return Error{"the zstd frame does not hold the " + std::to_string(plain_bytes) +
                     " bytes that its header states"};
    if (ZSTD_findFrameCompressedSize(frame.data(), frame.size()) != frame.size())
        return Error{"the zstd frame does not fill the " + std::to_string(frame.size()) +
                     " bytes that its header states"};
    Words words(plain_bytes / 8);
    const size_t size = ZSTD_decompress(words.data(), plain_bytes, frame.data(), frame.size());
    if (ZSTD_isError(size) != 0)
        return Error{std::string("zstd refuses the frame: ") + ZSTD_getErrorName(size)};
    if (size != plain_bytes) return Error{"the zstd frame is short"};
    return words;
}

}  // namespace tocsin
