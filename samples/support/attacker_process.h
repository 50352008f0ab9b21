// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "samples/support/child_process.h"

// Becomes this user, without any of root's rights; false, with errno, on failure. Nobody else but
// root may look into the process from then on.
bool become(uid_t user);

// What an attacker does in a try; false, with errno, if it could not.
using Act = std::function<bool(uint32_t try_number)>;

// A child that acts when it is asked to, in step with the victim: whoever asks goes on
// when it is done.
class AttackerProcess {
  public:
    struct Acts {
        Act enter;    // once, in its directory, before it gives its rights up
        Act prepare;  // what the try needs
        Act swap;     // the attack
    };

    // Starts the child in the directory, as this user and the group of that number;
    // unless it is root, it has no capability left, and nobody else may look into it.
    // To be called once. These all complain on failure.
    bool start(const std::string& directory, uid_t user, const Acts& acts);
    bool prepare(uint32_t try_number);
    bool swap(uint32_t try_number);
    // Asks for the swap while the child is stopped, which goes on when the work is done.
    bool swap_after(uint32_t try_number, const std::function<void()>& work);

    pid_t pid() const { return child_.pid(); }

  private:
    bool ask(uint32_t number_of_act, uint32_t try_number, const std::string& what);
    bool judge(std::optional<int> error, const std::string& what);

    ChildProcess child_{"attacker"};
    std::string directory_;
};
