// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/signals.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "formats/hooks.h"

namespace tocsin {
namespace {

constexpr int64_t kFirstRealTime = 32;  // signal(7): SIGRTMIN as the kernel counts
constexpr size_t kMostCalls = 65536;    // as many as the recorder follows

bool sends_signals(const SyscallInfo& call) {
    constexpr std::array<std::string_view, 6> kNames = {
        "kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"};
    return call.group == SyscallGroup::kProcess &&
           std::find(kNames.begin(), kNames.end(), call.name) != kNames.end();
}

}  // namespace

std::optional<Heard> Signals::observe(const Event& event) {
    if (const auto* entered = std::get_if<SyscallEntered>(&event.body)) {
        note_call(event, *entered);
    } else if (std::holds_alternative<SyscallReturned>(event.body)) {
        if (event.call && !sending_.empty()) sending_.erase(*event.call);
    } else if (const auto* exit = std::get_if<TaskExited>(&event.body)) {
        forget(*exit, event.task->id);
    } else if (const auto* hook = std::get_if<HookFired>(&event.body)) {
        const OrderHook kind = order_hook(hook->hook);
        if (kind == OrderHook::kSignalQueued) queue(event, hook->detail);
        if (kind == OrderHook::kSignalTaken) return take(event, hook->detail);
    }
    return std::nullopt;
}

// In all of these calls the signal is the first plain value.
void Signals::note_call(const Event& event, const SyscallEntered& body) {
    const SyscallInfo* call = find_syscall(body.number);
    if (call == nullptr || !event.call || !sends_signals(*call)) return;
    if (sending_.size() == kMostCalls) forget_all();
    for (const Claim& claim : body.claims) {
        if (claim.kind != OperandKind::kValue) continue;
        sending_[*event.call] = static_cast<int32_t>(claim.register_value);
        return;
    }
}

void Signals::queue(const Event& event, int64_t receiver) {
    if (!event.call) return;
    const auto sending = sending_.find(*event.call);
    if (sending == sending_.end()) return;
    if (queued_ == kMostQueued) forget_all();
    auto& queue = queues_[{receiver, sending->second}];
    if (sending->second < kFirstRealTime) {
        queued_ -= queue.size();
        queue.clear();
    }
    queue.push_back({event.task->id, event.time});
    ++queued_;
}

// A thread takes what is for itself before what is for its process.
std::optional<Heard> Signals::take(const Event& event, int64_t signal) {
    const TaskId& taker = event.task->id;
    const auto own = queues_.find({taker.tid, signal});
    const auto shared = queues_.find({-int64_t{taker.tgid}, signal});
    std::optional<Heard> heard;
    bool is_of_one = true;
    for (const auto& queue : {own, shared}) {
        if (queue == queues_.end()) continue;
        for (const Sent& sent : queue->second) {
            if (!heard) heard = Heard{sent.from, sent.at, {}};
            heard->at = std::min(heard->at, sent.at);
            is_of_one &= heard->from == sent.from;
        }
    }
    // Nothing was queued before what was queued once for the thread alone.
    const bool is_certain = own != queues_.end() && signal < kFirstRealTime;
    if (heard && is_certain) heard->rests_on = heard->at;
    const auto taken = own != queues_.end() ? own : shared;
    if (taken != queues_.end()) {
        taken->second.pop_front();
        --queued_;
        if (taken->second.empty()) queues_.erase(taken);
    }
    return is_of_one && (is_certain || !has_forgotten_) ? heard : std::nullopt;
}

void Signals::forget(const TaskExited& exit, const TaskId& task) {
    const auto erase = [&](int64_t receiver) {
        for (auto at = queues_.lower_bound({receiver, 0});
             at != queues_.end() && at->first.receiver == receiver; at = queues_.erase(at))
            queued_ -= at->second.size();
    };
    erase(task.tid);
    if (exit.last_thread) erase(-int64_t{task.tgid});
}

void Signals::forget_all() {
    sending_.clear();
    queues_.clear();
    queued_ = 0;
    has_forgotten_ = true;
}

}  // namespace tocsin
