// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>

#include "samples/support/child_process.h"

inline constexpr uid_t kAttacker = 1000, kClient = 1001;  // users who need not be in passwd(5)
inline constexpr int kGranted = -5;  // the priority that is granted, see setpriority(2)

// Whether the pids come round soon enough to be waited for; complains if not.
bool can_cycle_pids();

// A user's process that has one child at a time, which does nothing but have its pid.
class PidTaker {
  public:
    // The role is what complaints call it; it must live as long.
    PidTaker(const char* role, uid_t user) : process_(role), role_(role), user_(user) {}

    // All of these complain on failure.
    bool start();
    // Makes a child whose pid will come round again.
    std::optional<pid_t> take_any();
    // Makes children until one has this pid, which is free.
    bool take(pid_t pid);
    // Whether its child, which has ended no sooner, has the priority that is granted.
    std::optional<bool> is_granted();
    // Ends its child, so that the pid is free.
    bool release();

    pid_t pid() const { return process_.pid(); }

  private:
    std::optional<int> ask(uint64_t request, const char* what);

    ChildProcess process_;
    const char* role_;
    uid_t user_;
};
