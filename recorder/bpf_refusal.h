// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tocsin {

// The kernel's errno from a BPF call as a reason a person can act on. libbpf's own hint blames
// `ulimit -l` for every EPERM, which has been wrong since Linux 5.11.
std::string explain_refusal(int error);

}  // namespace tocsin
