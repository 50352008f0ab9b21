// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/happens_before.h"

#include <algorithm>
#include <cstring>

namespace tocsin {
namespace {

// Whom a wait found; nullopt: nobody, or not recorded. Its child may only have stopped.
std::optional<int32_t> waited_for(const Operation& operation) {
    if (operation.syscall->group != SyscallGroup::kWait || operation.result.value_or(-1) < 0)
        return std::nullopt;
    if (operation.syscall->name == "wait4") return static_cast<int32_t>(*operation.result);
    // waitid(2): si_pid of the siginfo_t that it filled in.
    constexpr size_t kPidAt = 12;
    const Operand* info = operation.first_operand(OperandKind::kOutput);
    int32_t pid = 0;
    if (info == nullptr || !info->exit || info->exit->bytes.size() < kPidAt + sizeof pid)
        return std::nullopt;
    std::memcpy(&pid, info->exit->bytes.data() + kPidAt, sizeof pid);
    return pid;
}

constexpr size_t kMostWoken = 4096;  // threads whose next record has not come
constexpr size_t kMostWakings = 8;   // of one of them; of more, the oldest are forgotten

// Who knows of the first call, from when on, and what that rests on.
struct Knowing {
    TaskId task;
    BootTime since;
    BootTime rests_on;
};

// Keeps for each who knows the earliest time.
bool learns(std::vector<Knowing>& knowing, const Knowing& news) {
    for (Knowing& known : knowing) {
        if (known.task != news.task) continue;
        if (known.since <= news.since) return false;
        known = news;
        return true;
    }
    knowing.push_back(news);
    return true;
}

}  // namespace

void HappensBefore::observe(const Event& event, const WorldState& world) {
    if (event.task == nullptr) return;
    channels_.observe(event);
    hear(event, world);
    if (const auto* fork = std::get_if<TaskForked>(&event.body)) {
        if (fork->child == nullptr) return;
        const TaskId& child = fork->child->id;
        const Party party{own(*fork->child), world.caller(child).image};
        add({event.task->id, false, party, event.time, event.time, {}});
    } else if (const auto* exit = std::get_if<TaskExited>(&event.body)) {
        if (exit->last_thread)
            deaths_.insert_or_assign(event.task->id.tgid, Death{event.task->id, event.time});
    }
}

// What a record of the thread says that it must have heard by now.
void HappensBefore::hear(const Event& event, const WorldState& world) {
    std::vector<Heard> heard = take_wakings(event.task->id.tid);
    const bool is_hook = std::holds_alternative<HookFired>(event.body);
    if (!is_hook && !std::holds_alternative<TaskExited>(event.body) && heard.empty()) {
        signals_.observe(event);
        return;
    }
    if (const auto sent = signals_.observe(event)) heard.push_back(*sent);
    for (const Heard& held : locks_.observe(event)) heard.push_back(held);
    note_waking(event);
    if (heard.empty()) return;
    const Party party{own(*event.task), world.caller(event.task->id).image};
    for (const Heard& one : heard)
        add({one.from, one.from_whole_process, party, one.at, event.time, one.rests_on});
}

// Who sleeps does nothing until it is woken: all that it does later comes later.
std::vector<Heard> HappensBefore::take_wakings(int32_t tid) {
    if (wakings_.empty()) return {};
    const auto own = wakings_.find(tid);
    if (own == wakings_.end()) return {};
    std::vector<Heard> wakings(own->second.begin(), own->second.end());
    wakings_.erase(own);
    return wakings;
}

void HappensBefore::note_waking(const Event& event) {
    const auto* hook = std::get_if<HookFired>(&event.body);
    if (hook == nullptr || order_hook(hook->hook) != OrderHook::kWaking) return;
    // To forget one only says less.
    if (wakings_.size() == kMostWoken) wakings_.clear();
    auto& wakings = wakings_[static_cast<int32_t>(hook->detail)];
    if (wakings.size() == kMostWakings) wakings.pop_front();
    wakings.push_back({event.task->id, event.time, event.time});
}

void HappensBefore::observe(const Operation& operation) {
    if (!operation.ended) return;
    const auto caller = [&] { return Party{operation.task, operation.caller.image}; };
    if (const auto heard = channels_.heard_by(operation))
        add({heard->from, heard->from_whole_process, caller(), heard->at, *operation.ended,
             heard->rests_on});
    const auto pid = waited_for(operation);
    if (!pid) return;
    const auto death = deaths_.find(*pid);
    if (death == deaths_.end() || death->second.time > *operation.ended) return;
    add({death->second.id, true, caller(), death->second.time, *operation.ended, {}});
    deaths_.erase(death);
}

void HappensBefore::add(Edge edge) {
    if (in_order_.size() == kMostEdges) {
        const auto oldest = edges_.find(in_order_.front());
        oldest->second.pop_front();
        if (oldest->second.empty()) edges_.erase(oldest);
        in_order_.pop_front();
        ++forgotten_;
    }
    in_order_.push_back(edge.from.tgid);
    edges_[edge.from.tgid].push_back(std::move(edge));
}

bool HappensBefore::is_ordered_by_lineage(const Operation& first, const Operation& second) const {
    return order(first, second, [](const Edge& edge) { return !edge.rests_on; }).has_value();
}

std::optional<BootTime> HappensBefore::ordered_through(const IsTrusted& is_trusted,
                                                       const Operation& first,
                                                       const Operation& second) const {
    return order(first, second, [&](const Edge& edge) { return is_trusted(edge.to); });
}

std::optional<BootTime> HappensBefore::order(const Operation& first, const Operation& second,
                                             const Follows& follows) const {
    if (!first.ended || *first.ended > second.began) return std::nullopt;
    if (first.task->id == second.task->id) return first.began;
    std::vector<Knowing> knowing = {{first.task->id, *first.ended, first.began}};
    size_t looked_at = 0;
    // Who learns of it earlier than was known tells it anew.
    for (std::vector<Knowing> telling = knowing; !telling.empty();) {
        const Knowing teller = telling.back();
        telling.pop_back();
        const auto edges = edges_.find(teller.task.tgid);
        if (edges == edges_.end()) continue;
        auto edge =
            std::lower_bound(edges->second.begin(), edges->second.end(), teller.since,
                             [](const Edge& known, BootTime time) { return known.then < time; });
        for (; edge != edges->second.end() && edge->then <= second.began; ++edge) {
            if (++looked_at > kMostLookedAt) return std::nullopt;
            const bool is_of_teller = edge->of_whole_process || edge->from == teller.task;
            if (!is_of_teller || edge->at < teller.since) continue;
            const Knowing news{edge->to.task->id, edge->then,
                               std::min(teller.rests_on, edge->rests_on.value_or(edge->then))};
            if (!follows(*edge)) continue;
            if (news.task == second.task->id) return news.rests_on;
            if (learns(knowing, news)) telling.push_back(news);
        }
    }
    return std::nullopt;
}

}  // namespace tocsin
