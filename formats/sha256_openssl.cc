// SPDX-License-Identifier: Apache-2.0
#include <openssl/evp.h>

#include <memory>

#include "formats/check.h"
#include "formats/sha256.h"

namespace tocsin {

std::array<uint8_t, 32> sha256(std::initializer_list<std::span<const uint8_t>> parts) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    std::array<uint8_t, 32> digest{};
    CHECK(context != nullptr);
    CHECK(EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1);
    for (const auto part : parts)
        CHECK(EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1);
    CHECK(EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1);
    return digest;
}

}  // namespace tocsin
