// SPDX-License-Identifier: Apache-2.0
#include "analyzer/judge/judge.h"

#include <algorithm>

#include "analyzer/judge/policy.h"

namespace tocsin {
namespace {

// Hundredths. Argument classes have no boundary between users: the program deceives whoever
// watches it. A fixed factor stands in for it, which puts them at HIGH.
constexpr int kWatcherDeceived = 70;
constexpr int kSensitiveTarget = 100;
constexpr int kUnconfirmed = 5;     // A2 alone: nothing says that anything happened
constexpr int kCorroborating = 40;  // A2 beside a swap: how it was done, not what was done

int impact_of(const Operation& operation) {
    return operation.syscall->group == SyscallGroup::kExec ? 100 : 60;
}

// Why the file that the kernel really used is a worse one than others; empty: it is not.
std::string sensitivity_of(const Candidate& candidate) {
    const Operation& operation = *candidate.operation;
    std::string_view path;
    if (const FileObject* object = operation.object())
        path = object->path;
    else if (const Operand* name = operation.first_operand(OperandKind::kPath);
             name && name->kernel)
        path = name->kernel->bytes;
    if (const std::string_view category = sensitive_category(path); !category.empty())
        return "the real target is on the policy's list: " + std::string(category);
    if (is_shell(path) && has_borrowed_rights(operation.task.credentials))
        return "the real target is a shell, run with the rights of a set-uid program";
    return {};
}

void judge_severity(const Candidate& candidate, Judgement& judgement) {
    auto& reasons = judgement.severity_reasons;
    const Operation& operation = *candidate.operation;
    const int impact = impact_of(operation);
    if (impact == 100) reasons.push_back("impact 1.0: the call runs a program");
    int factor = kWatcherDeceived;
    if (candidate.rule == Rule::kA2 && candidate.amplifier.empty()) {
        factor = kUnconfirmed;
        reasons.push_back("0.05: an unreadable claim alone is no race");
    } else if (candidate.rule == Rule::kA2) {
        factor = kCorroborating;
        reasons.push_back("0.4: the fault helped a swap that is a finding of its own");
    } else if (std::string why = sensitivity_of(candidate); !why.empty()) {
        factor = kSensitiveTarget;
        reasons.push_back("1.0: " + std::move(why));
    } else {
        reasons.push_back("0.7: the program deceives its watcher, not another user");
    }
    const bool failed = operation.result && *operation.result < 0;
    const int effect = failed ? 30 : 100;
    reasons.push_back(failed ? "effect 0.3: the call failed" : "effect 1.0: the call succeeded");
    judgement.severity_score = impact * factor * effect / 10000;
    judgement.severity = severity_of_score(judgement.severity_score);
}

void judge_confidence(const Candidate& candidate, const Circumstances& circumstances,
                      Judgement& judgement) {
    auto& steps = judgement.confidence_steps;
    switch (candidate.rule) {
        case Rule::kA0:
            steps.push_back({50, "the argument differs between entry and return"});
            break;
        case Rule::kA1:
        case Rule::kA4:
            steps.push_back({80, "the kernel's own copy differs from the claim"});
            break;
        case Rule::kA2:
            steps.push_back({20, "there is a kernel copy and no whole claim"});
            break;
        case Rule::kA3:
            steps.push_back({40, "the memory was rewritten, perhaps by accident"});
            break;
    }
    if (candidate.rule != Rule::kA2)
        steps.push_back(
            candidate.whole
                ? ConfidenceStep{10, "both views are whole"}
                : ConfidenceStep{-5, "a view is a prefix; the difference lies inside it"});
    if (!candidate.amplifier.empty())
        steps.push_back({candidate.rule == Rule::kA2 ? 40 : 5, candidate.amplifier});
    if (circumstances.repetitions > 1)
        steps.push_back({5, "the same happened " + std::to_string(circumstances.repetitions) +
                                " times in this trace"});
    if (circumstances.losses_meanwhile)
        steps.push_back({-15, "records are missing while the call was under way"});
    if (candidate.operation->unfinished)
        steps.push_back({-10, "the record of the call's return is missing"});
    int sum = 0;
    for (const ConfidenceStep& step : steps) sum += step.points;
    judgement.confidence = std::clamp(sum, 0, 100);
}

std::string_view set_aside_rule(const Candidate& candidate, const Judgement& judgement) {
    if (candidate.rule == Rule::kA2)
        return candidate.amplifier.empty() ? "unobservable-without-amplifier"
                                           : "evidence-of-another-finding";
    if (judgement.severity == Severity::kInfo) return "informational";
    return {};
}

}  // namespace

Judgement judge(const Candidate& candidate, const Circumstances& circumstances) {
    Judgement judgement;
    judge_severity(candidate, judgement);
    judge_confidence(candidate, circumstances, judgement);
    judgement.set_aside_by = set_aside_rule(candidate, judgement);
    return judgement;
}

LossMap::LossMap(std::span<const LossInterval> losses, std::span<const DamagedChunk> damage) {
    for (const LossInterval& loss : losses) spans_.push_back({loss.after, loss.before});
    for (const DamagedChunk& chunk : damage) spans_.push_back({chunk.first_time, chunk.last_time});
    std::sort(spans_.begin(), spans_.end(),
              [](const Span& a, const Span& b) { return a.first < b.first; });
    BootTime latest;
    for (Span& span : spans_) {
        latest = std::max(latest, span.last_of_all);
        span.last_of_all = latest;
    }
}

bool LossMap::overlaps(BootTime began, BootTime ended) const {
    const auto behind =
        std::upper_bound(spans_.begin(), spans_.end(), ended,
                         [](BootTime time, const Span& span) { return time < span.first; });
    return behind != spans_.begin() && std::prev(behind)->last_of_all >= began;
}

}  // namespace tocsin
