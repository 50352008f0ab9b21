// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/trace_stats.h"

#include <algorithm>
#include <bit>

#include "analyzer/replay/open_flags.h"

namespace tocsin {
namespace {

bool may_write(const Operation& operation) {
    const uint64_t flags = open_flags_of(operation);
    return (flags & (kOpenAccessMode | kOpenCreate | kOpenTruncate)) != 0;
}

bool is_watch(std::string_view call) {
    return call == "inotify_add_watch" || call == "fanotify_mark";
}

bool changes(const Operation& operation) {
    if (!operation.succeeded().value_or(true)) return false;
    switch (operation.syscall->group) {
        case SyscallGroup::kChange:
            return !is_watch(operation.syscall->name);
        case SyscallGroup::kContent:
            return true;
        case SyscallGroup::kOpen:
            return may_write(operation);
        default:
            return false;
    }
}

template <typename Key, typename Value>
std::vector<Value> values_of(const std::map<Key, Value>& map) {
    std::vector<Value> values;
    values.reserve(map.size());
    for (const auto& [key, value] : map) values.push_back(value);
    return values;
}

}  // namespace

void Latencies::add(uint64_t ns) {
    // The two bits below the highest one tell the parts of a doubling apart.
    const uint64_t value = std::max<uint64_t>(ns, kParts);
    const auto doubling = static_cast<size_t>(std::bit_width(value) - 1);
    const size_t part = (value >> (doubling - 2)) & (kParts - 1);
    ++buckets_[doubling * kParts + part];
    ++count_;
    most_ = std::max(most_, ns);
}

std::optional<uint64_t> Latencies::quantile_ns(unsigned percent) const {
    if (count_ == 0) return std::nullopt;
    const uint64_t wanted = count_ - count_ * (100 - percent) / 100;
    uint64_t seen = 0;
    for (size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
        seen += buckets_[bucket];
        if (seen < wanted) continue;
        const size_t doubling = bucket / kParts;
        const uint64_t parts = kParts + bucket % kParts + 1;  // of the end, in quarters
        return std::min(most_, (parts << doubling) / kParts - 1);
    }
    return most_;
}

size_t TraceStats::interval_of(BootTime time) const {
    const uint64_t since = time.ns < first_.ns ? 0 : time.ns - first_.ns;
    return std::min<size_t>(since / interval_ns(), kIntervals - 1);
}

uint64_t TraceStats::interval_ns() const {
    const uint64_t span = last_.ns < first_.ns ? 0 : last_.ns - first_.ns;
    return span / kIntervals + 1;
}

void TraceStats::observe(const Operation& operation) {
    if (operation.is_orphan) return;
    ++all_calls_;
    ++rate_[interval_of(operation.began)];
    const bool has_failed = operation.succeeded() == false;
    const bool has_changed = changes(operation);

    CallStats& call = calls_[operation.syscall->name];
    ++call.calls;
    call.failed += has_failed;
    call.unfinished += operation.unfinished;
    if (operation.ended && !operation.entry_missing)
        call.latencies.add(operation.ended->ns < operation.began.ns
                               ? 0
                               : operation.ended->ns - operation.began.ns);
    constexpr int64_t kMostErrno = 4095;
    if (operation.result && *operation.result < 0 && *operation.result >= -kMostErrno)
        ++errors_[static_cast<int32_t>(-*operation.result)];

    const ProcessImage* image = operation.caller.image.get();
    const uint64_t started = image != nullptr ? image->process.started.ns : 0;
    ProcessStats& process = processes_[{operation.task->id.tgid, started}];
    process.id = operation.task->id;
    process.credentials = operation.task->credentials;
    process.comm = operation.task->comm;
    process.image = operation.caller.image;
    ++process.calls;
    process.failed += has_failed;
    process.changes += has_changed;

    const FileObject* found = operation.object();
    if (found == nullptr || found->link.id == ObjectId{}) return;
    const ObjectId& id = found->link.id;
    if (files_.size() >= kMostFiles && !files_.contains(id)) {
        ++on_other_files_;
        return;
    }
    FileStats& file = files_[id];
    for (const auto& object : operation.objects)
        if (object.file.get() == found) file.file = object.file;
    ++file.calls;
    file.changes += has_changed;
}

std::vector<ProcessStats> TraceStats::processes() const {
    return values_of(processes_);
}

std::vector<FileStats> TraceStats::files() const {
    return values_of(files_);
}

}  // namespace tocsin
