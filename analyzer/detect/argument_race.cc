// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/argument_race.h"

#include <algorithm>
#include <string>
#include <vector>

#include "analyzer/detect/argument_comparison.h"

namespace tocsin {
namespace {

using Outcome = Comparison::Outcome;

bool is_in_memory(OperandKind kind) {
    return kind == OperandKind::kPath || kind == OperandKind::kArgv ||
           kind == OperandKind::kEnviron;
}

// Where the return is missing, an exec's program tells: it is recorded once there is no way back.
bool succeeded(const Operation& operation) {
    return operation.result ? *operation.result >= 0 : operation.executable != nullptr;
}

// What was found out about one operand.
struct Verdict {
    size_t operand = 0;
    Evaluation evaluation = Evaluation::kNothingToCompare;
    std::optional<Rule> rule;
    Comparison comparison;
};

Evaluation evaluation_of(const Comparison& comparison) {
    switch (comparison.outcome) {
        case Outcome::kSame:
            return Evaluation::kWhole;
        case Outcome::kDifferent:
            return comparison.whole ? Evaluation::kWhole : Evaluation::kPrefix;
        case Outcome::kSamePrefix:
            return Evaluation::kPrefix;
        case Outcome::kExplained:
            return Evaluation::kRewrittenByKernel;
        case Outcome::kUnreadable:
            return Evaluation::kClaimUnreadable;
        case Outcome::kContradictory:
            return Evaluation::kContradictory;
        case Outcome::kNoView:
            break;
    }
    return Evaluation::kNothingToCompare;
}

Verdict judge_against_kernel(const Operation& operation, size_t index) {
    const Operand& operand = operation.operands[index];
    Verdict verdict{index, {}, {}, compare_entry_with_kernel(operation, operand)};
    verdict.evaluation = evaluation_of(verdict.comparison);
    const bool is_path = operand.info.kind == OperandKind::kPath;
    if (verdict.comparison.outcome == Outcome::kDifferent) {
        verdict.rule = is_path ? Rule::kA1 : Rule::kA4;
    } else if (verdict.comparison.outcome == Outcome::kUnreadable) {
        verdict.rule = Rule::kA2;
    } else if (is_evaluated(verdict.evaluation) && operand.exit) {
        Comparison exit = compare_exit_with_kernel(operation, operand);
        if (exit.outcome == Outcome::kDifferent) {
            verdict.rule = Rule::kA3;
            verdict.comparison = std::move(exit);
        }
    }
    return verdict;
}

Verdict judge_operand(const Operation& operation, size_t index) {
    const Operand& operand = operation.operands[index];
    Verdict verdict;
    verdict.operand = index;
    if (operation.entry_missing) {
        verdict.evaluation = Evaluation::kEntryLost;
    } else if (operand.kernel) {
        return judge_against_kernel(operation, index);
    } else if (succeeded(operation)) {
        verdict.evaluation = Evaluation::kHookLost;
    } else {
        verdict.comparison = compare_entry_with_exit(operand);
        const Outcome outcome = verdict.comparison.outcome;
        if (outcome == Outcome::kDifferent) verdict.rule = Rule::kA0;
        if (outcome == Outcome::kUnreadable)
            verdict.evaluation = Evaluation::kClaimUnreadable;
        else if (outcome != Outcome::kNoView)
            verdict.evaluation = Evaluation::kExitOnly;
    }
    return verdict;
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
    if (kind == OperandKind::kPath) return "they differ at byte " + std::to_string(at);
    const auto nuls = std::count(
        candidate.truth.begin(),
        candidate.truth.begin() + static_cast<ptrdiff_t>(std::min(at, candidate.truth.size())),
        '\0');
    return "they differ at " + std::string(name_of(kind)) + "[" + std::to_string(nuls) + "]";
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
        predicates.push_back({Truth::kUnknown,
                              "kernel's own copy (S): the call failed before any "
                              "hook could record it"});
    if (operand.exit)
        predicates.push_back({Truth::kYes, bytes_seen("exit claim (X)", *operand.exit)});
}

void add_reasoning(Candidate& candidate) {
    const Operation& operation = *candidate.operation;
    auto& predicates = candidate.predicates;
    add_views(candidate);
    if (candidate.difference) predicates.push_back({Truth::kYes, where_different(candidate)});
    if (candidate.rule == Rule::kA1 || candidate.rule == Rule::kA4)
        predicates.push_back(
            {Truth::kYes, operation.interpreter
                              ? "an interpreter ran, and its arguments do not "
                                "explain the difference"
                              : "no interpreter ran: the kernel adds nothing here"});
    if (operation.syscall->group == SyscallGroup::kExec && candidate.subject().kernel)
        predicates.push_back({operation.object() != nullptr ? Truth::kYes : Truth::kUnknown,
                              operation.executable || !operation.checked
                                  ? "the file that the kernel ran (K) is recorded"
                                  : "the file that the kernel checked (K) is recorded"});
    predicates.push_back({Truth::kUnknown, "who wrote the memory: not recorded"});
}

Deception exit_reader(const Candidate& candidate) {
    const Operand& operand = candidate.subject();
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
        succeeded(*candidate.operation))
        return {Monitor::kExitReader, Truth::kNo,
                "nothing to read: the exec replaced the memory, arguments are gone"};
    return {Monitor::kExitReader, Truth::kUnknown, "no exit view was recorded"};
}

void add_deceptions(Candidate& candidate) {
    const auto put = [&](Monitor monitor, Truth deceived, const char* why) {
        candidate.deceptions.push_back({monitor, deceived, why});
    };
    switch (candidate.rule) {
        case Rule::kA1:
        case Rule::kA4:
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
            return "A reused buffer: the call failed, and another thread wrote there meanwhile.";
    }
    return "";
}

// What in the same call makes an accident unlikely.
std::string amplifier_for(const Verdict& verdict, const std::vector<Verdict>& all,
                          const Operation& operation) {
    const auto name = [&](const Verdict& other) {
        return std::string(name_of(operation.operands[other.operand].info.kind));
    };
    for (const Verdict& other : all) {
        if (other.operand == verdict.operand || !other.rule) continue;
        if (*other.rule == Rule::kA2) {
            if (*verdict.rule != Rule::kA2)
                return "the " + name(other) +
                       " of the same call was not readable at entry: waiting for its page gives a "
                       "writer all the time it wants";
        } else if (*verdict.rule == Rule::kA2) {
            return "the " + name(other) + " of the same call changed while it was under way";
        } else {
            return "the " + name(other) + " of the same call changed too";
        }
    }
    return {};
}

Candidate make_candidate(const std::shared_ptr<const Operation>& operation,
                         const Verdict& verdict) {
    Candidate candidate;
    candidate.rule = *verdict.rule;
    candidate.operation = operation;
    candidate.operand = verdict.operand;
    candidate.claim = verdict.comparison.claim;
    candidate.truth = verdict.comparison.truth;
    candidate.difference = verdict.comparison.difference;
    candidate.whole = verdict.comparison.whole;
    candidate.counter_hypothesis = counter_hypothesis(candidate.rule);
    add_reasoning(candidate);
    add_deceptions(candidate);
    return candidate;
}

}  // namespace

void ArgumentRaceDetector::observe(const std::shared_ptr<const Operation>& operation,
                                   const WorldState&, CandidateSink& sink) {
    std::vector<Verdict> verdicts;
    for (size_t i = 0; i < operation->operands.size(); ++i)
        if (is_in_memory(operation->operands[i].info.kind))
            verdicts.push_back(judge_operand(*operation, i));
    for (const Verdict& verdict : verdicts) {
        sink.evaluated(verdict.evaluation);
        if (!verdict.rule) continue;
        Candidate candidate = make_candidate(operation, verdict);
        candidate.amplifier = amplifier_for(verdict, verdicts, *operation);
        sink.found(std::move(candidate));
    }
}

}  // namespace tocsin
