// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/absent_memory.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace tocsin {
namespace {

// What a UFFDIO_REGISTER is about, as the kernel has taken it (linux/userfaultfd.h).
std::optional<MemoryRange> range_registered(const Operation& operation) {
    constexpr uint64_t kKind = 0xffff, kRegister = 0xaa00;
    if (operation.syscall->name != "ioctl") return std::nullopt;
    const Operand* command = operation.first_operand(OperandKind::kValue);
    const Operand* structure = operation.first_operand(OperandKind::kOutput);
    MemoryRange range;
    if (command == nullptr || (command->register_value & kKind) != kRegister ||
        structure == nullptr || !structure->exit || structure->exit->bytes.size() < sizeof range)
        return std::nullopt;
    const std::string_view bytes = structure->exit->bytes;
    std::memcpy(&range.begin, bytes.data(), sizeof range.begin);
    std::memcpy(&range.size, bytes.data() + sizeof range.begin, sizeof range.size);
    return range;
}

bool pages_out(const Operation& operation) {
    constexpr uint64_t kCold = 20, kPageOut = 21;  // madvise(2)
    if (operation.syscall->name != "process_madvise") return false;
    const Operand* advice = operation.operand_of(3, OperandKind::kValue);
    return advice != nullptr &&
           (advice->register_value == kCold || advice->register_value == kPageOut);
}

bool any_overlaps(const std::vector<MemoryRange>& ranges, const MemoryRange& other) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const MemoryRange& range) { return range.overlaps(other); });
}

}  // namespace

void AbsentMemory::observe(const std::shared_ptr<const Operation>& operation) {
    if (operation->is_orphan || operation->succeeded() == false) return;
    const int32_t process = operation->task->id.tgid;
    if (operation->syscall->group == SyscallGroup::kExec) {
        by_process_.erase(process);  // another program, in other memory
    } else if (operation->syscall->name == "userfaultfd") {
        by_process_[process].userfaultfd = operation;
    } else if (const auto range = range_registered(*operation)) {
        by_process_[process].answered_for.push_back(*range);
    } else if (pages_out(*operation) && process_reached(*operation) != 0) {
        auto& ranges = by_process_[process_reached(*operation)].paged_out;
        for (const MemoryRange& advised : ranges_reached(*operation)) ranges.push_back(advised);
    }
}

// Whether it has a userfaultfd, or one that may share its memory has, of which no range is
// recorded: another process may have registered them.
bool AbsentMemory::may_be_answered_for(const Operation& operation) const {
    const bool shares = operation.caller.sharers_of_memory > 1;
    return std::any_of(by_process_.begin(), by_process_.end(), [&](const auto& entry) {
        const auto& [process, known] = entry;
        if (known.userfaultfd == nullptr || !known.answered_for.empty()) return false;
        return process == operation.task->id.tgid ||
               (shares &&
                standing_of(known.userfaultfd->task, operation.task) == Standing::kSamePrincipal);
    });
}

std::string AbsentMemory::of(const Candidate& candidate) const {
    const Operation& operation = *candidate.operation;
    const Operand& name = candidate.subject();
    if (candidate.rule != Rule::kA2 || name.info.kind != OperandKind::kPath) return {};
    const size_t length = std::max(candidate.claim.size(), candidate.truth.size());
    const MemoryRange memory{name.register_value, length + 1};
    const auto at = by_process_.find(operation.task->id.tgid);
    if (at != by_process_.end() && any_overlaps(at->second.answered_for, memory))
        return "the name lay in memory that a userfaultfd answers for: who has that decides what "
               "the kernel reads";
    if (at != by_process_.end() && any_overlaps(at->second.paged_out, memory))
        return "another process had the memory with the name paged out, by process_madvise";
    if (may_be_answered_for(operation))
        return "the process has a userfaultfd, by which somebody may answer for its memory";
    return {};
}

}  // namespace tocsin
