// SPDX-License-Identifier: Apache-2.0
// A set-uid program asks whose process its parent is, to know for whom it acts: by then the parent
// has run another set-uid program, and seems to be root's. See README.md.
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

#include "samples/parent_set_uid/roles.h"
#include "samples/support/complain.h"
#include "samples/support/name_sample.h"
#include "samples/support/user_of_process.h"

namespace {

// What the set-uid program finds out is read here.
int answers[2] = {-1, -1};

// As root, in its directory: the programs, of which all but one are set-uid root's.
bool enter(const TryNames&) {
    namespace fs = std::filesystem;
    std::error_code error;
    for (const char* name : {kAuthoriser, kSetUidProgram, kOrdinaryProgram}) {
        fs::copy_file("/proc/self/exe", name, error);
        const mode_t mode = name == kOrdinaryProgram ? 0755 : 04755;
        if (!error) fs::permissions(name, static_cast<fs::perms>(mode), error);
        if (error) return errno = error.value(), false;
    }
    return true;
}

bool run_as_parent(const char* program) {
    const pid_t parent = fork();
    if (parent < 0) return false;
    if (parent == 0) _exit(act_as_parent(program, answers[1]));
    int status;
    while (waitpid(parent, &status, 0) < 0 && errno == EINTR) continue;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return errno = ECHILD, false;
    return true;
}

bool run_set_uid_program(const TryNames&) {
    return run_as_parent(kSetUidProgram);
}

bool run_ordinary_program(const TryNames&) {
    return run_as_parent(kOrdinaryProgram);
}

std::optional<NameRace> race(Attempt& attempt) {
    if (!attempt.swap()) return std::nullopt;
    Answer answer;
    if (read(answers[0], &answer, sizeof answer) != static_cast<ssize_t>(sizeof answer)) {
        complain("the set-uid program gave no answer; see that nothing else ends it");
        return std::nullopt;
    }
    if (!answer.is_set_uid) {
        complain(
            "set-uid programs get no rights there; name a directory of a file system that is "
            "mounted without nosuid with --scratch DIR");
        return std::nullopt;
    }
    return NameRace{
        .verdict = answer.user == 0 ? NameRace::Verdict::kWon : NameRace::Verdict::kKept,
        .check = status_file_of(answer.parent),
        .used = "uid:" + std::to_string(answer.user),
        .user = answer.pid};
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view name = program_invocation_short_name;
    if (name == kAuthoriser) return authorise(argc, argv);
    if (name == kSetUidProgram || name == kOrdinaryProgram) return let_authorise(argc, argv);
    if (pipe(answers) != 0) {
        complain("cannot make a pipe: %s; raise the limit on open files", std::strerror(errno));
        return 2;
    }
    return run_name_sample(
        argc, argv,
        {.story = "A process of user 1000 runs a set-uid program as its child and then, itself, "
                  "another one;\nthe child authorises whoever its parent is.\n",
         .form = "exec",
         .twin = "instead, the parent runs a program that is not set-uid",
         .roots_file = nullptr,
         .attacker = {.in_roots_directory = true, .enter = enter, .swap = run_set_uid_program},
         .twins_attacker = {{.in_roots_directory = true,
                             .enter = enter,
                             .swap = run_ordinary_program}},
         .race = race});
}
