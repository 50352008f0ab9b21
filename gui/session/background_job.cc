// SPDX-License-Identifier: Apache-2.0
#include "gui/session/background_job.h"

#include <utility>

namespace tocsin::gui {

BackgroundJob::~BackgroundJob() {
    cancel();
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
    }
    wakes_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void BackgroundJob::cancel() {
    if (progress_ != nullptr) progress_->cancel();
    progress_ = nullptr;
    const std::lock_guard lock(mutex_);
    waiting_ = nullptr;
}

void BackgroundJob::start(Job job) {
    cancel();
    progress_ = std::make_shared<Progress>();
    {
        const std::lock_guard lock(mutex_);
        waiting_ = std::move(job);
        progress_of_waiting_ = progress_;
    }
    if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
    wakes_.notify_one();
}

void BackgroundJob::work() {
    while (true) {
        Job job;
        std::shared_ptr<Progress> progress;
        {
            std::unique_lock lock(mutex_);
            wakes_.wait(lock, [this] { return ends_ || waiting_ != nullptr; });
            if (ends_) return;
            job = std::exchange(waiting_, nullptr);
            progress = std::move(progress_of_waiting_);
        }
        job(progress);
    }
}

}  // namespace tocsin::gui
