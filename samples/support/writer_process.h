// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <functional>

// Another process, which writes where it is told to and answers on a channel. It ends
// when this object goes, or this process does.
class WriterProcess {
  public:
    WriterProcess() = default;
    WriterProcess(const WriterProcess&) = delete;
    WriterProcess& operator=(const WriterProcess&) = delete;
    ~WriterProcess();

    // Forks; the child ends with the status that work gives for its end of the
    // channel. To be called once, before there are threads. Complains on failure.
    bool start(const std::function<int(int channel)>& work);

    // Asks for one piece of work and waits for the answer. Complains and returns false
    // if the child has ended or takes longer than half a minute.
    bool ask();

    pid_t pid() const { return pid_; }

  private:
    pid_t pid_ = -1;
    int channel_ = -1;
};

// The child's side. Takes one request; false if there will be no more.
bool take_request(int channel);
bool answer_request(int channel);
