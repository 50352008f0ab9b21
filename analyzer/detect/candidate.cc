// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/candidate.h"

#include <array>

namespace tocsin {

namespace {

struct RuleText {
    std::string_view name, meaning;
};

constexpr std::array<RuleText, kRules> kRuleTexts = {{
    {"A0", "argument changed during the call"},
    {"A1", "argument swapped before the kernel's copy"},
    {"A2", "argument not readable at entry"},
    {"A3", "argument rewritten after the kernel's copy"},
    {"A4", "structured argument swapped before the kernel's copy"},
    {"A5", "claim does not lead to the object"},
    {"orphan", "the kernel acted without a recorded claim"},
    {"F1", "name swapped between check and use"},
    {"F2", "name leads elsewhere than checked, unexplained"},
    {"F3", "name interfered with between check and use"},
    {"F4", "checked name that others could have swapped"},
    {"F5", "file changed between check and use"},
    {"P1", "pid of another process, or of other rights, than checked"},
    {"D1", "descriptor given another meaning between two uses"},
}};

}  // namespace

const Operation* Candidate::change() const {
    if (process_race != nullptr) return process_race->change.get();
    const Mutation* mutation = race != nullptr ? race->explained_by() : nullptr;
    return mutation != nullptr ? mutation->operation.get() : nullptr;
}

Actor Candidate::mutator() const {
    if (const Operation* call = change()) return {&*call->task, &call->caller};
    if (writer) return {&*writer->task, &writer->caller};
    return {};
}

std::string_view name_of(Rule rule) {
    return kRuleTexts[static_cast<size_t>(rule)].name;
}

std::string_view meaning_of(Rule rule) {
    return kRuleTexts[static_cast<size_t>(rule)].meaning;
}

std::optional<Rule> rule_named(std::string_view name) {
    for (size_t i = 0; i < kRules; ++i)
        if (name_of(static_cast<Rule>(i)) == name) return static_cast<Rule>(i);
    return std::nullopt;
}

}  // namespace tocsin
