// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/memory_writers.h"

#include <algorithm>
#include <charconv>

#include "analyzer/detect/reached_memory.h"
#include "analyzer/replay/open_flags.h"

namespace tocsin {
namespace {

// What the argument takes in memory. A vector's strings lie elsewhere: their place is not known.
MemoryRange range_of(const Candidate& candidate) {
    return {candidate.subject().register_value,
            std::max(candidate.claim.size(), candidate.truth.size())};
}

bool is_poke(const Operation& operation) {
    constexpr uint64_t kPokeText = 4, kPokeData = 5;  // ptrace(2)
    if (operation.syscall->name != "ptrace") return false;
    const Operand* request = operation.first_operand(OperandKind::kValue);
    return request != nullptr &&
           (request->register_value == kPokeText || request->register_value == kPokeData);
}

std::vector<MemoryRange> ranges_written(const Operation& operation) {
    if (!is_poke(operation)) return ranges_reached(operation);
    const Operand* address = operation.operand_of(2, OperandKind::kValue);
    if (operation.result != 0 || address == nullptr) return {};
    return {{address->register_value, sizeof(long)}};
}

// The kernel's where it is recorded, else what was claimed.
uint8_t first_byte(const Operand& operand) {
    const std::string_view bytes = operand.text();
    return bytes.empty() ? 0 : static_cast<uint8_t>(bytes.front());
}

bool is_open_for_writing(const Operation& operation) {
    if (operation.result.value_or(-1) < 0) return false;
    uint64_t flags = 0;
    if (const Operand* operand = operation.first_operand(OperandKind::kFlags))
        flags = operand->register_value;
    else if (const Operand* how = operation.first_operand(OperandKind::kOpenHow))
        flags = first_byte(*how);
    else if (operation.syscall->name == "creat")
        flags = 1;
    return (flags & kOpenAccessMode) != 0;
}

// The process whose /proc/PID/mem or /proc/PID/task/TID/mem the file is.
std::optional<int32_t> owner_of_memory_file(const FileObject& file) {
    constexpr unsigned kMajorShift = 20;
    const bool has_block_device = file.file().id.device >> kMajorShift != 0;
    if (file.file().name != "mem" || has_block_device) return std::nullopt;
    const auto chain = file.chain();
    const bool is_of_thread = chain.size() > 4 && chain[2]->name == "task";
    const size_t process = is_of_thread ? 3 : 1;
    if (chain.size() <= process + 1 || chain[process + 1]->name != "proc") return std::nullopt;
    const std::string_view name = chain[process]->name;
    int32_t pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
    return pid;
}

// Whether the call was under way when the argument could change unseen, limits included: from when
// a supervisor had read it, else from the entry on.
bool meets(const Operation& operation, const Candidate& candidate) {
    const Operation& victim = *candidate.operation;
    const BootTime since = candidate.supervisor ? candidate.supervisor->time : victim.began;
    return operation.began <= victim.last_time() && since <= operation.last_time();
}

// Whether the call ended before the victim was born: it reached another process of that id. Of a
// victim's later threads the process's own birth is not known here.
bool is_older(const Operation& operation, const Operation& victim) {
    const TaskId& id = victim.task->id;
    return id.tid == id.tgid && operation.last_time() < id.started;
}

}  // namespace

void MemoryWriters::observe(const std::shared_ptr<const Operation>& operation) {
    if (operation->is_orphan) return;
    if (operation->syscall->group == SyscallGroup::kMemory || is_poke(*operation)) {
        by_target_[process_reached(*operation)].push_back({operation, false});
    } else if (operation->syscall->group == SyscallGroup::kOpen && operation->object() != nullptr &&
               is_open_for_writing(*operation)) {
        const auto owner = owner_of_memory_file(*operation->object());
        if (owner)
            by_target_[operation->target_process.value_or(*owner)].push_back({operation, true});
    }
}

std::optional<MemoryWriter> MemoryWriters::writer_of(const Candidate& candidate) const {
    const Operation& victim = *candidate.operation;
    if (candidate.check() != nullptr) return std::nullopt;
    if (candidate.rule == Rule::kOrphan || candidate.rule == Rule::kA2) return std::nullopt;
    const auto at = by_target_.find(victim.task->id.tgid);
    if (at == by_target_.end()) return std::nullopt;
    const MemoryRange argument = range_of(candidate);
    std::optional<MemoryWriter> able;
    for (const Means& means : at->second) {
        const Operation& operation = *means.operation;
        if (operation.task->id.tgid == victim.task->id.tgid || is_older(operation, victim))
            continue;
        MemoryWriter writer{operation.task, operation.caller, std::string(operation.syscall->name),
                            operation.entry_event.value_or(EventRef{}), Truth::kUnknown};
        if (means.is_open) {
            writer.how = "/proc/" + std::to_string(victim.task->id.tgid) +
                         "/mem, which it had opened for writing";
            if (operation.began <= victim.last_time()) able = std::move(writer);
            continue;
        }
        const auto ranges = ranges_written(operation);
        const bool wrote = meets(operation, candidate) &&
                           std::any_of(ranges.begin(), ranges.end(), [&](const MemoryRange& range) {
                               return range.overlaps(argument);
                           });
        if (!wrote) continue;
        writer.truth = Truth::kYes;
        return writer;
    }
    return able;
}

}  // namespace tocsin
