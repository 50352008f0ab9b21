// SPDX-License-Identifier: Apache-2.0
#include "formats/chunk_file.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <cstring>
#include <string>

namespace tocsin {
namespace {

constexpr size_t kKindOffset = 20;

Words some_words(size_t count) {
    Words words(count);
    for (size_t i = 0; i < count; ++i) words[i] = i * 0x9e3779b97f4a7c15U;
    return words;
}

std::span<const uint8_t> prefix_of(const Bytes& frame) {
    return std::span<const uint8_t>(frame).first(kFramePrefixBytes);
}

std::string error_of(const Bytes& frame) {
    const auto prefix = parse_frame_prefix(prefix_of(frame));
    return prefix ? "" : prefix.error().message;
}

std::string error_of(const Result<Words>& words) {
    return words ? "" : words.error().message;
}

TEST(ChunkFile, AMetadataFrameIsAZstdSkippableFrame) {
    const Words message = some_words(5);
    for (const FrameKind kind : {FrameKind::kHeader, FrameKind::kChunkHeader, FrameKind::kSeal}) {
        const Bytes frame = metadata_frame(kind, message);
        EXPECT_EQ(frame.size(), kFramePrefixBytes + 40);
        EXPECT_EQ(ZSTD_findFrameCompressedSize(frame.data(), frame.size()), frame.size());
        EXPECT_EQ(ZSTD_getFrameContentSize(frame.data(), frame.size()), 0U);
        const auto prefix = parse_frame_prefix(prefix_of(frame));
        ASSERT_TRUE(prefix);
        EXPECT_EQ(prefix->kind, kind);
        EXPECT_EQ(prefix->message_bytes, 40U);
        EXPECT_TRUE(digest_matches(*prefix, as_bytes(message)));
    }
}

TEST(ChunkFile, EveryChangedByteOfAMetadataFrameIsNoticed) {
    const Bytes good = metadata_frame(FrameKind::kSeal, some_words(3));
    for (size_t at = 0; at < good.size(); ++at) {
        Bytes frame = good;
        frame[at] ^= 1U;
        const auto prefix = parse_frame_prefix(prefix_of(frame));
        if (!prefix) continue;
        const auto message = std::span<const uint8_t>(frame).subspan(kFramePrefixBytes);
        // The size leads the reader elsewhere; that it is another one is all that can be said here.
        EXPECT_TRUE(prefix->message_bytes != message.size() || !digest_matches(*prefix, message))
            << "byte " << at;
    }
}

TEST(ChunkFile, APrefixThatIsNotOursSaysSo) {
    const Bytes good = metadata_frame(FrameKind::kHeader, some_words(2));
    Bytes frame = good;
    frame[0] = 0x28;  // an ordinary zstd frame begins so
    EXPECT_EQ(error_of(frame), "there is no Tocsin frame here");
    frame = good;
    frame[kKindOffset] = 'X';
    EXPECT_EQ(error_of(frame), "a frame is of a kind that this version does not know");
}

TEST(ChunkFile, ImpossibleFrameSizesAreRefusedBeforeAllocation) {
    const auto with_size = [](uint32_t size) {
        Bytes frame = metadata_frame(FrameKind::kHeader, some_words(2));
        std::memcpy(frame.data() + 4, &size, sizeof size);
        return frame;
    };
    constexpr uint32_t kBeforeMessage = kFramePrefixBytes - 8;
    constexpr uint32_t kMost = kBeforeMessage + kMaxMetadataBytes;
    EXPECT_EQ(error_of(with_size(kBeforeMessage)), "");
    EXPECT_EQ(error_of(with_size(kMost)), "");
    for (const uint32_t size :
         {0U, 8U, kBeforeMessage - 8, kBeforeMessage + 1, kMost + 8, UINT32_MAX, UINT32_MAX - 7})
        EXPECT_EQ(error_of(with_size(size)),
                  "a frame header states an impossible size of " + std::to_string(size) + " bytes");
}

TEST(ChunkFile, TheHashDependsOnAllThatIsBefore) {
    const Words header = some_words(3);
    const Bytes frame = {1, 2, 3};
    const Digest first = first_hash(as_bytes(header));
    const Digest next = next_hash(first, as_bytes(header), frame);
    Words other_header = header;
    other_header[1] ^= 1U;
    EXPECT_NE(first_hash(as_bytes(other_header)), first);
    EXPECT_NE(next_hash(first_hash(as_bytes(other_header)), as_bytes(header), frame), next);
    EXPECT_NE(next_hash(first, as_bytes(other_header), frame), next);
    EXPECT_NE(next_hash(first, as_bytes(header), Bytes{1, 2, 4}), next);
}

TEST(ChunkFile, WhatIsCompressedIsDecompressed) {
    Compressor compressor;
    for (const size_t count : {size_t{0}, size_t{1}, size_t{16}, size_t{17}, size_t{100000}}) {
        const Words words = some_words(count);
        for (const auto compress : {&Compressor::compress, &Compressor::compress_little}) {
            const Bytes frame = (compressor.*compress)(words);
            const auto again = decompress(frame, count * sizeof(uint64_t));
            ASSERT_TRUE(again) << count << ": " << again.error().message;
            EXPECT_EQ(*again, words);
        }
    }
}

TEST(ChunkFile, AFrameStatesItsContentSizeAndHasAChecksum) {
    Compressor compressor;
    const Words words = some_words(1000);
    for (const auto compress : {&Compressor::compress, &Compressor::compress_little}) {
        Bytes frame = (compressor.*compress)(words);
        EXPECT_EQ(ZSTD_getFrameContentSize(frame.data(), frame.size()), 8000U);
        frame.back() ^= 1U;
        EXPECT_EQ(error_of(decompress(frame, 8000)),
                  "zstd refuses the frame: Restored data doesn't match checksum");
    }
}

TEST(ChunkFile, LittleCompressionIsBoundedWhateverTheContents) {
    Compressor compressor;
    const Words zeros(kMaxPlainBytes / sizeof(uint64_t));
    EXPECT_LT(compressor.compress(zeros).size(), kMaxPlainBytes / 10000);
    EXPECT_GE(compressor.compress_little(zeros).size(), kMaxPlainBytes / 32);
    EXPECT_LE(compressor.compress_little(zeros).size(), kMaxPlainBytes);
}

TEST(ChunkFile, AZstdBombIsRefusedUnopened) {
    Compressor compressor;
    const Bytes bomb = compressor.compress(Words(size_t{1} << 20U));
    EXPECT_EQ(error_of(decompress(bomb, 4096)),
              "the zstd frame does not hold the 4096 bytes that its header states");
    // Of any single-segment frame the 8 bytes after magic and descriptor may state the size.
    const Bytes huge = {0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0x40, 1, 0, 0};
    ASSERT_EQ(ZSTD_getFrameContentSize(huge.data(), huge.size()), uint64_t{1} << 62U);
    EXPECT_NE(error_of(decompress(huge, 4096)), "");
}

TEST(ChunkFile, OnlyOneWholeFrameIsAccepted) {
    Compressor compressor;
    const Words words = some_words(100);
    const Bytes good = compressor.compress(words);
    Bytes two = good;
    two.insert(two.end(), good.begin(), good.end());
    EXPECT_NE(error_of(decompress(two, 800)), "");
    EXPECT_NE(error_of(decompress(two, 1600)), "");
    for (size_t size = 0; size < good.size(); ++size)
        EXPECT_NE(error_of(decompress(std::span(good).first(size), 800)), "") << size;
    const Bytes skippable = metadata_frame(FrameKind::kSeal, words);
    EXPECT_NE(error_of(decompress(skippable, 800)), "");
    EXPECT_NE(error_of(decompress(Bytes(100, 'x'), 800)), "");
}

TEST(ChunkFile, ChangedFramesAreRefusedOrHoldTheSame) {
    Compressor compressor;
    const Words words = some_words(64);
    const Bytes good = compressor.compress(words);
    for (size_t at = 0; at < good.size(); ++at)
        for (const uint8_t flip : {uint8_t{0x01}, uint8_t{0x80}, uint8_t{0xff}}) {
            Bytes frame = good;
            frame[at] ^= flip;
            const auto read = decompress(frame, 512);
            EXPECT_TRUE(!read || *read == words) << "byte " << at;
        }
}

ChunkHeader sized(uint32_t compressed, uint32_t plain) {
    ChunkHeader header;
    header.compressed_bytes = compressed;
    header.plain_bytes = plain;
    return header;
}

TEST(SizeLimits, AChunkIsOfWholeWordsAndAtMost8Mebibytes) {
    EXPECT_TRUE(SizeLimits().admit(sized(1 << 20U, kMaxPlainBytes)));
    EXPECT_FALSE(SizeLimits().admit(sized(1 << 20U, kMaxPlainBytes + 8)));
    EXPECT_FALSE(SizeLimits().admit(sized(1 << 20U, 12)));
    EXPECT_TRUE(
        SizeLimits().admit(sized(static_cast<uint32_t>(ZSTD_compressBound(kMaxPlainBytes)), 8)));
    EXPECT_FALSE(SizeLimits().admit(
        sized(static_cast<uint32_t>(ZSTD_compressBound(kMaxPlainBytes)) + 1, 8)));
    EXPECT_FALSE(SizeLimits().admit(sized(UINT32_MAX, UINT32_MAX)));
}

TEST(SizeLimits, AFewBytesMayNotHoldGigabytes) {
    SizeLimits limits;
    size_t chunks = 0;
    while (limits.admit(sized(300, kMaxPlainBytes))) ++chunks;
    EXPECT_EQ(chunks, 4U);
}

TEST(SizeLimits, AChunkThatWasRefusedDoesNotCount) {
    SizeLimits limits;
    while (limits.admit(sized(300, kMaxPlainBytes))) continue;
    EXPECT_TRUE(limits.admit(sized(kMaxPlainBytes / 32, kMaxPlainBytes)));
    EXPECT_TRUE(limits.admit(sized(kMaxPlainBytes / 32, kMaxPlainBytes)));
}

}  // namespace
}  // namespace tocsin
