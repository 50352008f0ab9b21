// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <signal.h>

// Holds back the signals that would end the program before it has removed its
// scratch files. Loops ask stop_requested(); when this object goes, a signal that
// came meanwhile does its work. Declare it before whatever must be cleaned up.
class HeldStopSignals {
  public:
    HeldStopSignals() {
        sigset_t stop;
        sigemptyset(&stop);
        for (int number : {SIGHUP, SIGINT, SIGTERM, SIGPIPE}) sigaddset(&stop, number);
        sigprocmask(SIG_BLOCK, &stop, &before_);
    }
    ~HeldStopSignals() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
    HeldStopSignals(const HeldStopSignals&) = delete;
    HeldStopSignals& operator=(const HeldStopSignals&) = delete;

  private:
    sigset_t before_;
};

inline bool stop_requested() {
    sigset_t pending;
    sigpending(&pending);
    for (int number : {SIGHUP, SIGINT, SIGTERM, SIGPIPE})
        if (sigismember(&pending, number) == 1) return true;
    return false;
}
