// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <string>

#include "forms.h"
#include "samples/support/aimed_rewriter.h"
#include "samples/support/opened_file.h"
#include "samples/support/swappable_path.h"

Tally run_flip_form(const std::string& directory, const Request& request) {
    Tally tally;
    SwappablePath<uint64_t> path;
    if (!path.lay_out(directory, kDecoy, request.rewrite)) return tally.in_trouble = true, tally;
    AimedRewriter rewriter([&path] { path.put(kHidden); });
    while (wants_another_try(request, tally)) {
        path.put(kDecoy);
        rewriter.arm();
        rewriter.go();
        const OpenedFile opened =
            identify(syscall(SYS_openat, AT_FDCWD, path.text(), O_RDONLY | O_CLOEXEC));
        rewriter.finish();
        const bool won = opened.name == kHidden;
        report_open(tally, opened, won, "");
        if (opened.open_errno == 0) rewriter.learn(won);
    }
    return tally;
}
