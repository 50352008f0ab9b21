// SPDX-License-Identifier: Apache-2.0
//
// The parts of open_cases, by what is called.
#pragma once

#include <filesystem>
#include <span>

#include "tests/support/case_program.h"

namespace tocsin::test {

std::span<const Case> openat2_cases();
std::span<const Case> socket_cases();  // connect and bind
// Past the 64-bit table. Their names begin with i386_ and x32_.
std::span<const Case> foreign_cases();
// What io_uring does for who made the ring: in that thread, in a worker or in one that polls. Their
// names begin with io_uring_.
std::span<const Case> ring_cases();

}  // namespace tocsin::test
