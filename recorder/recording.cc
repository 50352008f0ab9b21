// SPDX-License-Identifier: Apache-2.0
#include "recorder/recording.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <map>
#include <numeric>

#include "recorder/machine.h"

namespace tocsin {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kPollInterval{100};
// What a killed recorder may lose at the most.
constexpr seconds kCheckpointInterval{1};

volatile std::sig_atomic_t stop_signal = 0;

void on_stop_signal(int signal) {
    stop_signal = signal;
}

using ParentOf = std::map<int, int>;

bool descends_from(int process, const std::vector<int>& ancestors, const ParentOf& parent_of) {
    for (size_t depth = 0; depth < parent_of.size(); ++depth) {
        const auto up = parent_of.find(process);
        if (up == parent_of.end()) return false;
        process = up->second;
        if (std::find(ancestors.begin(), ancestors.end(), process) != ancestors.end()) return true;
    }
    return false;
}

}  // namespace

void stop_on_signals() {
    struct sigaction action {};
    action.sa_handler = on_stop_signal;
    for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
    // nohup(1): ignored it stays.
    struct sigaction hangup {};
    sigaction(SIGHUP, nullptr, &hangup);
    if (hangup.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);  // a reader that left is a write error
    std::signal(SIGCHLD, SIG_DFL);  // ignored, it would leave no exit status to wait for
}

bool stop_was_asked() {
    return stop_signal != 0;
}

Result<> Recording::begin(const TraceHeader& header) {
    auto writer = TraceWriter::create(file_, header);
    if (!writer) return writer.error();
    writer_ = std::move(*writer);
    if (auto written = writer_->append(sample_clocks()); !written) return written;
    for (const int pid : options_.pids)
        if (auto followed = probes_.follow(pid); !followed) return followed.error();
    if (command_ != nullptr)
        if (auto followed = probes_.follow(command_->pid()); !followed) return followed.error();
    probes_.start();
    if (auto followed = follow_descendants(); !followed) return followed;
    return take_snapshot();
}

Result<> Recording::take_snapshot() {
    uint64_t sequence = 0;
    Result<> state;
    auto read = probes_.snapshot([&](std::span<const uint8_t> record) {
        const auto decoded = decoder_.decode(record);
        if (!decoded) {
            ++undecodable_;
            return;
        }
        Event event = **decoded;
        event.cpu = 0;
        event.sequence = ++sequence;
        if (state.ok()) state = writer_->append_found(event);
    });
    if (!read) return read;
    if (!state) return state;
    return writer_->flush();
}

// The descendants that a followed process has already. One of them may have a child between the
// look at it and the order to follow it, which then is not followed: look until nothing is new.
Result<> Recording::follow_descendants() {
    constexpr int kMostLooks = 10;
    bool found_new = !options_.pids.empty();
    for (int look = 0; found_new && look < kMostLooks; ++look) {
        ParentOf parent_of;
        auto read = probes_.snapshot([&](std::span<const uint8_t> record) {
            if (const auto event = decoder_.decode(record))
                if (const auto* found = std::get_if<TaskFound>(&(*event)->body);
                    found != nullptr && found->parent != nullptr)
                    parent_of[(*event)->task->id.tgid] = found->parent->id.tgid;
        });
        if (!read) return read;
        found_new = false;
        for (const auto& [child, parent] : parent_of) {
            if (!descends_from(child, options_.pids, parent_of)) continue;
            const auto is_new = probes_.follow(child);
            if (!is_new) return is_new.error();
            found_new = found_new || *is_new;
        }
    }
    return {};
}

void Recording::take(std::span<const uint8_t> record) {
    const auto event = decoder_.decode(record);
    if (!event)
        ++undecodable_;
    else if (write_state_.ok())
        write_state_ = writer_->append(**event);
}

LossCounts Recording::losses() const {
    LossCounts counts = probes_.losses();
    counts[static_cast<size_t>(LossCause::kUndecodable)] += undecodable_;
    return counts;
}

Result<> Recording::poll(milliseconds wait) {
    auto polled = probes_.poll(wait, [this](std::span<const uint8_t> record) { take(record); });
    return polled ? write_state_ : polled;
}

Result<> Recording::checkpoint() {
    if (auto flushed = writer_->flush(); !flushed) return flushed;
    const ClockSample sample = sample_clocks();
    if (auto written = writer_->append(RecordsLost{sample.time, writer_->events(), losses()});
        !written)
        return written;
    if (auto written = writer_->append(sample); !written) return written;
    return file_.sync();
}

std::string Recording::reason_to_stop(Clock::time_point began) {
    if (stop_was_asked()) return "stopped";
    if (command_ != nullptr && command_->poll_exit()) return "command-exited";
    if (options_.duration && Clock::now() - began >= *options_.duration) return "duration-over";
    return "";
}

void Recording::show_progress(bool last) {
    if (options_.verbosity == Verbosity::kQuiet || isatty(STDERR_FILENO) == 0) return;
    const LossCounts counts = losses();
    const std::string line = fmt::format(
        "\r\033[Ktocsin-record: {} events, {} lost{}", writer_->events(),
        std::accumulate(counts.begin(), counts.end(), uint64_t{0}), last ? "\r\033[K" : "");
    std::fputs(line.c_str(), stderr);  // fmt::print() would throw where stderr has gone
    std::fflush(stderr);
}

Result<> Recording::drain() {
    probes_.stop();
    uint64_t before = 0;
    do {
        before = writer_->events();
        if (auto polled = poll(milliseconds(0)); !polled) return polled;
    } while (writer_->events() != before);
    return checkpoint();
}

Error Recording::cut_short(const Error& reason) {
    probes_.stop();
    // A full disk often still takes a few hundred bytes: say there why the trace ends.
    const bool sealed = writer_->seal_without_flush("write-error").ok();
    return Error{reason.message + "; the trace holds what came before" +
                 (sealed ? ", and says so in its seal" : " and has no seal")};
}

Result<Recording::Summary> Recording::run() {
    const auto began = Clock::now();
    auto next_checkpoint = began + kCheckpointInterval;
    std::string reason;
    Result<> state;
    while (state.ok() && reason.empty()) {
        state = poll(kPollInterval);
        if (state.ok() && Clock::now() >= next_checkpoint) {
            state = checkpoint();
            next_checkpoint = Clock::now() + kCheckpointInterval;
            show_progress(false);
        }
        reason = reason_to_stop(began);
    }
    if (state.ok()) state = drain();
    if (state.ok()) state = writer_->seal(reason);
    show_progress(true);
    if (!state) return cut_short(state.error());
    if (auto synced = file_.sync(); !synced) return synced.error();
    return Summary{writer_->events(), writer_->bytes(), losses(), reason, writer_->chain_hash()};
}

}  // namespace tocsin
