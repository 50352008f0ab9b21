// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <linux/seccomp.h>
#include <sys/types.h>

#include <optional>
#include <string>

// Has a supervisor asked about each openat2 of this thread from now on (seccomp_unotify(2)), and of
// its children. The descriptor to ask by; complains and gives nothing where that cannot be.
std::optional<int> have_openat2_notified();

// The supervisor's side.
class NotifiedCalls {
  public:
    NotifiedCalls() = default;
    NotifiedCalls(const NotifiedCalls&) = delete;
    NotifiedCalls& operator=(const NotifiedCalls&) = delete;
    ~NotifiedCalls();

    // The descriptor is the other process's own. Complains on failure, as all do that follow.
    bool take_over(pid_t process, int listener);

    bool receive(seccomp_notif& call) const;
    bool let_go_on(const seccomp_notif& call) const;
    // Opens the path for reading in the caller's place.
    bool open_for(const seccomp_notif& call, const std::string& path) const;

  private:
    bool answer(seccomp_notif_resp response) const;

    int listener_ = -1;
};

// The path in the memory of the process that makes the call; complains on failure.
std::optional<std::string> path_of(const seccomp_notif& call);
