// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <optional>
#include <string>

#include "attempt.h"
#include "forms.h"
#include "samples/support/aimed_rewriter.h"
#include "samples/support/swappable_path.h"

namespace {

std::optional<Attempt> race_once(AimedRewriter& rewriter, SwappablePath<uint16_t>& path) {
    char program[] = "ls", option[] = "-l", variable[] = "EXEC_SWAP=name";
    char* const argv[] = {program, option, nullptr};
    char* const envp[] = {variable, nullptr};
    path.put("ls");
    rewriter.arm();
    std::optional<Attempt> attempt =
        attempt_exec(path.text(), argv, envp, [&rewriter] { rewriter.go(); });
    rewriter.finish();
    return attempt;
}

}  // namespace

Tally run_name_form(const std::string& directory, const Request& request) {
    Tally tally;
    SwappablePath<uint16_t> path;
    if (!path.lay_out(directory, "ls", request.rewrite)) return tally.in_trouble = true, tally;
    AimedRewriter rewriter([&path] { path.put("sh"); });
    while (wants_another_try(request, tally)) {
        const std::optional<Attempt> attempt = race_once(rewriter, path);
        const bool won = attempt && attempt->line.find(" exe=sh ") != std::string::npos;
        report(tally, attempt, won);
        if (attempt && !attempt->line.empty()) rewriter.learn(won);
    }
    return tally;
}
