// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <optional>
#include <string>

#include "attempt.h"
#include "forms.h"
#include "samples/support/absent_page.h"

namespace {

constexpr char kClaimed[] = "--list";
constexpr char kReal[] = "--evil";
static_assert(sizeof kClaimed == sizeof kReal);

// fs/exec.c, do_execveat_common: copies the filename, then envp, then argv, each
// vector from its last string to its first.
std::optional<Attempt> race_once(AbsentPage& page, char* last_argument, const std::string& path) {
    char program[] = "ls", option[] = "-l";
    char* const argv[] = {program, option, last_argument, nullptr};
    char* const envp[] = {page.address(), nullptr};
    std::memcpy(last_argument, kClaimed, sizeof kClaimed);
    if (!page.empty_again()) return std::nullopt;
    return attempt_exec(path.c_str(), argv, envp, [] {});
}

}  // namespace

Tally run_argv_form(const std::string& directory, const Request& request) {
    Tally tally;
    AbsentPage page;
    if (!page.open("EXEC_SWAP=argv")) return tally.in_trouble = true, tally;
    char last_argument[sizeof kClaimed];
    const bool rewrites = request.rewrite == Rewrite::kYes;
    FaultHandler handler(page, [&last_argument, rewrites] {
        if (rewrites) std::memcpy(last_argument, kReal, sizeof kReal);
        return true;
    });
    while (wants_another_try(request, tally)) {
        const std::optional<Attempt> attempt = race_once(page, last_argument, directory + "/ls");
        report(tally, attempt, attempt && attempt->line.ends_with(std::string("|") + kReal));
        if (handler.in_trouble()) tally.in_trouble = true;
    }
    return tally;
}
