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
// Past the 64-bit table: 32-bit calls, x32's and io_uring. Their names begin with i386_, x32_ and
// io_uring_.
std::span<const Case> foreign_cases();

}  // namespace tocsin::test
