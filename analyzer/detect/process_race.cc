// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/process_race.h"

#include <charconv>
#include <string_view>
#include <vector>

#include "analyzer/detect/forget.h"
#include "analyzer/detect/mutations.h"

namespace tocsin {
namespace {

constexpr uint32_t kInitialPidNamespace = 0xeffffffc;  // PROC_PID_INIT_INO, linux/proc_ns.h

bool is_in_initial_namespace(const Namespaces& namespaces) {
    return namespaces.pid == kInitialPidNamespace || namespaces.pid == 0;
}

// "/proc/4711/stat": 4711. Names relative to a descriptor of /proc are not followed.
std::optional<int32_t> pid_in(std::string_view path) {
    constexpr std::string_view kProc = "/proc/";
    if (!path.starts_with(kProc)) return std::nullopt;
    path.remove_prefix(kProc.size());
    const std::string_view digits = path.substr(0, path.find('/'));
    int32_t pid = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), pid);
    if (error != std::errc() || end != digits.end() || pid <= 0) return std::nullopt;
    return pid;
}

// Whether the id is one of a process: a wait's is of a child, whose it stays until then; a second
// one is of a group or a thread, but for kcmp(2). setpriority(2) and ioprio_set(2) say which it is.
bool names_a_process(const Operation& operation, const Operand& pid) {
    const std::string_view name = operation.syscall->name;
    if (operation.syscall->group == SyscallGroup::kWait) return false;
    if (&pid != operation.first_operand(OperandKind::kPid)) return name == "kcmp";
    if (name != "setpriority" && name != "ioprio_set") return true;
    const Operand* which = operation.first_operand(OperandKind::kValue);
    const uint64_t process = name == "setpriority" ? 0 : 1;
    return which != nullptr && which->register_value == process;
}

// The processes that the call names by their ids, each with the operand that does.
std::vector<std::pair<size_t, int32_t>> pids_of(const Operation& operation) {
    std::vector<std::pair<size_t, int32_t>> pids;
    if (operation.entry_missing) return pids;
    for (size_t i = 0; i < operation.operands.size(); ++i) {
        const Operand& operand = operation.operands[i];
        std::optional<int32_t> pid;
        if (operand.info.kind == OperandKind::kPath)
            pid = pid_in(operand.text());
        else if (operand.info.kind == OperandKind::kPid && names_a_process(operation, operand))
            pid = operand.as_int();
        if (pid && *pid > 0 && *pid != operation.task->id.tgid) pids.emplace_back(i, *pid);
    }
    return pids;
}

bool changes_rights(const Operation& operation) {
    const SyscallGroup group = operation.syscall->group;
    return (group == SyscallGroup::kCredentials || group == SyscallGroup::kExec) &&
           operation.task_after && operation.task_after->credentials != operation.task->credentials;
}

ProcessSeen seen(const Process& process) {
    TaskState state = process.last_seen;
    state.id = process.id;
    return {std::move(state), process.image};
}

bool is_same_process(const ProcessSeen& a, const ProcessSeen& b) {
    return a.state.id.tgid == b.state.id.tgid &&
           (a.state.id.started == b.state.id.started || a.state.id.started.ns == 0 ||
            b.state.id.started.ns == 0);
}

void add_reasoning(Candidate& candidate) {
    const ProcessRace& race = *candidate.process_race;
    auto& predicates = candidate.predicates;
    if (race.is_another_process()) {
        predicates.push_back({Truth::kYes, "the processes of that id began at different times"});
    } else {
        predicates.push_back({Truth::kYes, "it is the same process, with other credentials"});
        predicates.push_back(
            race.change
                ? Predicate{Truth::kYes, "a recorded call of its own gave it these"}
                : Predicate{Truth::kUnknown, "the call that gave it these is not recorded"});
    }
    candidate.counter_hypothesis =
        race.is_another_process()
            ? "A pid that was taken over by chance after its process ended, and a caller that "
              "did not notice. It still acted on a process that it had not looked at."
            : "A process that takes on or gives up rights as it is meant to, such as a login, "
              "and a caller that only wants to know about it.";
}

}  // namespace

bool ProcessRace::is_another_process() const {
    return !is_same_process(expected, found);
}

void ProcessRaceDetector::observe(const std::shared_ptr<const Operation>& operation,
                                  const WorldState& world, CandidateSink& sink) {
    if (operation->is_orphan) return;
    if (changes_rights(*operation)) note_change_of_rights(operation);
    for (const auto& [operand, pid] : pids_of(*operation))
        name(operation, operand, pid, world, sink);
    if (operation->syscall->group == SyscallGroup::kExec && operation->succeeded() == true)
        note_start(operation, world);
}

void ProcessRaceDetector::note_change_of_rights(const std::shared_ptr<const Operation>& operation) {
    if (changes_.size() >= kMostNamed) {
        coverage_.forgotten += changes_.size();
        changes_.clear();
    }
    changes_.insert_or_assign(operation->task->id.tgid, operation);
}

// A set-uid program acts for its parent.
void ProcessRaceDetector::note_start(const std::shared_ptr<const Operation>& operation,
                                     const WorldState& world) {
    if (!operation->task_after) return;
    const Credentials& ids = operation->task_after->credentials;
    if (ids.uid == ids.euid && ids.gid == ids.egid) return;
    const Process* process = world.find(operation->task_after->id);
    const Process* parent =
        process != nullptr && process->parent ? world.find(*process->parent) : nullptr;
    if (parent == nullptr || !is_in_initial_namespace(operation->task->namespaces)) return;
    keep(process->id, {operation, seen(*parent), ++seen_});
}

void ProcessRaceDetector::name(const std::shared_ptr<const Operation>& operation, size_t operand,
                               int32_t pid, const WorldState& world, CandidateSink& sink) {
    ++coverage_.named;
    const Process* caller = world.find(operation->task->id);
    const Process* target = world.find_process(pid);
    if (caller == nullptr || target == nullptr ||
        !is_in_initial_namespace(operation->task->namespaces)) {
        ++coverage_.unknown;
        return;
    }
    const auto key = std::pair(static_cast<uint64_t>(caller->id.tgid) << 32U | uint32_t(pid),
                               caller->id.started.ns);
    const auto before = named_.find(key);
    ProcessSeen found = seen(*target);
    if (before != named_.end()) {
        ++coverage_.compared;
        const bool is_same = is_same_process(before->second.process, found) &&
                             before->second.process.state.credentials == found.state.credentials;
        if (!is_same) put(operation, operand, before->second, found, sink);
    }
    keep(caller->id, {operation, std::move(found), ++seen_});
}

void ProcessRaceDetector::put(const std::shared_ptr<const Operation>& use, size_t operand,
                              const Named& before, ProcessSeen found, CandidateSink& sink) const {
    auto race = std::make_shared<ProcessRace>();
    race->check = before.operation;
    race->expected = before.process;
    race->found = std::move(found);
    const auto gap = gap_between(decision_of(*race->check), decision_of(*use));
    Staircase births;
    if (const auto change = changes_.find(race->found.state.id.tgid);
        change != changes_.end() && !race->is_another_process() &&
        can_be_between(*change->second, *race->check, *use, kClockSlackNs)) {
        race->change = change->second;
        births.add({gap, gap_between(effect_of(*race->change), decision_of(*use))});
    } else {
        births.add({gap, {}});
    }
    Candidate candidate;
    candidate.rule = Rule::kP1;
    candidate.operation = use;
    candidate.operand = operand;
    candidate.process_race = std::move(race);
    candidate.lifetime = {std::move(births), {}};
    add_reasoning(candidate);
    sink.found(std::move(candidate));
}

void ProcessRaceDetector::keep(const TaskId& who, Named named) {
    const int32_t pid = named.process.state.id.tgid;
    named_.insert_or_assign(
        {static_cast<uint64_t>(who.tgid) << 32U | uint32_t(pid), who.started.ns}, std::move(named));
    if (named_.size() > kMostNamed) coverage_.forgotten += forget_older_half(named_);
}

void ProcessRaceDetector::finish(CandidateSink& sink) {
    sink.covered(coverage_);
}

}  // namespace tocsin
