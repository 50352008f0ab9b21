// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>
#include <cstdarg>
#include <cstdio>

// Prints one sentence on stderr, with the program's name before it.
[[gnu::format(printf, 1, 2)]] inline void complain(const char* format, ...) {
    va_list values;
    va_start(values, format);
    std::fprintf(stderr, "%s: ", program_invocation_short_name);
    std::vfprintf(stderr, format, values);
    std::fputc('\n', stderr);
    va_end(values);
}
