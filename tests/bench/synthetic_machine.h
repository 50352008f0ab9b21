// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "tests/bench/workload.h"

namespace tocsin::bench {

// Events as a machine of 4 CPUs makes them while its programs open, look at and execute files.
// The same seed gives the same events everywhere.
//
// The mix. 98 of 100 calls name a file: openat 55 %, newfstatat 30 %, access 10 %, readlink 5 %.
//   entered   claims: directory descriptor, path, flags (by call)
//   hook      only where the file exists (80 %): kernel's copy of the path; object with all its
//             ancestors
//   returned  claim: the path again, as it stands in memory now
// 2 of 100 are execs, each of which is forked, entered (path, argv, environment names), hook (the
// same as copies, and the executable), returned, exited.
// 1 call in 200 returns on another CPU; 1 record in 20,000 is lost.
// A CPU runs one of 300 processes for 40 calls on average. A process takes 85 % of its files from
// a working set of 200 out of 20,000 in 1,500 directories (popular ones first, both ways); 25 % of
// its paths are relative; paths lie in one of 8 buffers or (30 %) anywhere on its heap.
// Times between records are random in 0.3 to 20 µs.
Workload synthetic_machine(size_t events, uint64_t seed);

}  // namespace tocsin::bench
