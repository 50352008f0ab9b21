// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

// Writes the line and a newline to stdout at once, so that lines of several
// processes do not mix; complains and returns false if it cannot.
bool print_line(std::string line);
