// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "analyzer/judge/judge.h"

namespace tocsin {

// A rule by which findings are kept and counted, but not shown by default.
struct SetAsideRule {
    std::string_view name;
    std::string_view when;  // as the clause of a sentence
    bool (*concerns)(const Candidate& candidate);
    // Asked of those that it concerns, once severity and confidence are judged.
    bool (*holds)(const Candidate& candidate, const Circumstances& circumstances,
                  const Judgement& judgement);
    // What the policy says about it, where it holds.
    std::string_view (*reason)(const Candidate& candidate,
                               const Circumstances& circumstances) = nullptr;
};

// All of them; of those that hold the first one counts.
std::span<const SetAsideRule> set_aside_rules();

SetAsideRules set_aside_rules_that_hold(const Candidate& candidate,
                                        const Circumstances& circumstances,
                                        const Judgement& judgement);

}  // namespace tocsin
