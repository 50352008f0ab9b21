// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/happens_before.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

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

// What is known of the first call where, and from when on.
struct Knowing {
    TaskId task;
    BootTime since;
};

}  // namespace

void HappensBefore::observe(const Event& event) {
    if (event.task == nullptr) return;
    if (const auto* fork = std::get_if<TaskForked>(&event.body)) {
        if (fork->child != nullptr)
            add({event.task->id, false, fork->child->id, event.time, event.time});
    } else if (const auto* exit = std::get_if<TaskExited>(&event.body)) {
        if (exit->last_thread)
            deaths_.insert_or_assign(event.task->id.tgid, Death{event.task->id, event.time});
    }
}

void HappensBefore::observe(const Operation& operation) {
    const auto pid = waited_for(operation);
    if (!pid || !operation.ended) return;
    const auto death = deaths_.find(*pid);
    if (death == deaths_.end() || death->second.time > *operation.ended) return;
    add({death->second.id, true, operation.task.id, death->second.time, *operation.ended});
    deaths_.erase(death);
}

void HappensBefore::add(Edge edge) {
    edges_.push_back(edge);
    if (edges_.size() <= kMostEdges) return;
    ++forgotten_;
    edges_.pop_front();
}

bool HappensBefore::is_ordered(const Operation& first, const Operation& second) const {
    if (!first.ended || *first.ended > second.began) return false;
    if (first.task.id == second.task.id) return true;
    std::vector<Knowing> knowing = {{first.task.id, *first.ended}};
    const auto knows = [&](const Edge& edge) {
        return std::any_of(knowing.begin(), knowing.end(), [&](const Knowing& one) {
            const bool is_it =
                edge.of_whole_process ? one.task.tgid == edge.from.tgid : one.task == edge.from;
            return is_it && one.since <= edge.at;
        });
    };
    auto edge =
        std::lower_bound(edges_.begin(), edges_.end(), *first.ended,
                         [](const Edge& known, BootTime time) { return known.then < time; });
    for (size_t i = 0; edge != edges_.end() && i < kMostLookedAt; ++edge, ++i) {
        if (edge->then > second.began) break;
        if (!knows(*edge)) continue;
        if (edge->to == second.task.id) return true;
        knowing.push_back({edge->to, edge->then});
    }
    return false;
}

}  // namespace tocsin
