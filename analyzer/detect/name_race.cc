// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/name_race.h"

#include <optional>
#include <vector>

#include "analyzer/replay/name_text.h"
#include "analyzer/replay/open_flags.h"

namespace tocsin {
namespace {

constexpr uint64_t kOpenTreeClone = 1;  // open_tree(2): without it, an open with O_PATH

bool is_use(const Operation& operation) {
    if (operation.syscall->group == SyscallGroup::kOpen)
        return (open_flags_of(operation) & kOpenPath) == 0;
    if (operation.syscall->name == "open_tree") {
        const Operand* flags = operation.first_operand(OperandKind::kFlags);
        return flags != nullptr && (flags->register_value & kOpenTreeClone) != 0;
    }
    return operation.syscall->group != SyscallGroup::kCheck;
}

// Of an orphan it is not known which directory a name starts from. That of an open is recorded.
bool starts_at_root(const Operation& orphan) {
    const Operand* name = orphan.first_operand(OperandKind::kPath);
    return name != nullptr && name->text().starts_with('/');
}

// Leaves out the places above the directory that the name is relative to: the kernel knows them,
// and did not look anything up there.
void keep_walked(NameLookup& lookup, const ObjectId& start) {
    std::vector<Binding> walked;
    size_t chain = 0;
    for (Binding& binding : lookup.bindings) {
        if (binding.file->parent->parent == nullptr) chain = walked.size();
        const bool is_start = binding.child == start && &binding != &lookup.leaf();
        walked.push_back(std::move(binding));
        if (is_start) walked.resize(chain);
    }
    lookup.bindings = std::move(walked);
}

}  // namespace

BootTime decision_of(const Operation& operation) {
    return operation.decided.value_or(operation.ended.value_or(operation.began));
}

BootTime effect_of(const Operation& operation) {
    return decision_of(operation);
}

NameRaceDetector::NameRaceDetector(const NameRaceLimits& limits)
    : checks_(limits.checks),
      cell_changes_(limits.changes),
      file_changes_(limits.changes),
      held_(cell_changes_, file_changes_) {}

void NameRaceDetector::observe(const std::shared_ptr<const Operation>& operation,
                               const WorldState& world, CandidateSink& sink) {
    note_changes(operation);
    held_.settle(operation->last_time(), sink);
    if (operation->is_orphan && !starts_at_root(*operation)) return;
    held_.sees(operation->task);
    if (operation->succeeded() == false && is_use(*operation))
        for (size_t i = 0; i < operation->operands.size(); ++i)
            if (!end_of_name(*operation, i)) look_at_failure(operation, i, world);
    for (size_t i = 0; i < operation->operands.size(); ++i)
        if (auto end = end_of_name(*operation, i)) look_at(operation, std::move(*end), world);
}

void NameRaceDetector::note_changes(const std::shared_ptr<const Operation>& operation) {
    for (BindingChange& change : binding_changes(*operation)) {
        ++coverage_.changes;
        swaps_.note(cell_changes_.note(operation, std::move(change)));
    }
    for (ObjectChange& change : object_changes(*operation))
        file_changes_.note(operation, std::move(change));
}

void NameRaceDetector::look_at(const std::shared_ptr<const Operation>& operation, NameEnd end,
                               const WorldState& world) {
    ++coverage_.looked_up;
    auto name = absolute_name(*operation, operation->operands[end.operand], world);
    if (!name) {
        ++coverage_.of_unknown_place;
        return;
    }
    const size_t operand = end.operand;
    const auto after = end.after;
    if (is_use(*operation)) {
        ++coverage_.uses;
        if (const NameChecks::Check* check = checks_.before(*operation, *name, world)) {
            ++coverage_.uses_compared;
            compare({check->operation, check->operand, operation, operand, *name}, std::move(end),
                    check->after, world);
        }
    }
    checks_.note(operation, operand, after, std::move(*name), world);
}

// Of a use that failed before any hook told what its name led to.
void NameRaceDetector::look_at_failure(const std::shared_ptr<const Operation>& operation,
                                       size_t operand, const WorldState& world) {
    if (!is_name(*operation, operation->operands[operand])) return;
    const auto name = absolute_name(*operation, operation->operands[operand], world);
    if (!name) return;
    if (const NameChecks::Check* check = checks_.before(*operation, *name, world))
        held_.add({check->operation, check->operand, operation, operand, *name}, std::nullopt,
                  world.mount_namespaces());
}

void NameRaceDetector::compare(CheckedUse pair, NameEnd end, const ObjectId& checked,
                               const WorldState& world) {
    const bool is_same_file = checked == end.child && !end.found_nothing();
    NameLookup lookup = lookup_of(*pair.use, std::move(end));
    if (!is_same_file && swaps_.compare(pair, *lookup_of(*pair.check, pair.check_operand), checked,
                                        lookup, cell_changes_))
        return;
    const auto start =
        start_of(*pair.use, pair.use->operands[pair.operand], *world.find(pair.use->task->id));
    if (start && start->directory) keep_walked(lookup, start->directory->link.id);
    held_.add(std::move(pair), std::move(lookup), world.mount_namespaces());
}

void NameRaceDetector::finish(CandidateSink& sink) {
    swaps_.finish(sink);
    held_.finish(sink);
    coverage_.checks_forgotten = checks_.forgotten();
    coverage_.changes_forgotten = cell_changes_.forgotten() + file_changes_.forgotten();
    coverage_.of_unknown_mounts = held_.of_unknown_mounts();
    coverage_.exposures_left_out = held_.exposures_left_out();
    sink.covered(coverage_);
}

}  // namespace tocsin
