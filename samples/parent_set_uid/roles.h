// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

// The names that the sample's program has for the parts it plays beside its own.
inline constexpr char kAuthoriser[] = "authoriser";          // as pkexec(1)
inline constexpr char kSetUidProgram[] = "set_uid_program";  // as chsh(1)
inline constexpr char kOrdinaryProgram[] = "ordinary_program";

// What the authoriser found out.
struct Answer {
    pid_t pid, parent;
    uid_t user;  // effective one of the parent
    bool is_set_uid;
};

// The parent: runs the authoriser as its child and, once that runs, the program in its own place.
// Returns on failure only, with an exit status.
int act_as_parent(const char* program, int answers);

// The parts of the programs run, which get descriptors as their arguments: the authoriser says on
// the first that it runs, waits there to be let go on, and writes its Answer to the second; what
// runs in the parent's place lets it go on and waits for its end. Exit statuses.
int authorise(int argc, char** argv);
int let_authorise(int argc, char** argv);
