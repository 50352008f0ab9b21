// SPDX-License-Identifier: Apache-2.0
#include "samples/support/attacker_process.h"

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "samples/support/complain.h"

namespace {

enum NumberOfAct : uint32_t { kEnter, kPrepare, kSwap };

uint64_t request_for(uint32_t number_of_act, uint32_t try_number) {
    return uint64_t{number_of_act} << 32 | uint64_t{try_number};
}

int act_when_asked(int channel, const AttackerProcess::Acts& acts, const Act& enter) {
    while (const std::optional<uint64_t> request = take_request(channel)) {
        const auto number_of_act = static_cast<uint32_t>(*request >> 32);
        const Act& act = number_of_act == kEnter     ? enter
                         : number_of_act == kPrepare ? acts.prepare
                                                     : acts.swap;
        const bool done = act(static_cast<uint32_t>(*request));
        if (!answer_request(channel, done ? 0 : errno)) return 2;
    }
    return 0;
}

}  // namespace

// Capabilities are given up by name too: with some securebits setresuid keeps them.
bool become(uid_t user) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
    // proc(5): only root gets at the files of a process that is not dumpable, and so
    // through /proc/PID/cwd into its directory.
    return setgroups(0, nullptr) == 0 && setresgid(user, user, user) == 0 &&
           setresuid(user, user, user) == 0 && syscall(SYS_capset, &header, none) == 0 &&
           prctl(PR_SET_DUMPABLE, 0) == 0;
}

bool AttackerProcess::start(const std::string& directory, uid_t user, const Acts& acts) {
    directory_ = directory;
    const Act enter = [&](uint32_t) {
        return chdir(directory.c_str()) == 0 && acts.enter(0) && (user == 0 || become(user));
    };
    return child_.start([&](int channel) { return act_when_asked(channel, acts, enter); }) &&
           ask(kEnter, 0, "become user " + std::to_string(user));
}

bool AttackerProcess::prepare(uint32_t try_number) {
    return ask(kPrepare, try_number, "prepare try " + std::to_string(try_number));
}

bool AttackerProcess::swap(uint32_t try_number) {
    return ask(kSwap, try_number, "attack in try " + std::to_string(try_number));
}

bool AttackerProcess::swap_after(uint32_t try_number, const std::function<void()>& work) {
    if (!child_.stop() || !child_.request(request_for(kSwap, try_number))) return false;
    work();
    return child_.go_on() && judge(child_.answer(), "attack in try " + std::to_string(try_number));
}

bool AttackerProcess::ask(uint32_t number_of_act, uint32_t try_number, const std::string& what) {
    return judge(child_.ask(request_for(number_of_act, try_number)), what);
}

bool AttackerProcess::judge(std::optional<int> error, const std::string& what) {
    if (!error) return false;
    if (*error != 0)
        complain(
            "the attacker, process %d, cannot %s in %s: %s; see that all of root's rights are "
            "there, or name another directory with --scratch DIR",
            static_cast<int>(pid()), what.c_str(), directory_.c_str(), std::strerror(*error));
    return *error == 0;
}
