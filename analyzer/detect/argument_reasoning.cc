// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/argument_reasoning.h"

#include <algorithm>

#include "analyzer/detect/argument_comparison.h"

namespace tocsin {
namespace {

using Outcome = Comparison::Outcome;

constexpr const char* kWriterUnknown = "who wrote the memory: not recorded";

// Who of the caller's own could write its memory during the call.
Predicate could_write(const Caller& caller) {
    if (caller.sharers_of_memory > 1)
        return {Truth::kYes, "the process shares its memory with " +
                                 std::to_string(caller.sharers_of_memory - 1) +
                                 " more, which can write it"};
    if (caller.threads > 1)
        return {Truth::kYes, "the process has " + std::to_string(caller.threads) +
                                 " threads, of which each can write its memory"};
    if (caller.partial)
        return {Truth::kUnknown, "whether the process has other threads is not recorded"};
    return {Truth::kNo, "the process has no other thread that could write its memory"};
}

std::string bytes_seen(const char* view, const OwnedBytes& bytes) {
    std::string text =
        std::string(view) + " recorded: " + std::to_string(bytes.bytes.size()) + " bytes";
    if (bytes.error != 0) return text + ", then unreadable";
    return text + (bytes.cut ? ", cut at the recorder's limit" : ", whole");
}

std::string where_different(const Candidate& candidate) {
    const size_t at = *candidate.difference;
    const OperandKind kind = candidate.subject().info.kind;
    if (kind != OperandKind::kArgv && kind != OperandKind::kEnviron)
        return "they differ at byte " + std::to_string(at);
    const auto nuls = std::count(
        candidate.truth.begin(),
        candidate.truth.begin() + static_cast<ptrdiff_t>(std::min(at, candidate.truth.size())),
        '\0');
    return "they differ at " + std::string(name_of(kind)) + "[" + std::to_string(nuls) + "]";
}

std::string who_supervised(const SupervisorClaim& supervisor) {
    return "process " + std::to_string(supervisor.task->id.tgid);
}

void add_supervisor(Candidate& candidate) {
    const SupervisorClaim& supervisor = *candidate.supervisor;
    const std::string who = who_supervised(supervisor);
    candidate.predicates.push_back(
        {Truth::kYes, who + " was notified of the call, held it back and read the " +
                          std::string(name_of(candidate.subject().info.kind)) + " by " +
                          supervisor.how});
    candidate.predicates.push_back({Truth::kYes, bytes_seen("its claim", supervisor.bytes)});
}

const char* why_no_copy(const Operation& operation) {
    return operation.succeeded().value_or(true) ? "no hook recorded it"
                                                : "the call failed before a hook recorded it";
}

void add_views(Candidate& candidate) {
    const Operand& operand = candidate.subject();
    auto& predicates = candidate.predicates;
    if (operand.entry)
        predicates.push_back({candidate.rule == Rule::kA2 ? Truth::kNo : Truth::kYes,
                              bytes_seen("entry claim (E)", *operand.entry)});
    if (operand.kernel)
        predicates.push_back({Truth::kYes, bytes_seen("kernel's own copy (S)", *operand.kernel)});
    else
        predicates.push_back({Truth::kUnknown, std::string("kernel's own copy (S): ") +
                                                   why_no_copy(*candidate.operation)});
    if (operand.exit)
        predicates.push_back({Truth::kYes, bytes_seen("exit claim (X)", *operand.exit)});
}

void add_predicates(Candidate& candidate) {
    const Operation& operation = *candidate.operation;
    auto& predicates = candidate.predicates;
    if (candidate.supervisor) add_supervisor(candidate);
    add_views(candidate);
    if (candidate.only_supervisor && !candidate.subject().kernel)
        predicates.push_back(
            {Truth::kUnknown, "the kernel used what was there at entry: its copy is made later"});
    if (candidate.difference) predicates.push_back({Truth::kYes, where_different(candidate)});
    const bool is_exec = operation.syscall->group == SyscallGroup::kExec;
    if (is_exec && (candidate.rule == Rule::kA1 || candidate.rule == Rule::kA4))
        predicates.push_back(
            {Truth::kYes, operation.interpreter
                              ? "an interpreter ran, and its arguments do not "
                                "explain the difference"
                              : "no interpreter ran: the kernel adds nothing here"});
    if (is_exec && candidate.subject().kernel)
        predicates.push_back(
            {operation.object() != nullptr ? Truth::kYes : Truth::kUnknown,
             operation.object(ObjectRole::kExecutable) || !operation.object(ObjectRole::kChecked)
                 ? "the file that the kernel ran (K) is recorded"
                 : "the file that the kernel checked (K) is recorded"});
    if (operation.syscall->group == SyscallGroup::kOpen && operation.succeeded().value_or(false))
        predicates.push_back({operation.object() != nullptr ? Truth::kYes : Truth::kUnknown,
                              "the file that the kernel opened (K) is recorded"});
    if (candidate.rule == Rule::kA5)
        predicates.push_back({Truth::kYes,
                              "what the memory held at the return leads to the object (K), what "
                              "it held at entry does not"});
    if (operation.joined_by_time)
        predicates.push_back({Truth::kUnknown,
                              "the hook's record names no call: it was taken for this one's by "
                              "thread and time"});
    if (candidate.rule == Rule::kOrphan) return;
    predicates.push_back(could_write(operation.caller));
    predicates.push_back({Truth::kUnknown, kWriterUnknown});
}

Deception exit_reader(const Candidate& candidate) {
    const Operand& operand = candidate.subject();
    if (candidate.rule == Rule::kOrphan)
        return {Monitor::kExitReader, Truth::kUnknown, "of io_uring there is no return to read at"};
    if (candidate.rule == Rule::kA5)
        return {Monitor::kExitReader, Truth::kNo, "the memory held what leads to the object"};
    if (operand.exit && operand.kernel) {
        const Comparison exit = compare_exit_with_kernel(*candidate.operation, operand);
        if (exit.outcome == Outcome::kDifferent)
            return {Monitor::kExitReader, Truth::kYes,
                    "the memory no longer held what the kernel used"};
        if (exit.outcome == Outcome::kSame || exit.outcome == Outcome::kSamePrefix ||
            exit.outcome == Outcome::kExplained)
            return {Monitor::kExitReader, Truth::kNo, "the memory held what the kernel used"};
        return {Monitor::kExitReader, Truth::kUnknown, "the memory could not be read in full"};
    }
    if (operand.exit)
        return {Monitor::kExitReader, Truth::kUnknown,
                "which of the two the kernel used is not known"};
    if (candidate.operation->syscall->group == SyscallGroup::kExec &&
        candidate.operation->succeeded().value_or(false))
        return {Monitor::kExitReader, Truth::kNo,
                "nothing to read: the exec replaced the memory, arguments are gone"};
    return {Monitor::kExitReader, Truth::kUnknown, "no exit view was recorded"};
}

// What was there at the entry, of a call whose supervisor had read something else.
Deception entry_reader(const Candidate& candidate) {
    const Operand& operand = candidate.subject();
    if (!operand.kernel)
        return {Monitor::kEntryReader, Truth::kUnknown, "what the kernel used is not recorded"};
    const Outcome entry = compare_entry_with_kernel(*candidate.operation, operand).outcome;
    if (entry == Outcome::kUnreadable || entry == Outcome::kNoView)
        return {Monitor::kEntryReader, Truth::kUnknown, "the memory could not be read in full"};
    return {Monitor::kEntryReader, Truth::kNo, "read what the kernel used"};
}

void add_deceptions(Candidate& candidate) {
    const auto put = [&](Monitor monitor, Truth deceived, const char* why) {
        candidate.deceptions.push_back({monitor, deceived, why});
    };
    switch (candidate.rule) {
        case Rule::kA1:
        case Rule::kA4:
            if (candidate.only_supervisor) {
                candidate.deceptions.push_back(entry_reader(candidate));
                candidate.deceptions.push_back(
                    {Monitor::kStopReader, Truth::kYes,
                     who_supervised(*candidate.supervisor) +
                         " had read other bytes when it let the call go on"});
                break;
            }
            put(Monitor::kEntryReader, Truth::kYes,
                "read the claim, the kernel acted on other bytes");
            put(Monitor::kStopReader, Truth::kYes,
                "they stop the call before its entry: read the claim or something older");
            break;
        case Rule::kA2:
            put(Monitor::kEntryReader, Truth::kUnknown,
                "those that do not fault pages in read nothing, or less than all");
            put(Monitor::kStopReader, Truth::kUnknown,
                "may have read it: they can fault the page in");
            break;
        case Rule::kA3:
            put(Monitor::kEntryReader, Truth::kNo, "read what the kernel used");
            put(Monitor::kStopReader, Truth::kUnknown,
                "they stop the call before its entry: what they read is not known");
            break;
        case Rule::kA5:
            put(Monitor::kEntryReader, Truth::kYes, "read the claim, the kernel acted elsewhere");
            put(Monitor::kStopReader, Truth::kYes,
                "they stop the call before its entry: read the claim or something older");
            break;
        case Rule::kOrphan:
            put(Monitor::kEntryReader, Truth::kUnknown, "of io_uring there is no entry to read at");
            put(Monitor::kStopReader, Truth::kUnknown, "of io_uring there is no call to stop");
            break;
        default:
            return;  // no argument changed
        case Rule::kA0:
            put(Monitor::kEntryReader, Truth::kUnknown,
                "which of the two the kernel used is not known");
            put(Monitor::kStopReader, Truth::kUnknown,
                "which of the two the kernel used is not known");
            break;
    }
    candidate.deceptions.push_back(exit_reader(candidate));
}

const char* counter_hypothesis(Rule rule) {
    switch (rule) {
        case Rule::kA1:
        case Rule::kA4:
            return "A bug in the program itself: a thread that reuses the buffer too early. The "
                   "difference stays real: whoever read the claim read something that did not "
                   "happen.";
        case Rule::kA2:
            return "A cold page: memory that the program had not touched yet is not resident, and "
                   "a probe cannot fault it in. Ordinary programs do this now and then.";
        case Rule::kA3:
            return "A reused buffer: an allocator, a garbage collector or a vfork child wrote "
                   "there "
                   "after the kernel had its copy.";
        case Rule::kA0:
            return "A reused buffer: another thread wrote there while the call was under way.";
        case Rule::kA5:
            return "A reused buffer that came to hold the name of a file to which a symbolic link "
                   "led; for a socket, a cgroup program that rewrites addresses.";
        default:
            break;
        case Rule::kOrphan:
            return "Ordinary use of io_uring, of a call that is not recorded, or of one whose "
                   "entry "
                   "came before the recording or was lost.";
    }
    return "";
}

}  // namespace

void add_reasoning(Candidate& candidate) {
    add_predicates(candidate);
    add_deceptions(candidate);
    candidate.counter_hypothesis = counter_hypothesis(candidate.rule);
}

void add_writer(Candidate& candidate, MemoryWriter writer) {
    std::erase_if(candidate.predicates,
                  [](const Predicate& predicate) { return predicate.statement == kWriterUnknown; });
    const std::string who = "process " + std::to_string(writer.task->id.tgid);
    candidate.predicates.push_back(
        {writer.truth, writer.truth == Truth::kYes
                           ? who + " wrote the memory during the call, by " + writer.how
                           : who + " could write the memory, by " + writer.how});
    candidate.writer = std::move(writer);
}

}  // namespace tocsin
