// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/watch.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <utility>

namespace tocsin {
namespace {

using namespace std::chrono_literals;

constexpr auto kBeforeFirstLine = 1s;
constexpr auto kBetweenLines = 200ms;
constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP};

volatile std::sig_atomic_t caught = 0;

void note(int signal) {
    caught = signal;
}

}  // namespace

Watch::Watch(size_t traces)
    : traces_(traces),
      began_(std::chrono::steady_clock::now()),
      shows_(::isatty(STDERR_FILENO) == 1) {
    thread_ = std::thread([this] { run(); });
}

Watch::~Watch() {
    {
        const std::lock_guard lock(mutex_);
        is_over_ = true;
    }
    over_.notify_all();
    thread_.join();
    clear_line();
}

void Watch::take_signals() {
    struct sigaction action = {};
    action.sa_handler = note;
    // The second one finds what was there before: the end.
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    for (const int signal : kSignals) {
        struct sigaction before = {};
        // What the caller has told the program to ignore stays ignored, as under nohup(1).
        if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler != SIG_IGN)
            ::sigaction(signal, &action, nullptr);
    }
}

Progress& Watch::begin() {
    const std::lock_guard lock(mutex_);
    if (passes_.empty()) take_signals();
    Progress& progress = passes_.emplace_back().progress;
    if (is_cancelled_) progress.cancel();
    return progress;
}

void Watch::end(Progress& progress) {
    const std::lock_guard lock(mutex_);
    for (Pass& pass : passes_)
        if (&pass.progress == &progress) pass.is_over = true;
}

void Watch::cancel() {
    const std::lock_guard lock(mutex_);
    cancel_passes();
}

void Watch::cancel_passes() {
    is_cancelled_ = true;
    for (Pass& pass : passes_) pass.progress.cancel();
}

bool Watch::is_cancelled() {
    const std::lock_guard lock(mutex_);
    return is_cancelled_ || caught != 0;
}

Watch::Quiet::Quiet(Watch& watch) : watch_(watch) {
    const std::lock_guard lock(watch_.mutex_);
    watch_.is_quiet_ = true;
    watch_.clear_line();
}

Watch::Quiet::~Quiet() {
    const std::lock_guard lock(watch_.mutex_);
    watch_.is_quiet_ = false;
}

void Watch::run() {
    std::unique_lock lock(mutex_);
    while (!over_.wait_for(lock, kBetweenLines, [this] { return is_over_; })) {
        if (caught != 0) cancel_passes();
        const bool is_early = std::chrono::steady_clock::now() - began_ < kBeforeFirstLine;
        if (!shows_ || is_quiet_ || is_early) continue;
        has_line_ = true;
        fmt::print(stderr, "\r{}\x1b[K", line());
        std::fflush(stderr);
    }
}

// "tocsin: 41 % of 10214007 events, 4 s to go", and of several traces "; 3 of 12 traces done".
std::string Watch::line() {
    uint64_t in_all = 0, done = 0;
    size_t over = 0;
    for (const Pass& pass : passes_) {
        in_all += pass.progress.events_in_all();
        done += pass.progress.events_done();
        if (pass.is_over) ++over;
    }
    if (done == 0 || in_all == 0) return "tocsin: reading";
    const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(in_all));
    std::string text =
        fmt::format("tocsin: {} % of {} events", static_cast<int>(share * 100), in_all);
    if (traces_ > 1) return text + fmt::format("; {} of {} traces done", over, traces_);
    const std::chrono::duration<double> so_far = std::chrono::steady_clock::now() - began_;
    return text + fmt::format(", {:.0f} s to go", so_far.count() / share * (1 - share));
}

int Watch::caught_signal() {
    return caught;
}

Error interruption() {
    return Error{std::string("stopped by a signal (") + ::strsignal(Watch::caught_signal()) +
                 "), so what was written is not all"};
}

void Watch::clear_line() {
    if (std::exchange(has_line_, false)) fmt::print(stderr, "\r\x1b[K");
    std::fflush(stderr);
}

}  // namespace tocsin
