// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

// Returns once a thread of this process sleeps in this system call, with this second
// argument, in a way that a signal could end. Complains and returns false where that
// cannot be known, or is not so within ten seconds.
//
// The kernel shows it in /proc/self/task/TID/syscall and stat. A thread on its way
// into or out of the call, and one that waits for memory or a disk, is not taken for
// asleep: its state is R or D, and that of one held by a debugger t.
bool wait_until_blocked_in(pid_t tid, long call, const void* second_argument);
