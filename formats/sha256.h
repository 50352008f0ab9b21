// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>

namespace tocsin {

// SHA-256 of the parts, one after the other.
std::array<uint8_t, 32> sha256(std::initializer_list<std::span<const uint8_t>> parts);

}  // namespace tocsin
