// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <cstdlib>

// Ends the process when an invariant of our own code is broken, in release builds too. Never for
// what input, the kernel or the user can cause: that is a Result.
#define CHECK(condition)                                                                         \
    do {                                                                                         \
        if (!(condition)) {                                                                      \
            std::fprintf(stderr, "%s:%d: this is a bug in Tocsin: CHECK(%s) failed\n", __FILE__, \
                         __LINE__, #condition);                                                  \
            std::abort();                                                                        \
        }                                                                                        \
    } while (false)
