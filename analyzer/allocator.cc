// SPDX-License-Identifier: Apache-2.0
//
// The allocator's own options, see jemalloc(3), TUNING. An analysis frees what it will soon ask for
// again: huge pages, and memory that is kept to the end, take a third off a long one.
extern "C" const char* malloc_conf;
const char* malloc_conf = "thp:always,dirty_decay_ms:-1,muzzy_decay_ms:-1";
