// SPDX-License-Identifier: Apache-2.0
#include "samples/support/opened_file.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "samples/support/output.h"

bool add_decoy_and_hidden(Scratch& scratch) {
    return scratch.add_file(std::string(kDecoy), kDecoy) &&
           scratch.add_file(std::string(kHidden), kHidden);
}

OpenedFile identify(long descriptor) {
    OpenedFile opened;
    if (descriptor < 0) {
        opened.open_errno = errno;
        return opened;
    }
    opened.descriptor = static_cast<int>(descriptor);
    char name[64];
    ssize_t count;
    do count = read(opened.descriptor, name, sizeof name);
    while (count < 0 && errno == EINTR);
    opened.name = count > 0 ? std::string(name, static_cast<size_t>(count)) : "?";
    close(opened.descriptor);
    return opened;
}

long open_with(const char* path, const open_how* how) {
    return syscall(SYS_openat2, AT_FDCWD, path, how, sizeof *how);
}

std::string_view plain_open_how() {
    static const open_how how{.flags = O_RDONLY | O_CLOEXEC, .mode = 0, .resolve = 0};
    return {reinterpret_cast<const char*>(&how), sizeof how};
}

std::string base_name(std::string_view path) {
    return std::string(path.substr(path.rfind('/') + 1));
}

void report_open(Tally& tally, const OpenedFile& opened, bool won, const std::string& more) {
    ++tally.tries;
    const bool failed = opened.open_errno != 0;
    std::string line = (failed ? "failed try=" : "opened try=") + std::to_string(tally.tries) +
                       " pid=" + std::to_string(getpid()) + " tid=" + std::to_string(gettid());
    if (failed) {
        tally.last_errno = opened.open_errno;
        line += " errno=" + std::to_string(opened.open_errno);
    } else {
        ++tally.answered;
        tally.wins += won;
        line += " fd=" + std::to_string(opened.descriptor) + " file=" + opened.name;
    }
    if (!print_line(line + more)) tally.in_trouble = true;
}
