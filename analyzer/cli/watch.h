// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <string>
#include <thread>

#include "analyzer/replay/progress.h"
#include "formats/result.h"

namespace tocsin {

// Watches over passes that may take long. On a terminal standard error has a line that says how
// far they are, once that takes more than a second. From the first pass on SIGINT, SIGTERM and
// SIGHUP cancel them, and a second one ends the program at once. One watch at a time.
class Watch {
  public:
    // `traces`: so many are going to be passed over.
    explicit Watch(size_t traces);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    // Of one more pass; lives as long as this. From any thread.
    Progress& begin();
    // That a pass is over. From any thread.
    void end(Progress& progress);
    void cancel();
    // Whether somebody did, or a signal.
    bool is_cancelled();

    // While it lives there is no line: what a report says is written.
    class Quiet {
      public:
        explicit Quiet(Watch& watch);
        ~Quiet();
        Quiet(const Quiet&) = delete;
        Quiet& operator=(const Quiet&) = delete;

      private:
        Watch& watch_;
    };

    // 0: none came. Stays when the watch is over.
    static int caught_signal();

  private:
    struct Pass {
        Progress progress;
        bool is_over = false;
    };
    void run();
    static void take_signals();
    void cancel_passes();
    void clear_line();
    std::string line();

    const size_t traces_;
    const std::chrono::steady_clock::time_point began_;
    const bool shows_;
    std::mutex mutex_;  // of those below
    std::condition_variable over_;
    bool is_over_ = false, is_cancelled_ = false, is_quiet_ = false, has_line_ = false;
    std::list<Pass> passes_;
    std::thread thread_;
};

// What there is to say of the signal that was caught.
Error interruption();

}  // namespace tocsin
