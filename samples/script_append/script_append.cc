// SPDX-License-Identifier: Apache-2.0
// Root writes a script that everybody may write and has sh run it: by then a user has appended a
// line. See README.md.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "samples/support/name_sample.h"
#include "samples/support/plain_file.h"
#include "samples/support/run_program.h"

namespace {

bool append(const TryNames& names, const std::string& mark) {
    return add_to_file(names.own("script"), line_that_makes(names.roots(mark)));
}

bool append_attackers_line(const TryNames& names) {
    return append(names, "attackers");
}

// The twin's: one of root's processes writes the rest of what root then runs.
bool append_roots_line(const TryNames& names) {
    return append(names, "rest");
}

bool make_script(const std::string& script, const std::string& mark) {
    const mode_t before = umask(0);
    const bool is_made = make_file(script, 0666, line_that_makes(mark));
    umask(before);
    return is_made;
}

std::optional<NameRace> race(Attempt& attempt) {
    const std::string script = attempt.roots("script");
    const std::string mark = attempt.roots("ran"), attackers = attempt.roots("attackers");
    if (!make_script(script, mark)) return failed_race(script);
    if (!attempt.swap()) return std::nullopt;
    const pid_t shell = run_program("/bin/sh", {"sh", script});
    if (shell < 0) return failed_race(script);
    auto result = judge_mark(script, attackers, identity_at(attackers).has_value(),
                             identity_at(mark).has_value());
    if (result) result->user = shell;
    return result;
}

}  // namespace

int main(int argc, char** argv) {
    return run_name_sample(
        argc, argv,
        {.story = "As root, writes a script with mode 0666 and has sh run it; in between a process "
                  "of user\n1000 appends a line, which is then run as root.\n",
         .form = "append",
         .twin = "instead, another process of root's writes the rest of the script",
         .roots_file = nullptr,
         .attacker = {.in_roots_directory = true, .swap = append_attackers_line},
         .twins_attacker = {{.user = 0, .in_roots_directory = true, .swap = append_roots_line}},
         .race = race});
}
