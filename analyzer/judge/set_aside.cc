// SPDX-License-Identifier: Apache-2.0
#include "analyzer/judge/set_aside.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "analyzer/judge/boundary.h"
#include "analyzer/replay/open_flags.h"

namespace tocsin {
namespace {

bool is_any(const Candidate&) {
    return true;
}
bool is_orphan(const Candidate& candidate) {
    return candidate.rule == Rule::kOrphan;
}
bool is_unreadable(const Candidate& candidate) {
    return candidate.rule == Rule::kA2 && !candidate.is_hidden;
}
bool is_exposure(const Candidate& candidate) {
    return candidate.rule == Rule::kF4;
}
// Of a name or a descriptor that was changed.
bool is_change(const Candidate& candidate) {
    return candidate.race != nullptr && !is_exposure(candidate);
}
bool crosses_boundaries(const Candidate& candidate) {
    return is_change(candidate) || candidate.rule == Rule::kP1;
}
bool crosses_none(const Candidate& candidate) {
    return !crosses_boundaries(candidate);
}
bool is_info(const Candidate&, const Circumstances&, const Judgement& judgement) {
    return judgement.severity == Severity::kInfo;
}

// open(2): an exclusive creation takes no file that is there, nor a link.
bool was_refused_by_exclusive_creation(const Candidate& candidate, const Circumstances&,
                                       const Judgement&) {
    const Operation& use = *candidate.operation;
    return use.result == -EEXIST && use.syscall->group == SyscallGroup::kOpen &&
           (open_flags_of(use) & kOpenExclusive) != 0;
}

// nullptr: nobody who made the change is on the policy's list.
const Policy::Trusted* trusted_by(const Circumstances& circumstances, const Candidate& candidate) {
    if (circumstances.policy == nullptr) return nullptr;
    const auto& trusted = circumstances.policy->trusted;
    const Actor mutator = candidate.mutator();
    const auto at = std::find_if(trusted.begin(), trusted.end(), [&](const Policy::Trusted& entry) {
        return entry.holds(mutator);
    });
    return at == trusted.end() ? nullptr : &*at;
}

const Policy::Off* turned_off_by(const Circumstances& circumstances, const Candidate& candidate) {
    if (circumstances.policy == nullptr) return nullptr;
    const auto& off = circumstances.policy->off;
    const auto at = std::find_if(off.begin(), off.end(), [&](const Policy::Off& entry) {
        return entry.holds(candidate, circumstances.fingerprint);
    });
    return at == off.end() ? nullptr : &*at;
}

// In the order in which they count.
constexpr std::array kInOrder = {
    SetAsideRule{"call-of-another-abi", "the caller makes calls of 32 bits, which are not decoded",
                 is_orphan,
                 [](const Candidate& candidate, const Circumstances&, const Judgement&) {
                     return candidate.operation->task->abi != Abi::kX86_64;
                 }},
    SetAsideRule{
        "joined-by-time-across-losses",
        "records are missing, and the kernel's view was joined by thread and time alone", is_any,
        [](const Candidate& candidate, const Circumstances& circumstances, const Judgement&) {
            return candidate.operation->joined_by_time && circumstances.losses_meanwhile;
        }},
    SetAsideRule{"no-other-principal", "nobody else in the trace may change the name", is_exposure,
                 [](const Candidate& candidate, const Circumstances&, const Judgement&) {
                     return !candidate.race->exposed_to;
                 }},
    SetAsideRule{
        "changes-not-recorded",
        "no change explains it, and the recording has no hooks that would show one", is_change,
        [](const Candidate& candidate, const Circumstances& circumstances, const Judgement&) {
            return candidate.race->explained_by() == nullptr && !circumstances.sees_changes;
        }},
    SetAsideRule{"same-principal", "who made the change has the user and the rights of the use",
                 is_change,
                 [](const Candidate& candidate, const Circumstances&, const Judgement&) {
                     const Mutation* mutation = candidate.race->explained_by();
                     return mutation != nullptr && mutation->standing == Standing::kSamePrincipal;
                 }},
    SetAsideRule{"trusted-mutator", "who made the change has more rights than who uses the name",
                 is_change,
                 [](const Candidate& candidate, const Circumstances&, const Judgement&) {
                     return is_of_trusted_mutator(*candidate.race);
                 }},
    SetAsideRule{"ordered-by-lineage",
                 "births and awaited deaths leave the change no other place than between check and "
                 "use: one program made all three",
                 is_change,
                 [](const Candidate&, const Circumstances& circumstances, const Judgement&) {
                     return circumstances.is_ordered_by_lineage;
                 }},
    SetAsideRule{"ordered-in-trust-domain",
                 "what tasks that have to trust each other told one another leaves the change no "
                 "other place",
                 is_change,
                 [](const Candidate&, const Circumstances& circumstances, const Judgement&) {
                     return circumstances.is_ordered_in_trust_domain;
                 }},
    SetAsideRule{"exclusive-creation",
                 "the use was to make the file, and refused one that is there", is_change,
                 was_refused_by_exclusive_creation},
    SetAsideRule{"no-boundary-crossed",
                 "whoever gained by it might have done the same without a race", crosses_boundaries,
                 is_info},
    SetAsideRule{"unobservable-without-amplifier",
                 "the claim could not be read, and nothing else says that anything happened",
                 is_unreadable,
                 [](const Candidate& candidate, const Circumstances&, const Judgement&) {
                     return candidate.amplifier.empty();
                 }},
    SetAsideRule{"evidence-of-another-finding",
                 "the unreadable claim helped a swap that is a finding of its own", is_unreadable,
                 [](const Candidate& candidate, const Circumstances&, const Judgement&) {
                     return !candidate.amplifier.empty();
                 }},
    SetAsideRule{"no-claim-recorded", "no call asked for it, and it reached nothing sensitive",
                 is_orphan, is_info},
    SetAsideRule{"informational", "its severity is below 10 of 100", crosses_none, is_info},
    SetAsideRule{"policy-trusted", "the policy trusts who made the change", is_any,
                 [](const Candidate& candidate, const Circumstances& circumstances,
                    const Judgement&) { return trusted_by(circumstances, candidate) != nullptr; },
                 [](const Candidate& candidate, const Circumstances& circumstances) {
                     return std::string_view(trusted_by(circumstances, candidate)->reason);
                 }},
    SetAsideRule{
        "policy-off", "the policy sets the class, or this finding, aside", is_any,
        [](const Candidate& candidate, const Circumstances& circumstances, const Judgement&) {
            return turned_off_by(circumstances, candidate) != nullptr;
        },
        [](const Candidate& candidate, const Circumstances& circumstances) {
            return std::string_view(turned_off_by(circumstances, candidate)->reason);
        }},
    SetAsideRule{
        "policy-confidence", "the policy asks for more confidence", is_any,
        [](const Candidate&, const Circumstances& circumstances, const Judgement& judgement) {
            return circumstances.policy != nullptr &&
                   judgement.confidence < circumstances.policy->confidence;
        }},
};
static_assert(kInOrder.size() <= SetAsideRules{}.size());

}  // namespace

std::span<const SetAsideRule> set_aside_rules() {
    return kInOrder;
}

SetAsideRules set_aside_rules_that_hold(const Candidate& candidate,
                                        const Circumstances& circumstances,
                                        const Judgement& judgement) {
    SetAsideRules held;
    for (size_t i = 0; i < kInOrder.size(); ++i)
        held[i] = kInOrder[i].concerns(candidate) &&
                  kInOrder[i].holds(candidate, circumstances, judgement);
    return held;
}

}  // namespace tocsin
