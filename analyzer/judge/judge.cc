// SPDX-License-Identifier: Apache-2.0
#include "analyzer/judge/judge.h"

#include <algorithm>

#include "analyzer/judge/boundary.h"
#include "analyzer/judge/policy.h"
#include "analyzer/judge/references.h"
#include "analyzer/judge/set_aside.h"

namespace tocsin {
namespace {

// Hundredths. Argument classes have no boundary between users: the program deceives whoever
// watches it. A fixed factor stands in for it, which puts them at HIGH.
constexpr int kWatcherDeceived = 70;
constexpr int kSensitiveTarget = 100;
constexpr int kUnconfirmed = 5;     // A2 alone: nothing says that anything happened
constexpr int kCorroborating = 40;  // A2 beside a swap: how it was done, not what was done

constexpr int kDirectionUnknown = 20;  // A0: either of the two may be what the kernel used
constexpr int kNoClaim = 5;            // nothing to compare with
constexpr int kSensitiveNoClaim = 20;  // and a target to look at

// Why the file that the kernel really used is a worse one than others; empty: it is not.
std::string sensitivity_of(const Candidate& candidate, const Policy* policy) {
    const Operation& operation = *candidate.operation;
    std::string path;
    if (const FileObject* object = operation.object())
        path = object->path();
    else if (const Operand* name = operation.first_operand(OperandKind::kPath);
             name && name->kernel)
        path = name->kernel->bytes;
    if (const std::string_view category = sensitive_category(path); !category.empty())
        return "the real target is on the policy's list: " + std::string(category);
    if (policy != nullptr)
        for (const Policy::Sensitive& sensitive : policy->sensitive)
            if (sensitive.path.matches(path))
                return "the real target is on the policy's list: " + sensitive.category;
    if (is_shell(path) && has_borrowed_rights(operation.task->credentials))
        return "the real target is a shell, run with the rights of a set-uid program";
    return {};
}

std::string factor_text(int hundredths) {
    const int tenths = hundredths / 10, rest = hundredths % 10;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) +
           (rest == 0 ? "" : std::to_string(rest));
}

Factor effect_of_exposure(const NameRace& race, const Circumstances& circumstances) {
    const bool is_sticky = race.place.file->parent->link.is_sticky();
    if (is_sticky && circumstances.protects_symlinks)
        return {10, "nobody changed the name; links in its sticky directory are protected"};
    return {20, "nobody changed the name"};
}

Factor effect_of_use(const Candidate& candidate, const Circumstances& circumstances) {
    if (candidate.rule == Rule::kF4) return effect_of_exposure(*candidate.race, circumstances);
    const std::optional<bool> succeeded = candidate.operation->succeeded();
    if (succeeded == false) return {30, "the use failed"};
    if (candidate.rule == Rule::kF3) return {40, "the name led back again at the use"};
    return {100, succeeded ? "the use succeeded" : "whether the use succeeded is not recorded"};
}

// 100 x impact x boundary x effect.
void judge_severity_of_use(const Candidate& candidate, const Circumstances& circumstances,
                           Judgement& judgement) {
    const bool is_of_name = candidate.race != nullptr;
    const Factor impact = is_of_name ? impact_of(*candidate.operation) : impact_of_pid(candidate);
    const Factor boundary = is_of_name ? boundary_of(candidate) : boundary_of_pid(candidate);
    const Factor effect = effect_of_use(candidate, circumstances);
    judgement.severity_score =
        impact.hundredths * boundary.hundredths * effect.hundredths / (100 * 100);
    judgement.severity = severity_of_score(judgement.severity_score);
    auto& reasons = judgement.severity_reasons;
    reasons.push_back("impact " + factor_text(impact.hundredths) + ": " + impact.why);
    reasons.push_back("boundary " + factor_text(boundary.hundredths) + ": " + boundary.why);
    reasons.push_back("effect " + factor_text(effect.hundredths) + ": " + effect.why);
}

void judge_severity(const Candidate& candidate, const Circumstances& circumstances,
                    Judgement& judgement) {
    if (candidate.check() != nullptr)
        return judge_severity_of_use(candidate, circumstances, judgement);
    auto& reasons = judgement.severity_reasons;
    const Operation& operation = *candidate.operation;
    int factor = kWatcherDeceived;
    if (candidate.rule == Rule::kA2 && candidate.amplifier.empty()) {
        factor = kUnconfirmed;
        reasons.push_back("impact 0.05: an unreadable claim alone is no race");
    } else if (candidate.rule == Rule::kA2 && !candidate.is_hidden) {
        factor = kCorroborating;
        reasons.push_back("impact 0.4: the fault helped a swap that is a finding of its own");
    } else if (candidate.rule == Rule::kOrphan) {
        const std::string why = sensitivity_of(candidate, circumstances.policy);
        factor = why.empty() ? kNoClaim : kSensitiveNoClaim;
        reasons.push_back(why.empty() ? "impact 0.05: there is no claim to compare with"
                                      : "impact 0.2: " + why);
    } else if (candidate.rule == Rule::kA0) {
        factor = kDirectionUnknown;
        reasons.push_back("impact 0.2: which of the two the kernel used is not known");
    } else if (std::string why = sensitivity_of(candidate, circumstances.policy); !why.empty()) {
        factor = kSensitiveTarget;
        reasons.push_back("impact 1.0: " + std::move(why));
    } else {
        reasons.push_back("impact 0.7: the program deceives its watcher, not another user");
    }
    if (operation.joined_by_time) {
        factor /= 2;
        reasons.push_back("halved: the kernel's view was joined by thread and time alone");
    }
    const std::optional<bool> succeeded = operation.succeeded();
    const int effect = succeeded.value_or(true) ? 100 : 30;
    reasons.push_back(!succeeded   ? "effect 1.0: whether the call succeeded is not recorded"
                      : *succeeded ? "effect 1.0: the call succeeded"
                                   : "effect 0.3: the call failed");
    judgement.severity_score = factor * effect / 100;
    judgement.severity = severity_of_score(judgement.severity_score);
}

void add_steps_for_name(const Candidate& candidate, std::vector<ConfidenceStep>& steps) {
    const NameRace& race = *candidate.race;
    const bool differs = !(race.expected_id == race.found_id);
    if (differs && (race.expected_id.generation != 0 || race.found_id.generation != 0))
        steps.push_back({10, "generations tell the objects apart"});
    if (race.check->task->id.tgid != candidate.operation->task->id.tgid)
        steps.push_back({-10, "the check is of the process's parent"});
    const Mutation* mutation = race.explained_by();
    if (mutation == nullptr) return;
    steps.push_back(mutation->is_order_certain
                        ? ConfidenceStep{10, "check, change and use do not overlap"}
                        : ConfidenceStep{-5, "the order of the change is uncertain by the clock"});
    if (!mutation->operation->result)
        steps.push_back({-10, "whether the change succeeded is not recorded"});
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
            if (candidate.only_supervisor && !candidate.subject().kernel)
                steps.push_back({60, "the claim at entry differs from the supervisor's"});
            else
                steps.push_back({80, "the kernel's own copy differs from the claim"});
            break;
        case Rule::kA2:
            steps.push_back({20, "there is a kernel copy and no whole claim"});
            break;
        case Rule::kA3:
            steps.push_back({40, "the memory was rewritten, perhaps by accident"});
            break;
        case Rule::kA5:
            steps.push_back({60, "the claim at the return leads to the object, that at entry not"});
            break;
        case Rule::kOrphan:
            steps.push_back({90, "a hook of the kernel recorded it"});
            break;
        case Rule::kF1:
            steps.push_back({75, "the objects differ, and a recorded change explains it"});
            break;
        case Rule::kF2:
            steps.push_back({40, "the objects differ, and no recorded change explains it"});
            break;
        case Rule::kF3:
            steps.push_back({70, "recorded changes led the name elsewhere meanwhile"});
            break;
        case Rule::kF4:
            steps.push_back({60, "modes and owners say who could have changed the name"});
            break;
        case Rule::kF5:
            steps.push_back({75, "a recorded call changed the file"});
            break;
        case Rule::kD1:
            steps.push_back({70, "another thread's recorded call gave it another meaning"});
            break;
        case Rule::kP1:
            steps.push_back({80, "births and credentials in the trace tell the processes apart"});
            break;
    }
    if (candidate.race != nullptr) add_steps_for_name(candidate, steps);
    const bool is_compared = candidate.check() == nullptr && candidate.rule != Rule::kA2 &&
                             candidate.rule != Rule::kOrphan;
    if (is_compared)
        steps.push_back(
            candidate.whole
                ? ConfidenceStep{10, "both views are whole"}
                : ConfidenceStep{-5, "a view is a prefix; the difference lies inside it"});
    if (!candidate.amplifier.empty())
        steps.push_back({candidate.rule == Rule::kA2 ? 40 : 5, candidate.amplifier});
    if (candidate.writer && candidate.writer->truth == Truth::kYes)
        steps.push_back({5, "another process is recorded as it wrote those bytes"});
    if (candidate.operation->joined_by_time)
        steps.push_back({-20, "a record of the call was joined by thread and time alone"});
    if (circumstances.repetitions > 1)
        steps.push_back({5, "the same happened " + std::to_string(circumstances.repetitions) +
                                " times in this trace"});
    if (circumstances.losses_meanwhile)
        steps.push_back({-15, candidate.check() != nullptr
                                  ? "records are missing between check and use"
                                  : "records are missing while the call was under way"});
    if (candidate.operation->unfinished && !candidate.operation->is_orphan)
        steps.push_back({-10, "the record of the call's return is missing"});
    int sum = 0;
    for (const ConfidenceStep& step : steps) sum += step.points;
    judgement.confidence = std::clamp(sum, 0, 100);
}

}  // namespace

Judgement judge(const Candidate& candidate, const Circumstances& circumstances) {
    Judgement judgement;
    judge_severity(candidate, circumstances, judgement);
    judge_confidence(candidate, circumstances, judgement);
    judgement.set_aside_rules = set_aside_rules_that_hold(candidate, circumstances, judgement);
    for (size_t i = set_aside_rules().size(); i > 0; --i) {
        if (!judgement.set_aside_rules[i - 1]) continue;
        const SetAsideRule& rule = set_aside_rules()[i - 1];
        judgement.set_aside_by = rule.name;
        judgement.set_aside_reason =
            rule.reason != nullptr ? rule.reason(candidate, circumstances) : std::string_view();
    }
    judgement.references = references_of(candidate, judgement);
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
