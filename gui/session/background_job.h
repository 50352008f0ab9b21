// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "analyzer/replay/progress.h"

namespace tocsin::gui {

// A thread that does what was asked of it last: a new job takes the place of the one under way,
// which is told to stop by its Progress, and of one that waits. Nobody waits for a job but the
// destructor, which first cancels it. A job hands its results on by a queued call of a QObject that
// outlives this, and says by is_current() of its own progress whether they are still wanted.
class BackgroundJob {
  public:
    using Job = std::function<void(const std::shared_ptr<Progress>&)>;

    BackgroundJob() = default;
    ~BackgroundJob();
    BackgroundJob(const BackgroundJob&) = delete;
    BackgroundJob& operator=(const BackgroundJob&) = delete;

    // For one thread, as are the others below.
    void start(Job job);
    void cancel();
    // Of the job that was started last and not cancelled: nullptr where there is none.
    const std::shared_ptr<Progress>& progress() const { return progress_; }
    bool is_current(const std::shared_ptr<Progress>& progress) const {
        return progress != nullptr && progress == progress_;
    }
    // To be called where its results have arrived.
    void finish() { progress_ = nullptr; }

  private:
    void work();

    std::shared_ptr<Progress> progress_;
    std::mutex mutex_;
    std::condition_variable wakes_;
    Job waiting_;
    std::shared_ptr<Progress> progress_of_waiting_;
    bool ends_ = false;
    std::thread thread_;
};

}  // namespace tocsin::gui
