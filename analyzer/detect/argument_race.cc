// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/argument_race.h"

#include <algorithm>
#include <string>
#include <vector>

#include "analyzer/detect/argument_comparison.h"
#include "analyzer/detect/argument_reasoning.h"

namespace tocsin {
namespace {

using Outcome = Comparison::Outcome;

bool is_compared(OperandKind kind) {
    switch (kind) {
        case OperandKind::kPath:
        case OperandKind::kString:
        case OperandKind::kArgv:
        case OperandKind::kEnviron:
        case OperandKind::kOpenHow:
        case OperandKind::kSockaddr:
            return true;
        default:
            return false;
    }
}

// Whether all of it lies where the register points to.
bool is_in_one_piece(OperandKind kind) {
    return is_compared(kind) && kind != OperandKind::kArgv && kind != OperandKind::kEnviron;
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

// Without the kernel's copy: two claims, and perhaps an object that one of them leads to.
Verdict judge_claims(const Operation& operation, size_t index) {
    const Operand& operand = operation.operands[index];
    Verdict verdict;
    verdict.operand = index;
    verdict.comparison = compare_entry_with_exit(operand);
    switch (verdict.comparison.outcome) {
        case Outcome::kNoView:
            return verdict;
        case Outcome::kUnreadable:
            verdict.evaluation = Evaluation::kClaimUnreadable;
            return verdict;
        case Outcome::kDifferent:
            verdict.rule = Rule::kA0;
            if (leads_to_object(operation, operand, verdict.comparison.claim) == false &&
                leads_to_object(operation, operand, verdict.comparison.truth) == true)
                verdict.rule = Rule::kA5;
            break;
        default:
            break;
    }
    verdict.evaluation = Evaluation::kExitOnly;
    return verdict;
}

Verdict judge_operand(const Operation& operation, size_t index) {
    const Operand& operand = operation.operands[index];
    Verdict verdict;
    verdict.operand = index;
    if (operation.entry_missing)
        verdict.evaluation = Evaluation::kEntryLost;
    else if (operand.kernel)
        return judge_against_kernel(operation, index);
    else if (operation.syscall->group == SyscallGroup::kExec &&
             operation.succeeded().value_or(false))
        verdict.evaluation = Evaluation::kHookLost;
    else
        return judge_claims(operation, index);
    return verdict;
}

// What in the same call makes an accident unlikely.
std::string amplifier_for(const Verdict& verdict, const std::vector<Verdict>& all,
                          const Operation& operation) {
    const auto name = [&](const Verdict& other) {
        return "\"" + std::string(name_of(operation.operands[other.operand].info.kind)) + "\"";
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

Candidate make_candidate(const std::shared_ptr<const Operation>& operation, const Verdict& verdict,
                         std::optional<SupervisorClaim> supervisor) {
    Candidate candidate;
    candidate.rule = *verdict.rule;
    candidate.operation = operation;
    candidate.operand = verdict.operand;
    candidate.claim = verdict.comparison.claim;
    candidate.truth = verdict.comparison.truth;
    candidate.difference = verdict.comparison.difference;
    candidate.whole = verdict.comparison.whole;
    candidate.supervisor = std::move(supervisor);
    add_reasoning(candidate);
    return candidate;
}

// Of a call that a supervisor let go on, and of which nothing else is said to differ from its
// beginning on.
Candidate make_supervised(const std::shared_ptr<const Operation>& operation, size_t operand,
                          SupervisorClaim claim, const Comparison& comparison) {
    Candidate candidate;
    const bool is_path = operation->operands[operand].info.kind == OperandKind::kPath;
    candidate.rule = is_path ? Rule::kA1 : Rule::kA4;
    candidate.operation = operation;
    candidate.operand = operand;
    candidate.claim = comparison.claim;
    candidate.truth = comparison.truth;
    candidate.difference = comparison.difference;
    candidate.whole = comparison.whole;
    candidate.supervisor = std::move(claim);
    candidate.only_supervisor = true;
    add_reasoning(candidate);
    return candidate;
}

Candidate make_orphan(const std::shared_ptr<const Operation>& operation) {
    Candidate candidate;
    candidate.rule = Rule::kOrphan;
    candidate.operation = operation;
    if (const auto& kernel = candidate.subject().kernel) candidate.truth = kernel->bytes;
    add_reasoning(candidate);
    return candidate;
}

}  // namespace

void ArgumentRaceDetector::observe(const std::shared_ptr<const Operation>& operation,
                                   const WorldState&, CandidateSink& sink) {
    if (operation->is_orphan) {
        sink.found(make_orphan(operation));
        return;
    }
    supervisors_.observe(operation);
    const auto compared =
        std::count_if(operation->operands.begin(), operation->operands.end(),
                      [](const Operand& operand) { return is_compared(operand.info.kind); });
    std::vector<Verdict> verdicts;
    verdicts.reserve(static_cast<size_t>(compared));
    for (size_t i = 0; i < operation->operands.size(); ++i)
        if (is_compared(operation->operands[i].info.kind))
            verdicts.push_back(judge_operand(*operation, i));
    for (const Verdict& verdict : verdicts) {
        sink.evaluated(verdict.evaluation);
        const Operand& operand = operation->operands[verdict.operand];
        std::optional<SupervisorClaim> deceived;
        if (is_in_one_piece(operand.info.kind))
            deceived = supervisors_.claim_on(*operation, operand);
        Comparison comparison;
        if (deceived) comparison = compare_foreign_claim(*operation, operand, deceived->bytes);
        if (comparison.outcome != Outcome::kDifferent) deceived.reset();
        if (deceived && verdict.rule != Rule::kA1 && verdict.rule != Rule::kA4) {
            sink.found(make_supervised(operation, verdict.operand, *deceived, comparison));
            deceived.reset();
        }
        if (!verdict.rule) continue;
        Candidate candidate = make_candidate(operation, verdict, std::move(deceived));
        candidate.amplifier = amplifier_for(verdict, verdicts, *operation);
        sink.found(std::move(candidate));
    }
    supervisors_.forget(*operation);
}

}  // namespace tocsin
