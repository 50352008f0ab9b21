// SPDX-License-Identifier: Apache-2.0
#include <sodium.h>

#include "formats/sha256.h"

namespace tocsin {

std::array<uint8_t, 32> sha256(std::initializer_list<std::span<const uint8_t>> parts) {
    std::array<uint8_t, 32> digest{};
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    for (const auto part : parts) crypto_hash_sha256_update(&state, part.data(), part.size());
    crypto_hash_sha256_final(&state, digest.data());
    return digest;
}

}  // namespace tocsin
