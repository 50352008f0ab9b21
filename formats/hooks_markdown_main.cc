// SPDX-License-Identifier: Apache-2.0
// Prints formats/HOOKS.md: hooks-markdown > formats/HOOKS.md
#include <cstdio>

#include "formats/hooks_markdown.h"

int main() {
    const std::string text = tocsin::hooks_markdown();
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    if (written && std::fflush(stdout) == 0) return 0;
    std::perror("hooks-markdown: cannot write to standard output");
    return 1;
}
