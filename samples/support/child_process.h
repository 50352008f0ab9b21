// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>

// Another process, which works when it is asked to and answers on a channel. It ends
// when this object goes, or this process does.
class ChildProcess {
  public:
    // The role is what complaints call it, such as "writer"; it must live as long.
    explicit ChildProcess(const char* role) : role_(role) {}
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    ~ChildProcess();

    // Forks; the child ends with the status that work gives for its end of the
    // channel. To be called once, before there are threads. Complains on failure.
    bool start(const std::function<int(int channel)>& work);

    // Asks for one piece of work and waits for the answer. Complains and gives nothing
    // if the child has ended or takes longer than half a minute.
    std::optional<int> ask(uint64_t request = 0);
    // Its two halves.
    bool request(uint64_t request);
    std::optional<int> answer();

    // Stops the child and waits until it is stopped; has it go on. Both complain on failure.
    bool stop();
    bool go_on();

    pid_t pid() const { return pid_; }

  private:
    bool complain_of_end();

    const char* role_;
    pid_t pid_ = -1;
    int channel_ = -1;
};

// The child's side. Takes one request; nothing if there will be no more.
std::optional<uint64_t> take_request(int channel);
bool answer_request(int channel, int answer = 0);
