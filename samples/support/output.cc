// SPDX-License-Identifier: Apache-2.0
#include "samples/support/output.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "samples/support/complain.h"

bool print_line(std::string line) {
    line += '\n';
    size_t done = 0;
    while (done < line.size()) {
        const ssize_t count = write(STDOUT_FILENO, line.data() + done, line.size() - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            complain("cannot write to stdout: %s; its lines are lost", std::strerror(errno));
            return false;
        }
        done += static_cast<size_t>(count);
    }
    return true;
}
