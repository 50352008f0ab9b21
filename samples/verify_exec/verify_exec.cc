// SPDX-License-Identifier: Apache-2.0
// Root reads a user's program, finds it to be one that it knows, and runs it: by then the user has
// written it anew, in place. See README.md.
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>

#include "samples/support/name_sample.h"
#include "samples/support/plain_file.h"
#include "samples/support/run_program.h"

namespace {

std::string program_that_makes(const std::string& mark) {
    return "#!/bin/sh\n" + line_that_makes(mark);
}

std::string known_program(const TryNames& names) {
    return program_that_makes(names.roots("ran"));
}

std::string attackers_program(const TryNames& names) {
    return program_that_makes(names.roots("attackers"));
}

bool prepare(const TryNames& names) {
    return make_file(names.own("program"), 0755, known_program(names));
}

bool write_in_place(const TryNames& names) {
    return truncate(names.own("program").c_str(), 0) == 0 &&
           add_to_file(names.own("program"), attackers_program(names));
}

// The twin's: the program is root's, and only its name the user's to change.
bool prepare_another(const TryNames& names) {
    return make_file(names.own("another"), 0755, attackers_program(names));
}

bool replace(const TryNames& names) {
    return rename(names.own("another").c_str(), names.own("program").c_str()) == 0;
}

// A descriptor of the program where it is the known one; what a digest stands for. -1 with errno.
int verify(const std::string& name, const std::string& known) {
    const int file = open(name.c_str(), O_RDONLY);
    std::string content(known.size() + 1, '\0');
    if (file < 0) return -1;
    const ssize_t size = read(file, content.data(), content.size());
    if (size >= 0 && content.substr(0, static_cast<size_t>(size)) == known) return file;
    if (size >= 0) errno = EKEYREJECTED;
    const int why = errno;
    close(file);
    errno = why;
    return -1;
}

std::optional<NameRace> race(Attempt& attempt) {
    const std::string name = attempt.users("program");
    const std::string mark = attempt.roots("ran"), attackers = attempt.roots("attackers");
    if (!attempt.attacks() && !make_file(name, 0755, known_program(attempt)))
        return failed_race(name);
    const int file = verify(name, known_program(attempt));
    if (file < 0) return failed_race(name);
    if (!attempt.swap()) return close(file), std::nullopt;
    const std::string held = "/proc/self/fd/" + std::to_string(file);
    const pid_t child = run_program(attempt.attacks() ? name : held, {"program"});
    const std::optional<NameRace> failure =
        child < 0 ? std::optional(failed_race(name)) : std::nullopt;
    close(file);
    if (failure) return failure;
    auto result = judge_mark(name, attackers, identity_at(attackers).has_value(),
                             identity_at(mark).has_value());
    if (result) result->user = child;
    return result;
}

}  // namespace

int main(int argc, char** argv) {
    return run_name_sample(
        argc, argv,
        {.story = "As root, reads a program of user 1000's and runs it where it is the known one; "
                  "in between\na process of this user writes another one into the same file.\n",
         .form = "write",
         .twin = "the program is root's, the user renames another over it, and root runs what it "
                 "read",
         .roots_file = nullptr,
         .attacker = {.prepare = prepare, .swap = write_in_place},
         .twins_attacker = {{.prepare = prepare_another, .swap = replace}},
         .race = race});
}
