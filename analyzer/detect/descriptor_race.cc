// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/descriptor_race.h"

#include <optional>
#include <string>
#include <string_view>

#include "analyzer/detect/mutations.h"
#include "analyzer/replay/descriptor_changes.h"

namespace tocsin {
namespace {

// Whether what the descriptor stands for matters to the call.
bool is_used(const Operation& operation, const Operand& descriptor) {
    const OperandKind kind = descriptor.info.kind;
    if (kind == OperandKind::kReadFd || kind == OperandKind::kWriteFd) return true;
    if (kind != OperandKind::kDirfd || operation.syscall->group == SyscallGroup::kDescriptor)
        return false;
    for (const Operand& name : operation.operands)
        if (name.info.kind == OperandKind::kPath &&
            name.info.argument == descriptor.info.argument + 1)
            return !name.text().starts_with('/');
    return true;
}

bool is_one(const std::weak_ptr<FdTable>& a, const std::weak_ptr<FdTable>& b) {
    return !a.owner_before(b) && !b.owner_before(a);
}

}  // namespace

void DescriptorRaceDetector::observe(const std::shared_ptr<const Operation>& operation,
                                     const WorldState& world, CandidateSink& sink) {
    const Process* process = world.find(operation->task->id);
    if (operation->is_orphan || process == nullptr || process->has_tables) return;
    if (process->threads <= 1 && process->fds.use_count() <= 1) return;
    for (size_t i = 0; i < operation->operands.size() && !operation->entry_missing; ++i) {
        const Operand& operand = operation->operands[i];
        if (is_used(*operation, operand) && operand.as_int() >= 0)
            use(operation, i, operand.as_int(), process->fds, sink);
    }
    note_change(operation, process->fds.get());
}

void DescriptorRaceDetector::use(const std::shared_ptr<const Operation>& operation, size_t operand,
                                 int fd, const std::shared_ptr<FdTable>& table,
                                 CandidateSink& sink) {
    const auto key = std::pair(operation->task->id.tid, fd);
    const FdTable::Slot* slot = table->find(fd);
    if (slot == nullptr || slot->object == nullptr) {
        in_use_.erase(key);
        return;
    }
    InUse now{operation, operand, table, slot->generation, slot->object};
    const auto before = in_use_.find(key);
    if (before != in_use_.end() && is_one(before->second.table, now.table) &&
        before->second.operation->task->id == operation->task->id &&
        before->second.generation != now.generation &&
        !(before->second.object->link.id == now.object->link.id)) {
        const auto change = changes_.find({table.get(), fd});
        if (change != changes_.end() && change->second->task->id.tid != operation->task->id.tid)
            put(before->second, now, fd, change->second, sink);
    }
    ++coverage_.used;
    if (in_use_.size() >= kMostInUse) {
        coverage_.forgotten += in_use_.size();
        in_use_.clear();
    }
    in_use_.insert_or_assign(key, std::move(now));
}

void DescriptorRaceDetector::put(const InUse& before, const InUse& now, int fd,
                                 const std::shared_ptr<const Operation>& change,
                                 CandidateSink& sink) const {
    if (!can_be_between(*change, *before.operation, *now.operation, kClockUncertaintyNs)) return;
    const CheckedUse pair{before.operation, before.operand, now.operation, now.operand,
                          "descriptor " + std::to_string(fd)};
    NameRace race = race_of(pair);
    race.expected = before.object;
    race.found = now.object;
    race.expected_id = before.object->link.id;
    race.found_id = now.object->link.id;
    race.place.file = before.object;
    race.place.child = race.expected_id;
    Mutation& mutation = mutation_by(race, *now.operation, change);
    mutation.explains = true;
    mutation.place = race.place;
    race.explanation = 0;
    const auto gap = gap_between(decision_of(*before.operation), decision_of(*now.operation));
    const auto age = gap_between(effect_of(*change), decision_of(*now.operation));
    tocsin::put(Rule::kD1, pair, std::move(race), {{{gap, age}}, {}}, sink);
}

void DescriptorRaceDetector::note_change(const std::shared_ptr<const Operation>& operation,
                                         const FdTable* table) {
    if (operation->syscall->name == "close_range")
        std::erase_if(in_use_, [&](const auto& entry) {
            return entry.first.first == operation->task->id.tid;
        });
    const auto fd = descriptor_changed_by(*operation);
    if (!fd) return;
    in_use_.erase({operation->task->id.tid, *fd});
    if (changes_.size() >= kMostInUse) {
        coverage_.forgotten += changes_.size();
        changes_.clear();
    }
    changes_.insert_or_assign({table, *fd}, operation);
}

}  // namespace tocsin
